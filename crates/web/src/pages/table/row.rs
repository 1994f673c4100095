//! One row of the table: a card in words and links.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::figures::{SlaState, sla};

use crate::pages::table::detail::Detail;
use crate::pages::table::query::TableQuery;
use crate::settings::WebSettings;
use crate::text::words;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::card::page;
use crate::view::link::{self, Link};
use crate::view::words::{day, local};

/// The longest comment that a row shows, in characters: two lines of it are seen.
const COMMENT: usize = 100;

/// What rows are made with.
pub(super) struct Context<'a> {
    pub(super) board: &'a Board,
    pub(super) query: &'a TableQuery,
    pub(super) now: DateTime<Utc>,
    pub(super) settings: &'a WebSettings,
}

/// The row.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    key: String,
    case: String,
    case_href: String,
    card_href: Link,
    severity: Badge,
    /// `yes`, `potentially`, `no`.
    prio: &'static str,
    prio_href: Link,
    crit_sit: bool,
    summary: String,
    /// The card's page here.
    page: String,
    product: String,
    account: String,
    account_href: Link,
    case_status: String,
    card_status: Badge,
    assignee: String,
    assignee_href: Link,
    assigned: bool,
    contributors: String,
    comment: Option<String>,
    commented: String,
    days_open: i64,
    sla: Option<Badge>,
    updated: String,
    daily: bool,
    detail: Option<Detail>,
}

impl Row {
    pub(super) fn of(card: &Card, context: &Context<'_>) -> Self {
        let settings = context.settings;
        let zone = settings.rules.time_zone;
        let comment = card.newest_comment();
        let open = context.query.open.has(card.key.as_str());
        let contributors: Vec<_> = card.contributors.iter().filter_map(|person| person.name()).collect();
        Self {
            key: card.key.as_str().to_owned(),
            case: card.case_number.as_str().to_owned(),
            case_href: link::case(settings, &card.case_number),
            card_href: link::card(settings, &card.key),
            severity: badge::severity(&card.severity),
            prio: match (card.escalated, card.potential_escalation) {
                (true, _) => "yes",
                (false, true) => "potentially",
                (false, false) => "no",
            },
            prio_href: link::outside(card.escalated_link.as_deref()),
            crit_sit: card.crit_sit,
            summary: or_dash(&card.summary),
            page: page(card),
            product: or_dash(&card.product),
            account: or_dash(&card.account),
            account_href: link::account(&card.account),
            case_status: or_dash(card.case_status.as_str()),
            card_status: badge::status(&card.card_status),
            assignee: or_dash(card.engineer().unwrap_or_default()),
            assignee_href: card.engineer().and_then(link::engineer),
            assigned: card.engineer().is_some(),
            contributors: badge::cut(&contributors.join(", ")),
            comment: comment.map(|comment| or_dash(&words(&comment.html, COMMENT))),
            commented: comment.map_or_else(String::new, |comment| local(&comment.at, zone)),
            days_open: card.days_open(settings.rules.date_of(context.now)),
            sla: standing(card, context),
            updated: day(&card.case_updated, zone),
            daily: card.daily_telco,
            detail: open.then(|| Detail::of(card, context.board, settings)),
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) const fn is_open(&self) -> bool {
        self.detail.is_some()
    }
}

/// Days open where something was agreed on them, with the time left in words.
fn standing(card: &Card, context: &Context<'_>) -> Option<Badge> {
    let sla = sla(context.board, card, context.now)?;
    let words = match sla.state {
        SlaState::Breached => format!("{}, {} over", sla.open, -sla.left),
        SlaState::Warning | SlaState::OnTrack => format!("{}, {} left", sla.open, sla.left),
    };
    Some(badge::sla(sla.state, words))
}
