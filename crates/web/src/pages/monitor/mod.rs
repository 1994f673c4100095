//! `/monitor`: what background work does now, every task with its schedule, queues, workers, and all runs. One file
//! for each page and for each kind of row; what they may show is decided here, what is true in the queue.

mod actions;
mod chart;
mod confirm;
mod crew;
mod result;
mod run;
mod run_row;
mod runs;
mod samples;
mod task;
mod task_row;
mod waits;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use t5g_queue::{Catalog, RunList};

pub(crate) use actions::{pause_queue, pause_schedule, resume_queue, resume_schedule, start};
pub(crate) use confirm::{ConfirmPage, ask_cancel, ask_retry, cancel, retry};
pub(crate) use run::{RunPage, live as run_live, show as run};
pub(crate) use run_row::{Bar, progress};
pub(crate) use samples::run as sample_run;
pub(crate) use task::{TaskPage, live as task_live, show as task};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;
use crate::monitor::address::RunsQuery;
use crate::monitor::read::{self, Overview};
use crate::pages::{living, render};
use crate::templates::{Living, Page};
use crate::view::words::{When, count};
use crew::{QueueRow, WorkerRow};
use run_row::RunRow;
use runs::{Filter, RunsView};
use task_row::TaskRow;

/// The overview's address; everything of the monitor is below it.
const PATH: &str = "/monitor";

/// Through whose eyes, and when, background work is seen.
pub(super) struct Sight<'a> {
    now: DateTime<Utc>,
    zone: Tz,
    caller: Caller,
    catalog: &'a Catalog,
    /// A worker that was not heard of since then is silent.
    silent_before: DateTime<Utc>,
}

impl<'a> Sight<'a> {
    fn of(app: &'a AppState, caller: &Caller) -> Self {
        Self {
            now: app.clock().now(),
            zone: app.settings().rules.time_zone,
            caller: caller.clone(),
            catalog: app.launcher().catalog(),
            silent_before: app.launcher().silent_before(),
        }
    }

    fn when(&self, at: DateTime<Utc>) -> When {
        When::exact(at, self.now, self.zone)
    }

    fn may(&self, task: &str) -> bool {
        act::may_steer(self.catalog, &self.caller, task)
    }
}

/// A link to runs, in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RunsLink {
    words: String,
    href: String,
}

impl RunsLink {
    fn of(words: impl Into<String>, filter: &str) -> Self {
        Self { words: words.into(), href: RunsQuery::of(filter).link(PATH) }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MonitorPage {
    lead: String,
    /// What is told to who does not see the page, when it changes.
    said: String,
    /// Where the living part is fetched.
    live: String,
    running: Vec<RunRow>,
    more_running: Option<RunsLink>,
    waiting: Vec<RunRow>,
    more_waiting: Option<RunsLink>,
    /// What stands there while nothing is at work.
    idle: String,
    tasks: Vec<TaskRow>,
    queues: Vec<QueueRow>,
    workers: Vec<WorkerRow>,
    filter: Filter,
    runs: RunsView,
}

impl MonitorPage {
    fn of(
        overview: &Overview,
        query: &RunsQuery,
        runs: Result<RunList, t5g_model::query::QueryError>,
        sight: &Sight<'_>,
    ) -> Self {
        let (working, waiting) = (overview.running.total, overview.waiting.total);
        let lead = match working + waiting {
            0 => format!("{}, none of them at work", count(overview.tasks.len(), "task")),
            _ => format!("{}: {working} at work, {waiting} waiting", count(overview.tasks.len(), "task")),
        };
        let rows = |list: &RunList| list.runs.iter().map(|run| RunRow::of(run, sight)).collect::<Vec<_>>();
        let (filter, runs) = runs::view(query, runs, PATH, sight);
        Self {
            said: format!("{working} at work, {waiting} waiting"),
            lead,
            live: query.link("/monitor/live"),
            running: rows(&overview.running),
            more_running: more(&overview.running, "state:running"),
            waiting: rows(&overview.waiting),
            more_waiting: more(&overview.waiting, "state:pending,scheduled,retrying"),
            idle: idle(overview, sight),
            tasks: overview.tasks.iter().map(|task| TaskRow::of(task, sight)).collect(),
            queues: overview.queues.iter().map(|queue| QueueRow::of(queue, sight)).collect(),
            workers: overview.workers.iter().map(|worker| WorkerRow::of(worker, sight)).collect(),
            filter,
            runs,
        }
    }
}

fn count_of(number: u64, one: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), one)
}

fn more(list: &RunList, filter: &str) -> Option<RunsLink> {
    let left = list.total.saturating_sub(u64::try_from(list.runs.len()).unwrap_or(u64::MAX));
    (left > 0).then(|| RunsLink::of(format!("{left} more"), filter))
}

fn idle(overview: &Overview, sight: &Sight<'_>) -> String {
    let next = overview.tasks.iter().filter_map(|task| Some((task.next?, task.definition.name))).min();
    match next {
        Some((at, task)) => {
            format!("Nothing is at work. Next by schedule: {task}, {}.", sight.when(at).words)
        }
        None => "Nothing is at work, and no schedule will fire.".to_owned(),
    }
}

impl Page for MonitorPage {
    const TEMPLATE: &'static str = "pages/monitor.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        samples::pages()
    }
}

impl Living for MonitorPage {
    const PART: &'static str = "partials/monitor/living.html";
}

async fn page(app: &AppState, caller: &Caller, uri: &Uri) -> Result<MonitorPage, AppError> {
    let mut query = RunsQuery::read(uri)?;
    let overview = Overview::read(app.launcher()).await?;
    let runs = read::runs(app.launcher(), &mut query).await?;
    Ok(MonitorPage::of(&overview, &query, runs, &Sight::of(app, caller)))
}

/// `GET /monitor`.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let page = page(&app, &caller, &uri).await?;
    render(&app, &caller, &headers, &page)
}

/// `GET /monitor/live`: what changes on it, for a page that stays open.
pub(crate) async fn live(
    State(app): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let page = page(&app, &caller, &uri).await?;
    living::answer(&app, &caller, &headers, &page, living::LIVELY)
}
