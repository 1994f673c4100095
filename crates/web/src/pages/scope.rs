//! `/account/<name>` and `/engineer/<name>`, of whatever name: figures, charts, cards, bugs and issues, outcomes of one
//! account or engineer.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use t5g_model::board::{Board, Scope};
use t5g_model::figures::{Figure, Rows, Statistics, figure_rows, most_severe_first, statistics};
use t5g_model::names::CardStatus;
use t5g_model::query::Property;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::pages::names::Kind;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::or_dash;
use crate::view::chrome::Chrome;
use crate::view::counted::Counted;
use crate::view::figures::{Bars, Count, Fact, Part, Present, Tile, facts, tiles};
use crate::view::files::File;
use crate::view::link::{self, Link};
use crate::view::outcomes::OutcomesView;
use crate::view::rows::{CardRow, TrackerRow};

/// Cards, and bugs and issues, shown; the rest is behind a link.
const ROWS: usize = 25;
/// Bars of a breakdown by name.
const BARS: usize = 12;
/// Names like one that is not there.
const SIMILAR: usize = 8;

/// The figures of cases, bugs and issues that the page shows.
const CASES: [Figure; 8] = [
    Figure::OpenCases,
    Figure::WeeklyOpenedCases,
    Figure::DailyOpenedCases,
    Figure::WeeklyClosedCases,
    Figure::DailyClosedCases,
    Figure::NoUpdates,
    Figure::BugsUnique,
    Figure::BugsNoTarget,
];

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ScopePage {
    nav: &'static str,
    one: &'static str,
    list: &'static str,
    list_title: &'static str,
    name: String,
    /// Unknown without cards.
    open_cards: Count,
    all_cards: Count,
    tiles: Vec<Tile>,
    facts: Vec<Fact>,
    severities: Bars,
    statuses: Bars,
    case_statuses: Bars,
    /// Who works for the account, or for which accounts the engineer works.
    others: Bars,
    others_title: &'static str,
    cards: Vec<CardRow>,
    more_cards: bool,
    trackers: Vec<TrackerRow>,
    tracker_count: Count,
    no_trackers: &'static str,
    more_trackers: bool,
    outcomes: OutcomesView,
    files: Vec<File>,
}

impl ScopePage {
    pub(crate) fn of(
        board: &Board,
        present: Present,
        (kind, name): (Kind, &str),
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let scope = kind.scope(name);
        let stats = statistics(board, scope, now);
        let (open, all) = (Counted::cards(&[Property::Open]), Counted::cards(&[]));
        let mut cards: Vec<_> = board.cards_in(scope).collect();
        let open_count = cards.iter().filter(|card| card.is_open()).count();
        let total = cards.len();
        most_severe_first(&mut cards);
        // What is over comes last.
        cards.sort_by_key(|card| !card.is_open());
        let trackers = match figure_rows(board, scope, &Figure::BugsUnique, now) {
            Rows::Trackers(trackers) => trackers,
            Rows::Cards(_) | Rows::Cases(_) => Vec::new(),
        };
        let (one, list_title) = kind.words();
        Self {
            nav: list_title,
            one,
            list: kind.path(),
            list_title,
            name: or_dash(name),
            open_cards: Count::known(present.cards, &open, scope, open_count as u64),
            all_cards: Count::known(present.cards, &all, scope, total as u64),
            tiles: if present.cards { tiles(board, &stats, scope, now) } else { Vec::new() },
            facts: facts(&CASES, &stats, scope, present),
            severities: severities(&stats, scope),
            statuses: statuses(board, scope),
            case_statuses: case_statuses(&stats, scope),
            others: others(kind, &stats, scope),
            others_title: match kind {
                Kind::Accounts => "Open cards by engineer",
                Kind::Engineers => "Open cards by account",
            },
            cards: cards.iter().take(ROWS).map(|card| CardRow::of(card, now, settings)).collect(),
            more_cards: total > ROWS,
            tracker_count: crate::view::figures::count(&Figure::BugsUnique, &stats, scope, present),
            no_trackers: if present.trackers {
                "No bug or issue is linked to an open case."
            } else {
                "Bugs and issues have not been fetched yet."
            },
            more_trackers: trackers.len() > ROWS,
            trackers: trackers.into_iter().take(ROWS).map(TrackerRow::of).collect(),
            outcomes: OutcomesView::of(board, scope),
            files: File::of_one("/api/v1/statistics", &[(one, name)]),
        }
    }
}

/// Open cards by severity, the most severe first.
pub(crate) fn severities(stats: &Statistics, scope: Scope<'_>) -> Bars {
    let figures = stats.by_severity.keys().cloned().map(Figure::BySeverity);
    Bars::of(figures.map(|figure| Part::of(figure, stats, None)), scope)
}

/// All cards by case status.
pub(crate) fn case_statuses(stats: &Statistics, scope: Scope<'_>) -> Bars {
    let figures = stats.by_status.keys().cloned().map(Figure::ByStatus);
    Bars::of(figures.map(|figure| Part::of(figure, stats, None)), scope)
}

/// All cards by internal status.
fn statuses(board: &Board, scope: Scope<'_>) -> Bars {
    let mut counts: std::collections::BTreeMap<&CardStatus, u64> = std::collections::BTreeMap::new();
    for card in board.cards_in(scope) {
        *counts.entry(&card.card_status).or_default() += 1;
    }
    Bars::of(counts.into_iter().map(|(status, count)| Part::status(status, count)), scope)
}

/// Open cards by account, those with most first; so many at most.
pub(crate) fn accounts(stats: &Statistics, scope: Scope<'_>, most: usize) -> Bars {
    let rows = stats.by_customer.iter().map(|(name, count)| (&**name, *count));
    by_name(rows, stats, scope, most, |name| Figure::ByCustomer(name.into()), link::account)
}

/// Open cards by engineer, those with most first; so many at most.
pub(crate) fn engineers(stats: &Statistics, scope: Scope<'_>, most: usize) -> Bars {
    let rows = stats.by_engineer.iter().map(|(name, count)| (&**name, *count));
    by_name(rows, stats, scope, most, |name| Figure::ByEngineer(name.into()), link::engineer)
}

fn by_name<'a>(
    rows: impl Iterator<Item = (&'a str, u64)>,
    stats: &Statistics,
    scope: Scope<'_>,
    most: usize,
    figure: fn(&str) -> Figure,
    page: fn(&str) -> Link,
) -> Bars {
    let mut rows: Vec<_> = rows.filter(|(_, count)| *count > 0).collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let some = rows.into_iter().take(most);
    Bars::of(some.map(|(name, _)| Part::of(figure(name), stats, page(name))), scope)
}

fn others(kind: Kind, stats: &Statistics, scope: Scope<'_>) -> Bars {
    match kind {
        Kind::Accounts => engineers(stats, scope, BARS),
        Kind::Engineers => accounts(stats, scope, BARS),
    }
}

impl Page for ScopePage {
    const TEMPLATE: &'static str = "pages/scope.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings = WebSettings::default();
        let mut pages = Vec::new();
        for (live, now) in &crate::samples::boards()? {
            for kind in [Kind::Accounts, Kind::Engineers] {
                for present in crate::samples::presents() {
                    let names = kind.names(&live.board).into_iter().chain([crate::samples::HOSTILE]);
                    let page = |name| Self::of(&live.board, present, (kind, name), *now, &settings);
                    pages.extend(names.map(page));
                }
            }
        }
        Ok(pages)
    }
}

/// What is shown of a name that nobody has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NobodyPage {
    nav: &'static str,
    one: &'static str,
    list: &'static str,
    list_title: &'static str,
    name: String,
    similar: Vec<Similar>,
    /// Why there may be no such name yet.
    missing: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Similar {
    name: String,
    href: Link,
}

impl NobodyPage {
    fn of(board: &Board, present: Present, kind: Kind, name: &str) -> Self {
        let wanted = name.trim().to_lowercase();
        let (one, list_title) = kind.words();
        let alike = |other: &&str| {
            let other = other.to_lowercase();
            !wanted.is_empty() && !other.is_empty() && (other.contains(&wanted) || wanted.contains(&other))
        };
        let names = kind.names(board);
        let mut found: Vec<&str> = names.iter().copied().filter(alike).take(SIMILAR).collect();
        if found.is_empty() {
            let short: String = name.chars().take(SEARCHED).collect();
            let nearest = t5g_model::query::similar(&short, names.iter().map(|name| (*name).to_owned()));
            found.extend(nearest.and_then(|nearest| names.iter().copied().find(|name| *name == nearest)));
        }
        let similar = |name: &str| Similar { name: or_dash(name), href: kind.link(name) };
        Self {
            nav: list_title,
            one,
            list: kind.path(),
            list_title,
            name: or_dash(&name.chars().take(SEARCHED).collect::<String>()),
            similar: found.into_iter().map(similar).collect(),
            missing: !present.cards,
        }
    }
}

/// The longest name that others are compared with, in characters.
const SEARCHED: usize = 200;

impl Page for NobodyPage {
    const TEMPLATE: &'static str = "pages/nobody.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let boards = crate::samples::boards()?;
        let names = ["A customer?", "", crate::samples::HOSTILE];
        let presents = crate::samples::presents();
        let all = names.into_iter().flat_map(|name| presents.map(|present| (name, present)));
        let all: Vec<_> = all.collect();
        let page = |(live, _): &(LiveBoard, DateTime<Utc>)| -> Vec<Self> {
            all.iter().map(|(name, present)| Self::of(&live.board, *present, Kind::Accounts, name)).collect()
        };
        Ok(boards.iter().flat_map(page).collect())
    }
}

/// A name that no path can carry.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    name: Option<String>,
}

/// `GET /account/{*name}`.
pub(crate) async fn account(
    app: State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    show(app.0, &caller, &headers, Kind::Accounts, name).await
}

/// `GET /engineer/{*name}`.
pub(crate) async fn engineer(
    app: State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    show(app.0, &caller, &headers, Kind::Engineers, name).await
}

/// `GET /account?name=`.
pub(crate) async fn account_named(
    app: State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(named): Query<Named>,
) -> Result<Response, AppError> {
    show_named(app.0, &caller, &headers, Kind::Accounts, named).await
}

/// `GET /engineer?name=`.
pub(crate) async fn engineer_named(
    app: State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(named): Query<Named>,
) -> Result<Response, AppError> {
    show_named(app.0, &caller, &headers, Kind::Engineers, named).await
}

async fn show_named(
    app: AppState,
    caller: &Caller,
    headers: &HeaderMap,
    kind: Kind,
    named: Named,
) -> Result<Response, AppError> {
    match named.name {
        Some(name) => show(app, caller, headers, kind, name).await,
        None => Ok(Redirect::to(kind.path()).into_response()),
    }
}

async fn show(
    app: AppState,
    caller: &Caller,
    headers: &HeaderMap,
    kind: Kind,
    name: String,
) -> Result<Response, AppError> {
    let live = app.live().board_owned();
    live.usable()?;
    let chrome = Chrome::of(&app, caller, headers);
    // An account may have all the cards there are.
    let making = tokio::task::spawn_blocking(move || {
        let present = Present::of(&live.holdings.present());
        if !live.board.knows(kind.scope(&name)) {
            let page = NobodyPage::of(&live.board, present, kind, &name);
            let html = app.templates().render(&page, &chrome)?;
            return Ok((StatusCode::NOT_FOUND, html));
        }
        let page = ScopePage::of(&live.board, present, (kind, &name), app.clock().now(), app.settings());
        Ok((StatusCode::OK, app.templates().render(&page, &chrome)?))
    });
    let made: Result<_, minijinja::Error> = making.await.map_err(AppError::internal)?;
    let (status, html) = made.map_err(AppError::internal)?;
    Ok((status, Html(html)).into_response())
}
