//! `/api/monitor`: background work for programs, with the same rules as the pages. Every answer comes straight from
//! the queue; a client that has it already is told so.

pub(crate) mod about;
mod acts;
mod shapes;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use t5g_queue::RunId;

pub(crate) use acts::{cancel, pause_queue, pause_schedule, resume_queue, resume_schedule, retry, start};

use crate::api::v1::answer::json;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::address::RunsQuery;
use crate::monitor::read::{self, Overview};
use shapes::{Runs, Task, Whole, queues, tasks, workers};

/// `GET /api/monitor`.
pub(crate) async fn overview(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, AppError> {
    let all = Overview::read(app.launcher()).await?;
    let body = Whole {
        running: all.running.total,
        waiting: all.waiting.total,
        working: &all.running.runs,
        tasks: tasks(&all.tasks),
        queues: queues(&all.queues),
        workers: workers(&app, &all.workers),
    };
    json(&app, &headers, &body)
}

/// `GET /api/monitor/tasks`.
pub(crate) async fn list_tasks(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    json(&app, &headers, &tasks(&app.launcher().tasks().await?))
}

/// `GET /api/monitor/tasks/{name}`.
pub(crate) async fn task(
    State(app): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    json(&app, &headers, &Task::of(&read::task(app.launcher(), &name).await?))
}

/// `GET /api/monitor/queues`.
pub(crate) async fn list_queues(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    json(&app, &headers, &queues(&app.launcher().queues().await?))
}

/// `GET /api/monitor/workers`.
pub(crate) async fn list_workers(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    json(&app, &headers, &workers(&app, &app.launcher().workers().await?))
}

/// `GET /api/monitor/runs?q=&page=&size=`.
pub(crate) async fn list_runs(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let mut query = RunsQuery::read(&uri)?;
    let list = read::runs(app.launcher(), &mut query).await?.map_err(|error| {
        AppError::BadRequest(format!(
            "The filter cannot be read at character {}: {error}.",
            error.at.start + 1
        ))
    })?;
    json(&app, &headers, &Runs { list: &list, page: query.page, size: query.size, states: &list.states })
}

/// `GET /api/monitor/runs/{id}`.
pub(crate) async fn run(
    State(app): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let id = run_id(&id)?;
    let detail = app.launcher().detail(id).await?;
    let none = || AppError::NotFound(format!("There is no run {id}; it may be older than what is kept."));
    json(&app, &headers, &detail.ok_or_else(none)?)
}

fn run_id(text: &str) -> Result<RunId, AppError> {
    text.parse().map_err(|error: t5g_queue::NoRunId| AppError::NotFound(format!("{error}.")))
}
