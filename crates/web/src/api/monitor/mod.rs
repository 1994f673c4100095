//! `/api/monitor`: background work for programs, with the same rules as the pages. Every answer comes straight from
//! the queue; a client that has it already is told so.

pub(crate) mod about;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use t5g_queue::{
    DayCount, MissedTick, Origin, QueueView, RunDuration, RunId, RunList, RunState, RunView, TaskView,
    WorkerView,
};
use t5g_store::documents::Fingerprint;

use crate::access::Caller;
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;
use crate::monitor::address::RunsQuery;
use crate::monitor::read::{self, Overview};

/// Background work as a whole.
#[derive(Serialize, JsonSchema)]
struct Whole<'a> {
    /// Runs at work.
    running: u64,
    /// Runs that wait.
    waiting: u64,
    /// The first runs at work.
    working: &'a [RunView],
    tasks: Vec<Task<'a>>,
    queues: Vec<Queue<'a>>,
    workers: Vec<Worker<'a>>,
}

/// What a start led to.
#[derive(Serialize, JsonSchema)]
struct StartedRun {
    run: RunId,
    /// Whether one with the same arguments was there already.
    joined: bool,
}

/// A run that is to stop.
#[derive(Serialize, JsonSchema)]
struct StoppedRun {
    run: RunId,
    state: RunState,
}

/// A run that begins again.
#[derive(Serialize, JsonSchema)]
struct RetriedRun {
    run: RunId,
}

/// Something that was paused or taken up.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Turned {
    /// How it is now.
    paused: bool,
    /// Whether it was otherwise before.
    changed: bool,
}

/// A task.
#[derive(Serialize, JsonSchema)]
struct Task<'a> {
    name: &'a str,
    description: &'a str,
    queue: &'a str,
    role: &'a str,
    exclusive: Option<&'a str>,
    timeout_seconds: u64,
    attempts: u32,
    first_pause_seconds: u64,
    schedule: Option<Schedule<'a>>,
    waiting: u64,
    running: u64,
    last_success: Option<DateTime<Utc>>,
    current: Option<&'a RunView>,
    last: Option<&'a RunView>,
    recent: Vec<Recent<'a>>,
    days: &'a [DayCount],
}

#[derive(Serialize, JsonSchema)]
struct Schedule<'a> {
    cron: &'a str,
    words: Option<&'a str>,
    next: Option<DateTime<Utc>>,
    last_tick: Option<DateTime<Utc>>,
    /// What becomes of a tick that fell while nobody was up.
    missed: &'static str,
    paused: Option<Paused<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Paused<'a> {
    since: DateTime<Utc>,
    by: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Recent<'a> {
    run: RunId,
    state: &'a str,
    finished: DateTime<Utc>,
    milliseconds: u128,
}

#[derive(Serialize, JsonSchema)]
struct Queue<'a> {
    name: &'a str,
    waiting: u64,
    running: u64,
    oldest_due: Option<DateTime<Utc>>,
    paused: Option<Paused<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Worker<'a> {
    #[serde(flatten)]
    worker: &'a WorkerView,
    silent: bool,
}

#[derive(Serialize, JsonSchema)]
struct Runs<'a> {
    #[serde(flatten)]
    list: &'a RunList,
    /// Which page of them, from 1.
    page: u32,
    /// Runs of a page.
    size: u32,
    /// Under the filter without its conditions on states.
    states: &'a std::collections::BTreeMap<&'static str, u64>,
}

fn paused(paused: Option<&(DateTime<Utc>, String)>) -> Option<Paused<'_>> {
    paused.map(|(since, by)| Paused { since: *since, by })
}

impl<'a> Task<'a> {
    fn of(view: &'a TaskView) -> Self {
        let (definition, figures) = (&view.definition, &view.figures);
        let recent = |run: &'a RunDuration| Recent {
            run: run.run,
            state: run.state.as_str(),
            finished: run.finished,
            milliseconds: run.took.as_millis(),
        };
        Self {
            name: definition.name,
            description: definition.description,
            queue: definition.queue,
            role: definition.role.as_str(),
            exclusive: definition.exclusive,
            timeout_seconds: definition.timeout.as_secs(),
            attempts: definition.retry.attempts,
            first_pause_seconds: definition.retry.first_pause.as_secs(),
            schedule: definition.schedule.as_deref().map(|cron| Schedule {
                cron,
                words: view.words.as_deref(),
                next: view.next,
                last_tick: view.last_tick,
                missed: match definition.missed {
                    MissedTick::FireOnce => "fire_once",
                    MissedTick::Skip => "skip",
                },
                paused: paused(view.paused.as_ref()),
            }),
            waiting: figures.waiting,
            running: figures.running,
            last_success: figures.last_success,
            current: view.current.as_ref(),
            last: view.last.as_ref(),
            recent: figures.recent.iter().map(recent).collect(),
            days: &figures.days,
        }
    }
}

impl<'a> Queue<'a> {
    fn of(view: &'a QueueView) -> Self {
        let figures = &view.figures;
        Self {
            name: view.name,
            waiting: figures.waiting,
            running: figures.running,
            oldest_due: figures.oldest_due,
            paused: paused(view.paused.as_ref()),
        }
    }
}

fn workers<'a>(app: &AppState, workers: &'a [WorkerView]) -> Vec<Worker<'a>> {
    let silent_before = app.launcher().silent_before();
    workers.iter().map(|worker| Worker { worker, silent: worker.seen < silent_before }).collect()
}

fn tasks(views: &[TaskView]) -> Vec<Task<'_>> {
    views.iter().map(Task::of).collect()
}

fn queues(views: &[QueueView]) -> Vec<Queue<'_>> {
    views.iter().map(Queue::of).collect()
}

/// The answer, or that the client has it.
fn answer(headers: &HeaderMap, body: &impl Serialize) -> Result<Response, AppError> {
    let json = serde_json::to_vec(body).map_err(AppError::internal)?;
    let tag = format!("W/\"{}\"", Fingerprint::of(&json));
    let etag = HeaderValue::from_str(&tag).map_err(AppError::internal)?;
    let common = [(ETAG, etag.clone()), (CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((common, kind, json).into_response())
}

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
    answer(&headers, &body)
}

/// `GET /api/monitor/tasks`.
pub(crate) async fn list_tasks(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&headers, &tasks(&app.launcher().tasks().await?))
}

/// `GET /api/monitor/tasks/{name}`.
pub(crate) async fn task(
    State(app): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&headers, &Task::of(&read::task(app.launcher(), &name).await?))
}

/// `GET /api/monitor/queues`.
pub(crate) async fn list_queues(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&headers, &queues(&app.launcher().queues().await?))
}

/// `GET /api/monitor/workers`.
pub(crate) async fn list_workers(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&headers, &workers(&app, &app.launcher().workers().await?))
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
    answer(&headers, &Runs { list: &list, page: query.page, size: query.size, states: &list.states })
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
    answer(&headers, &detail.ok_or_else(none)?)
}

fn run_id(text: &str) -> Result<RunId, AppError> {
    text.parse().map_err(|error: t5g_queue::NoRunId| AppError::NotFound(format!("{error}.")))
}

/// What a start may say.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    /// What the task is to be started with; fetching tasks understand `{"full": true}`.
    #[serde(skip_serializing_if = "Value::is_null")]
    arguments: Value,
}

/// `POST /api/monitor/tasks/{name}/runs`.
pub(crate) async fn start(
    State(app): State<AppState>,
    caller: Caller,
    Path(task): Path<String>,
    body: Bytes,
) -> Result<Response, AppError> {
    let wanted = if body.iter().all(u8::is_ascii_whitespace) {
        Wanted::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            AppError::BadRequest(format!(
                "The body cannot be read: {error}. Expected is nothing, or {{\"arguments\": …}}."
            ))
        })?
    };
    let started = act::start(&app, &caller, Origin::Program, &task, wanted.arguments).await?;
    let place = format!("/api/monitor/runs/{}", started.run);
    let body = StartedRun { run: started.run, joined: started.joined };
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], Json(body)).into_response())
}

/// `POST /api/monitor/runs/{id}/cancel`.
pub(crate) async fn cancel(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let run = run_id(&id)?;
    let state = act::cancel(&app, &caller, run).await?;
    Ok((StatusCode::ACCEPTED, Json(StoppedRun { run, state })).into_response())
}

/// `POST /api/monitor/runs/{id}/retry`.
pub(crate) async fn retry(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let run = run_id(&id)?;
    act::retry(&app, &caller, run).await?;
    Ok((StatusCode::ACCEPTED, Json(RetriedRun { run })).into_response())
}

/// `POST /api/monitor/tasks/{name}/pause`.
pub(crate) async fn pause_schedule(
    State(app): State<AppState>,
    caller: Caller,
    Path(task): Path<String>,
) -> Result<Json<Turned>, AppError> {
    Ok(turned(true, act::pause_schedule(&app, &caller, &task, true).await?))
}

/// `POST /api/monitor/tasks/{name}/resume`.
pub(crate) async fn resume_schedule(
    State(app): State<AppState>,
    caller: Caller,
    Path(task): Path<String>,
) -> Result<Json<Turned>, AppError> {
    Ok(turned(false, act::pause_schedule(&app, &caller, &task, false).await?))
}

/// `POST /api/monitor/queues/{name}/pause`.
pub(crate) async fn pause_queue(
    State(app): State<AppState>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Result<Json<Turned>, AppError> {
    Ok(turned(true, act::pause_queue(&app, &caller, &queue, true).await?))
}

/// `POST /api/monitor/queues/{name}/resume`.
pub(crate) async fn resume_queue(
    State(app): State<AppState>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Result<Json<Turned>, AppError> {
    Ok(turned(false, act::pause_queue(&app, &caller, &queue, false).await?))
}

/// How it is now, and whether it was otherwise before.
fn turned(paused: bool, changed: bool) -> Json<Turned> {
    Json(Turned { paused, changed })
}
