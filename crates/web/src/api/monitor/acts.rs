//! What programs do to background work: start, stop, repeat, pause, take up.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use t5g_queue::Origin;

use super::run_id;
use super::shapes::{RetriedRun, StartedRun, StoppedRun, Turned, Wanted};
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;

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
