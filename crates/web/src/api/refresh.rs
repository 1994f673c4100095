//! Starts refreshes and tells how far they are: `/api/refresh/<type>`, `/refresh`, `/progress/status`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, ALLOW, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use t5g_model::names::Source;
use t5g_queue::{Asker, Origin, StartError, Started};
use t5g_store::ledger::Action;

use crate::access::{Caller, audit};
use crate::app::AppState;
use crate::error::AppError;

/// What `/api/refresh/<type>` knows, in the order in which the index lists it.
pub(crate) const KINDS: [&str; 8] =
    ["cards", "cases", "bugs", "details", "escalations", "issues", "stats", CREATE_CARDS];

const CREATE_CARDS: &str = "create_jira_cards";

/// `POST /api/refresh/{type}`: starts it and does not wait for its end.
pub(crate) async fn start(
    State(app): State<AppState>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Result<Response, AppError> {
    let tasks = &app.settings().tasks;
    let source = kind.parse::<Source>().ok().and_then(|source| tasks.by_source.get(&source));
    let (task, said) = match source {
        Some(task) => (Some(*task), format!("caching {kind}")),
        None if kind.parse::<Source>().is_ok() => (None, kind),
        None if kind == CREATE_CARDS => (tasks.create_cards, kind),
        None => {
            let shown: String = kind.chars().take(80).collect();
            let body = Json(json!({ "error": format!("unknown data type: {shown}") }));
            return Ok((StatusCode::NOT_FOUND, body).into_response());
        }
    };
    launch(&app, &caller, task, Origin::Program).await?;
    Ok(Json(json!({ said: "ok" })).into_response())
}

/// `GET /api/refresh/{type}`, the Python dashboard's form: only for programs, which show who they are with each
/// request. A browser could be led here by anybody's page.
pub(crate) async fn start_by_get(
    app: State<AppState>,
    caller: Caller,
    kind: Path<String>,
) -> Result<Response, AppError> {
    if !caller.is_token() {
        return Ok(([(ALLOW, "POST")], AppError::MethodNotAllowed).into_response());
    }
    start(app, caller, kind).await
}

/// `POST /refresh`, the page's button. Programs get 202 and where to look; a browser without scripts is led there.
pub(crate) async fn button(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let started = launch(&app, &caller, app.settings().tasks.refresh, Origin::Person).await?;
    let place = format!("/status/{}", started.run);
    if prefers_html(&headers) {
        return Ok(Redirect::to(&place).into_response());
    }
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], Json(json!({}))).into_response())
}

/// `POST /progress/status`: where to look while a refresh runs, whoever started it.
pub(crate) async fn progress(State(app): State<AppState>) -> Result<Response, AppError> {
    let tasks = &app.settings().tasks;
    let of_interest = tasks.refresh.into_iter().chain(tasks.by_source.get(&Source::Cards).copied());
    let empty = Json(Value::Object(serde_json::Map::new()));
    for task in of_interest {
        if let Some(run) = app.launcher().current(task).await? {
            let place = format!("/status/{}", run.id);
            return Ok((StatusCode::ACCEPTED, [(LOCATION, place)], empty).into_response());
        }
    }
    Ok(empty.into_response())
}

/// Whether a person's browser asks, for a page.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

async fn launch(
    app: &AppState,
    caller: &Caller,
    task: Option<&str>,
    origin: Origin,
) -> Result<Started, AppError> {
    let none = || AppError::NotFound("This server has no task for that.".to_owned());
    let task = task.ok_or_else(none)?;
    audit::note(app, caller, Action::JobRun, task, Value::Null).await?;
    let asker = Asker { origin, name: caller.name.clone() };
    app.launcher().start(task, Value::Null, &asker).await.map_err(|error| match error {
        StartError::UnknownTask { .. } => AppError::NotFound(format!(
            "This server does not run the task {task:?}: its source is not configured here."
        )),
        StartError::Store(error) => error.into(),
        other => AppError::Unavailable(format!("Not started: {other}.")),
    })
}
