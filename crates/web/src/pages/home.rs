//! `/home`: what needs attention, new cases, cards by status. Made once per board and day, not per request.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Case, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{Figure, Statistics, new_cases};
use t5g_model::names::{Scope as Scopes, Severity};
use t5g_store::ledger::JournalTrouble;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::Sources;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::chrome::Chrome;
use crate::view::counted::Counted;
use crate::view::figures::{Bars, Count, Fact, Part, Present, Tile, facts, tiles};
use crate::view::freshness::State as SourceState;
use crate::view::link::{self, Link};
use crate::view::words::{count, local};
use crate::view::writing::journal_href;
use crate::writing::address::{Listed, looked_at_since};

/// New cases shown; more are counted.
const NEW_CASES: usize = 60;

/// The figures of cases, bugs and issues that it shows.
const CASES: [Figure; 6] = [
    Figure::OpenCases,
    Figure::WeeklyOpenedCases,
    Figure::WeeklyClosedCases,
    Figure::NoUpdates,
    Figure::BugsUnique,
    Figure::BugsNoTarget,
];

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HomePage {
    lead: String,
    first_run: Option<FirstRun>,
    attention: Vec<Tile>,
    /// What waits for operators; empty for others, and while nothing does.
    desk: Vec<Tile>,
    new_cases: Vec<NewCase>,
    new_count: Count,
    more_new: Option<String>,
    /// What stands in place of an empty list.
    no_new: &'static str,
    statuses: Bars,
    total_cards: Count,
    case_facts: Vec<Fact>,
}

/// Nothing was ever fetched.
#[derive(Debug, Clone, Serialize)]
struct FirstRun {
    words: &'static str,
    steps: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct NewCase {
    number: String,
    href: String,
    severity: Badge,
    account: String,
    account_href: Link,
    summary: String,
    opened: String,
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
        let known = Present::of(present);
        let (cards, cases) = (known.cards, known.cases);
        let fresh = new_cases(board, Scope::All, now);
        let left = fresh.len().saturating_sub(NEW_CASES);
        Self {
            lead: lead(board, stats, cards, cases),
            first_run: None,
            attention: if cards { tiles(board, stats, Scope::All, now) } else { Vec::new() },
            desk: Vec::new(),
            new_cases: fresh.iter().take(NEW_CASES).map(|case| NewCase::of(case, settings)).collect(),
            new_count: Count::known(cases, &Counted::NewCases, Scope::All, fresh.len() as u64),
            more_new: (left > 0).then(|| format!("{left} more are not shown here.")),
            no_new: if cases {
                "No case was opened in the last 7 days."
            } else {
                "The cases have not been fetched yet."
            },
            statuses: if cards { statuses(board) } else { Bars::default() },
            total_cards: Count::known(cards, &Counted::cards(&[]), Scope::All, board.cards().len() as u64),
            case_facts: facts(&CASES, stats, Scope::All, known),
        }
    }
}

/// What waits for operators on the writing side. What cannot be read is unknown and no reason to show no page.
async fn desk(app: &AppState, caller: &Caller) -> Vec<Tile> {
    if !caller.may(Scopes::Write, false) {
        return Vec::new();
    }
    let (since, day) = looked_at_since(app.clock().now(), app.settings().rules.time_zone);
    let trouble = app.ledger().journal_trouble(since).await;
    if let Err(error) = &trouble {
        tracing::warn!(%error, "the journal cannot be read");
    }
    desk_of(trouble.ok(), &day)
}

fn desk_of(trouble: Option<JournalTrouble>, day: &str) -> Vec<Tile> {
    let of = |pick: fn(&JournalTrouble) -> u64| trouble.as_ref().map(pick);
    let (held, doubtful, failed) = (of(|all| all.held), of(|all| all.doubtful), of(|all| all.failed));
    if [held, doubtful, failed] == [Some(0); 3] {
        return Vec::new();
    }
    let writes = |state| journal_href(Listed::Writes, state, day);
    let waits = journal_href(Listed::Plans, "held", "");
    vec![
        Tile::of_rows("warn", "Plans that wait", "for somebody to release or reject", (held, waits)),
        Tile::of_rows(
            "warn",
            "In doubt",
            "may have arrived or not, last 7 days",
            (doubtful, writes("doubtful")),
        ),
        Tile::of_rows(
            "alarm",
            "Writes that failed",
            "to other services, last 7 days",
            (failed, writes("failed")),
        ),
    ]
}

fn lead(board: &Board, stats: &Statistics, cards: bool, cases: bool) -> String {
    let cards = if cards { count(board.cards().len(), "card") } else { "cards not fetched yet".to_owned() };
    let cases =
        if cases { format!("{} open cases", stats.open_cases) } else { "cases not fetched yet".to_owned() };
    format!("{cases}, {cards}")
}

fn statuses(board: &Board) -> Bars {
    let statuses = board.card_statuses();
    Bars::of(statuses.iter().map(|(status, count)| Part::status(status, *count)), Scope::All)
}

impl NewCase {
    fn of(case: &Case, settings: &WebSettings) -> Self {
        Self {
            number: case.number.as_str().to_owned(),
            href: link::case(settings, &case.number),
            severity: badge::severity(&case.severity),
            account: or_dash(&case.account),
            account_href: link::account(&case.account),
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
            Self { first_run, desk: desk_of(None, "2026-11-16"), ..page }
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
    let live = app.live().board_owned();
    live.usable()?;
    let home = &live.derived.home;
    let chrome = Chrome::of(&app, &caller, &headers);
    let desk = desk(&app, &caller).await;
    let html = if live.has(Document::Cases) || live.has(Document::Cards) {
        if desk.is_empty() {
            app.templates().render(home, &chrome)
        } else {
            app.templates().render(&HomePage { desk, ..home.clone() }, &chrome)
        }
    } else {
        let first_run = FirstRun::of(&app.live().sources(), app.clock().now());
        app.templates().render(&HomePage { first_run: Some(first_run), ..home.clone() }, &chrome)
    };
    Ok(Html(html.map_err(AppError::internal)?))
}
