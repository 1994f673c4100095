//! Rows behind figures in words and links: cards, cases, bugs and issues, a line each.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use t5g_model::board::{Card, Case};
use t5g_model::figures::Linked;

use crate::settings::WebSettings;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::link::{self, Link};
use crate::view::words::day;

/// A card.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardRow {
    key: String,
    card_href: Link,
    case: String,
    case_href: String,
    severity: Badge,
    escalated: bool,
    summary: String,
    account: String,
    account_href: Link,
    case_status: String,
    status: Badge,
    /// `None`: nobody.
    assignee: Option<String>,
    assignee_href: Link,
    days_open: i64,
    updated: String,
}

impl CardRow {
    pub(crate) fn of(card: &Card, now: DateTime<Utc>, settings: &WebSettings) -> Self {
        let zone = settings.rules.time_zone;
        Self {
            key: card.key.as_str().to_owned(),
            card_href: link::card(settings, &card.key),
            case: card.case_number.as_str().to_owned(),
            case_href: link::case(settings, &card.case_number),
            severity: badge::severity(&card.severity),
            escalated: card.is_any_escalation(),
            summary: or_dash(&card.summary),
            account: or_dash(&card.account),
            account_href: link::account(&card.account),
            case_status: or_dash(card.case_status.as_str()),
            status: badge::status(&card.card_status),
            assignee: card.engineer().map(or_dash),
            assignee_href: card.engineer().and_then(link::engineer),
            days_open: card.days_open(settings.rules.date_of(now)),
            updated: day(&card.case_updated, zone),
        }
    }
}

/// A case.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CaseRow {
    number: String,
    href: String,
    severity: Badge,
    account: String,
    account_href: Link,
    summary: String,
    status: String,
    product: String,
    opened: String,
    updated: String,
    closed: String,
}

impl CaseRow {
    pub(crate) fn of(case: &Case, settings: &WebSettings) -> Self {
        let date = |on: Option<NaiveDate>| on.map_or_else(|| "—".to_owned(), |on| on.to_string());
        Self {
            number: case.number.as_str().to_owned(),
            href: link::case(settings, &case.number),
            severity: badge::severity(&case.severity),
            account: or_dash(&case.account),
            account_href: link::account(&case.account),
            summary: or_dash(&case.problem),
            status: or_dash(case.status.as_str()),
            product: or_dash(&case.product),
            opened: day(&case.created, settings.rules.time_zone),
            updated: date(case.updated_on),
            closed: date(case.closed_on),
        }
    }
}

/// A bug or an issue.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TrackerRow {
    id: String,
    href: Link,
    kind: &'static str,
    title: String,
    status: String,
    severity: String,
    /// The release aimed at.
    target: String,
    assignee: String,
}

impl TrackerRow {
    pub(crate) fn of(linked: Linked<'_>) -> Self {
        let text = |text: Option<&String>| or_dash(text.map_or("", String::as_str));
        let target = |first: Option<&String>| {
            let named = first.filter(|_| !linked.lacks_target());
            named.map_or_else(|| "None".to_owned(), |release| or_dash(release))
        };
        match linked {
            Linked::Bug(bug) => Self {
                id: or_dash(linked.id()),
                href: link::outside(Some(&bug.linked.bugzilla_link)),
                kind: "Bug",
                title: text(bug.linked.summary.as_ref()),
                status: text(bug.linked.status.as_ref()),
                severity: text(bug.severity.as_ref()),
                target: target(bug.target_release.first()),
                assignee: text(bug.assignee.as_ref()),
            },
            Linked::Issue(issue) => Self {
                id: or_dash(linked.id()),
                href: link::outside(Some(&issue.url)),
                kind: "Issue",
                title: text(issue.title.as_ref()),
                status: text(issue.status.as_ref()),
                severity: text(issue.jira_severity.as_ref()),
                target: target(issue.fix_versions.as_ref().and_then(|versions| versions.first())),
                assignee: text(issue.assignee.as_ref()),
            },
        }
    }
}
