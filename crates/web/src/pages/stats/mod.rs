//! `/stats`: the figures of now, how they went day by day, breakdowns, outcomes. What does not depend on the days
//! chosen is made once per board and day.

mod range;
mod series;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{Figure, TimeSeries, overall, time_series};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::pages::scope::{accounts, case_statuses, engineers, severities};
use crate::templates::Page;
use crate::view::chrome::Chrome;
use crate::view::counted::label;
use crate::view::figures::{Bars, Count, Part, Present, count};
use crate::view::outcomes::OutcomesView;
use crate::view::spark::Spark;
use range::Range;
use series::SeriesView;

/// Bars of a breakdown by name.
const BARS: usize = 15;
/// Days of a small chart beside a figure.
const SPARK: usize = 30;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StatsPage {
    now: Arc<StatsNow>,
    series: SeriesView,
}

/// The part that is the same whatever days are chosen.
#[derive(Debug, Serialize)]
pub(crate) struct StatsNow {
    groups: Vec<Group>,
    severities: Bars,
    case_statuses: Bars,
    statuses: Bars,
    accounts: Bars,
    account_count: usize,
    engineers: Bars,
    engineer_count: usize,
    outcomes: OutcomesView,
    /// Whether cards have come; without them there is nothing to break down.
    cards: bool,
}

/// Figures of one kind.
#[derive(Debug, Serialize)]
struct Group {
    id: &'static str,
    title: &'static str,
    figures: Vec<FigureRow>,
}

#[derive(Debug, Serialize)]
struct FigureRow {
    label: &'static str,
    value: Count,
    trend: Option<Spark>,
}

impl StatsNow {
    /// As of `now`; takes some ten milliseconds at 20,000 cards.
    pub(crate) fn of(board: &Board, present: &BTreeSet<Document>, now: DateTime<Utc>) -> Self {
        let (present, stats) = (Present::of(present), overall(board, now));
        let series = time_series(board.history());
        let row = |figure: &Figure| FigureRow {
            label: label(figure),
            value: count(figure, &stats, Scope::All, present),
            trend: trend(&series, figure),
        };
        let group =
            |id, title, figures: &[Figure]| Group { id, title, figures: figures.iter().map(row).collect() };
        let statuses = board.card_statuses();
        let statuses = statuses.iter().map(|(status, count)| Part::status(status, *count));
        Self {
            groups: vec![
                group("cases-now", "Cases", &Figure::OF_CASES),
                group("cards-now", "Open cards", &Figure::OF_CARDS),
                group("bugs-now", "Bugs and issues", &Figure::OF_TRACKERS),
            ],
            severities: severities(&stats, Scope::All),
            case_statuses: case_statuses(&stats, Scope::All),
            statuses: Bars::of(statuses, Scope::All),
            accounts: accounts(&stats, Scope::All, BARS),
            account_count: board.accounts().count(),
            engineers: engineers(&stats, Scope::All, BARS),
            engineer_count: board.engineers().count(),
            outcomes: OutcomesView::of(board, Scope::All),
            cards: present.cards,
        }
    }
}

fn trend(series: &TimeSeries, figure: &Figure) -> Option<Spark> {
    let line = series.series.iter().find(|line| line.name == figure.name())?;
    Spark::of(line.values.get(line.values.len().saturating_sub(SPARK)..)?)
}

impl StatsPage {
    fn of(live: &LiveBoard, range: Range, now: DateTime<Utc>) -> Self {
        let of_now = live
            .derived
            .stats
            .get_or_init(|| Arc::new(StatsNow::of(&live.board, &live.holdings.present(), now)));
        let series = SeriesView::of(live.board.history(), range, live.board.rules().date_of(now));
        Self { now: Arc::clone(of_now), series }
    }
}

impl Page for StatsPage {
    const TEMPLATE: &'static str = "pages/stats.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let mut pages = Vec::new();
        for (live, now) in &crate::samples::boards()? {
            pages.push(Self::of(live, Range::default(), *now));
            let all = StatsNow::of(&live.board, &crate::live::loader::shown(), *now);
            pages.push(Self { now: Arc::new(all), series: SeriesView::sample() });
        }
        Ok(pages)
    }
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let range = Range::read(&uri)?;
    let live = app.live().board_owned();
    live.usable()?;
    let chrome = Chrome::of(&app, &caller, &headers);
    let now = app.clock().now();
    let ready = live.derived.stats.get().is_some();
    let make = move || app.templates().render(&StatsPage::of(&live, range, now), &chrome);
    // The first reader of a board makes what all others find ready.
    let html =
        if ready { make() } else { tokio::task::spawn_blocking(make).await.map_err(AppError::internal)? };
    Ok(Html(html.map_err(AppError::internal)?))
}
