//! `/home`: what needs attention, new cases, cards by status. Made once per board and day, not per request.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Case, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{Statistics, attention, new_cases};
use t5g_model::names::Severity;
use url::form_urlencoded;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::Sources;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::chrome::Chrome;
use crate::view::freshness::State as SourceState;
use crate::view::link;
use crate::view::words::{count, local};

/// New cases shown; more are counted.
const NEW_CASES: usize = 60;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HomePage {
    lead: String,
    first_run: Option<FirstRun>,
    attention: Vec<Tile>,
    new_cases: Vec<NewCase>,
    new_cases_note: String,
    more_new: Option<String>,
    /// What stands in place of an empty list.
    no_new: &'static str,
    statuses: Vec<Bar>,
    total_cards: String,
    case_facts: Vec<Fact>,
}

/// Nothing was ever fetched.
#[derive(Debug, Clone, Serialize)]
struct FirstRun {
    words: &'static str,
    steps: Vec<String>,
}

/// A figure that leads to the rows that it counts.
#[derive(Debug, Clone, Serialize)]
struct Tile {
    /// Style: `alarm`, `warn`, `zero`, or empty.
    kind: &'static str,
    figure: String,
    label: &'static str,
    note: &'static str,
    /// `None` where there is nothing to count.
    href: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct NewCase {
    number: String,
    href: String,
    severity: Badge,
    account: String,
    summary: String,
    opened: String,
}

#[derive(Debug, Clone, Serialize)]
struct Bar {
    label: String,
    count: u64,
    /// Percent of the longest bar.
    width: f64,
    href: String,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: &'static str,
    figure: String,
}

impl HomePage {
    /// As of `now`. What comes from a document that is not `present` is unknown, not 0.
    pub(crate) fn of(
        board: &Board,
        stats: &Statistics,
        present: &BTreeSet<Document>,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let (cards, cases) = (present.contains(&Document::Cards), present.contains(&Document::Cases));
        let trackers = cases && [Document::Bugs, Document::Issues].iter().any(|one| present.contains(one));
        let fresh = new_cases(board, Scope::All, now);
        let left = fresh.len().saturating_sub(NEW_CASES);
        Self {
            lead: lead(board, stats, cards, cases),
            first_run: None,
            attention: if cards { tiles(board, stats, now) } else { Vec::new() },
            new_cases: fresh.iter().take(NEW_CASES).map(|case| NewCase::of(case, settings)).collect(),
            new_cases_note: format!(
                "{} in the last 7 days, most severe first",
                known(cases, fresh.len() as u64)
            ),
            more_new: (left > 0).then(|| format!("{left} more are not shown here.")),
            no_new: if cases {
                "No case was opened in the last 7 days."
            } else {
                "The cases have not been fetched yet."
            },
            statuses: if cards { bars(board) } else { Vec::new() },
            total_cards: if cards { count(board.cards().len(), "card") } else { "—".to_owned() },
            case_facts: facts(stats, cases, trackers),
        }
    }
}

fn lead(board: &Board, stats: &Statistics, cards: bool, cases: bool) -> String {
    let cards = if cards { count(board.cards().len(), "card") } else { "cards not fetched yet".to_owned() };
    let cases =
        if cases { format!("{} open cases", stats.open_cases) } else { "cases not fetched yet".to_owned() };
    format!("{cases}, {cards}")
}

fn known(present: bool, figure: u64) -> String {
    if present { figure.to_string() } else { "—".to_owned() }
}

fn tiles(board: &Board, stats: &Statistics, now: DateTime<Utc>) -> Vec<Tile> {
    let lists = attention(board, Scope::All, now);
    let agreed = !board.rules().sla.partners.is_empty();
    let sla = |count: usize, kind, label, query| {
        if agreed {
            return tile(count as u64, kind, label, "open cards of partner accounts", query);
        }
        Tile { kind: "", figure: "—".to_owned(), label, note: "no partner accounts are set", href: None }
    };
    vec![
        sla(lists.breached.len(), "alarm", "SLA breached", "is=breached"),
        sla(lists.warning.len(), "warn", "SLA at risk", "is=warning"),
        tile(
            lists.escalated.len() as u64,
            "alarm",
            "Escalated",
            "on prio-list or crit sit",
            "is=open&is=any-escalation",
        ),
        tile(stats.high_prio, "warn", "High or Urgent", "open cards", "sev=High&sev=Urgent&is=open"),
        tile(lists.unassigned.len() as u64, "warn", "Unassigned", "open cards", "is=open&is=unassigned"),
        tile(
            lists.closed_not_done.len() as u64,
            "warn",
            "To be closed",
            "case closed, card not done",
            "is=closed-not-done",
        ),
        tile(stats.no_bzs, "", "Without bug or issue", "open cards", "is=open&is=untracked"),
    ]
}

fn tile(count: u64, kind: &'static str, label: &'static str, note: &'static str, query: &str) -> Tile {
    let kind = if count == 0 { "zero" } else { kind };
    Tile { kind, figure: count.to_string(), label, note, href: Some(format!("/table/all?{query}")) }
}

fn bars(board: &Board) -> Vec<Bar> {
    let statuses = board.card_statuses();
    let longest = statuses.values().copied().max().unwrap_or(0).max(1) as f64;
    let bar = |(status, count): (t5g_model::names::CardStatus, u64)| {
        let value: String = form_urlencoded::byte_serialize(status.as_str().as_bytes()).collect();
        let width = (count as f64 / longest * 1000.0).round() / 10.0;
        Bar { label: or_dash(status.as_str()), count, width, href: format!("/table/all?status={value}") }
    };
    statuses.into_iter().map(bar).collect()
}

fn facts(stats: &Statistics, cases: bool, trackers: bool) -> Vec<Fact> {
    let fact = |present, label, figure| Fact { label, figure: known(present, figure) };
    vec![
        fact(cases, "Open", stats.open_cases),
        fact(cases, "Opened in the last 7 days and still open", stats.weekly_opened_cases),
        fact(cases, "Closed in the last 7 days", stats.weekly_closed_cases),
        fact(cases, "Open, without update for 7 days", stats.no_updates),
        fact(trackers, "Bugs and issues of open cases", stats.bugs.unique),
        fact(trackers, "of these without target", stats.bugs.no_target),
    ]
}

impl NewCase {
    fn of(case: &Case, settings: &WebSettings) -> Self {
        Self {
            number: case.number.as_str().to_owned(),
            href: link::case(settings, &case.number),
            severity: badge::severity(&case.severity),
            account: or_dash(&case.account),
            summary: or_dash(&case.problem),
            opened: local(&case.created, settings.rules.time_zone),
        }
    }
}

impl FirstRun {
    fn of(sources: &Sources, now: DateTime<Utc>) -> Self {
        let step = |report: &crate::view::freshness::SourceReport| {
            let state = report.state(now);
            let error = report.error.as_ref().map_or_else(String::new, |error| format!(": {error}"));
            (state != SourceState::Fresh)
                .then(|| format!("{} — {}{error}", report.source, state.word().to_lowercase()))
        };
        Self {
            words: "Nothing has been fetched into the store so far. The schedule does it; these sources are missing:",
            steps: sources.reports.iter().filter_map(step).collect(),
        }
    }
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "pages/home.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let mut pages: Vec<_> =
            crate::samples::boards()?.iter().map(|(live, _)| live.derived.home.clone()).collect();
        let other = Severity::Other("<b>5</b>".into());
        let odd = pages.first().cloned().map(|page| {
            let first_run = Some(FirstRun { words: "Nothing.", steps: vec![other.to_string()] });
            Self { first_run, ..page }
        });
        pages.extend(odd);
        Ok(pages)
    }
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let live = app.live().board();
    live.usable()?;
    let home = &live.derived.home;
    let chrome = Chrome::of(&app, &caller, &headers);
    let html = if live.has(Document::Cases) || live.has(Document::Cards) {
        app.templates().render(home, &chrome)
    } else {
        let first_run = FirstRun::of(&app.live().sources(), app.clock().now());
        app.templates().render(&HomePage { first_run: Some(first_run), ..home.clone() }, &chrome)
    };
    Ok(Html(html.map_err(AppError::internal)?))
}
