//! A card in words, badges and links, as the report and the page of one card show it.

mod remark;
mod tracker;

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::figures::{SlaState, sla};
use url::form_urlencoded;

pub(crate) use remark::{Remark, newest_first};
pub(crate) use tracker::{Tracker, bugs, issues};

use crate::settings::WebSettings;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::link::{self, Link};
use crate::view::words::{count, local};

/// The most contributors that are named.
const HELPERS: usize = 20;

/// What is said of a card wherever it stands.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardView {
    key: String,
    /// Its page here.
    page: String,
    /// Its page in Jira.
    jira: Link,
    case: String,
    case_href: String,
    summary: String,
    severity: Badge,
    status: Badge,
    case_status: String,
    flags: Vec<Flag>,
    account: String,
    /// The account's page.
    account_href: Link,
    assignee: Option<String>,
    assignee_href: Link,
    contributors: String,
    product: String,
    days_open: String,
    sla: Option<Badge>,
    updated: String,
}

/// Something that stands out.
#[derive(Debug, Clone, Serialize)]
struct Flag {
    badge: Badge,
    href: Link,
}

impl CardView {
    /// As of `now`.
    pub(crate) fn of(card: &Card, board: &Board, now: DateTime<Utc>, settings: &WebSettings) -> Self {
        let zone = settings.rules.time_zone;
        let is_known = card.created_on.is_some() || card.case_days_open > 0;
        let days = is_known.then(|| card.days_open(settings.rules.date_of(now)));
        let days = days.and_then(|days| usize::try_from(days).ok());
        Self {
            key: card.key.as_str().to_owned(),
            page: page(card),
            jira: link::card(settings, &card.key),
            case: card.case_number.as_str().to_owned(),
            case_href: link::case(settings, &card.case_number),
            summary: or_dash(&card.summary),
            severity: badge::severity(&card.severity),
            status: badge::status(&card.card_status),
            case_status: or_dash(card.case_status.as_str()),
            flags: flags(card),
            account: or_dash(&card.account),
            account_href: link::account(&card.account),
            assignee: card.engineer().map(or_dash),
            assignee_href: card.engineer().and_then(link::engineer),
            contributors: contributors(card),
            product: or_dash(&card.product),
            days_open: days.map_or_else(|| "—".to_owned(), |days| count(days, "day")),
            sla: standing(board, card, now),
            updated: local(&card.case_updated, zone),
        }
    }
}

/// The page of a card here.
pub(crate) fn page(card: &Card) -> String {
    format!("/card/{}", key_in_path(card))
}

/// Its key as it stands in paths.
pub(crate) fn key_in_path(card: &Card) -> String {
    form_urlencoded::byte_serialize(card.key.as_str().as_bytes()).collect()
}

/// Who helps; empty if nobody does.
fn contributors(card: &Card) -> String {
    let names = card.contributors.iter().filter_map(|person| person.name());
    let mut named: Vec<_> = names.clone().take(HELPERS).map(or_dash).collect();
    let left = names.count().saturating_sub(HELPERS);
    if left > 0 {
        named.push(format!("{left} more"));
    }
    named.join(", ")
}

fn flags(card: &Card) -> Vec<Flag> {
    let flag = |holds: bool, kind, icon, words: &str, href| {
        holds.then(|| Flag { badge: Badge { kind, icon, words: words.to_owned() }, href })
    };
    let escalation = link::outside(card.escalated_link.as_deref());
    [
        flag(card.escalated, "yes", "octagon", "On prio-list", escalation),
        flag(card.potential_escalation, "warning", "triangle", "May escalate", None),
        flag(card.crit_sit, "yes", "octagon", "Crit sit", None),
        flag(card.daily_telco, "due", "", "Daily list", None),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How it stands against what was agreed, with the time left in words; `None` where nothing was.
fn standing(board: &Board, card: &Card, now: DateTime<Utc>) -> Option<Badge> {
    let sla = sla(board, card, now)?;
    let words = match sla.state {
        SlaState::Breached => format!("SLA: {} d over", -sla.left),
        SlaState::Warning | SlaState::OnTrack => format!("SLA: {} d left", sla.left),
    };
    Some(badge::sla(sla.state, words))
}
