//! Starts refreshes and tells how far they are: `/api/refresh/<type>`, `/refresh`, `/progress/status`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, ALLOW, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use t5g_model::names::Source;
use t5g_model::writing::PlanKind;
use t5g_queue::{Asker, Origin, RunView, StartError, Started};
use t5g_store::ledger::Action;

use crate::access::{Caller, audit};
use crate::api::describe::{Operation, Shape, Tag, schema_of};
use crate::app::AppState;
use crate::error::AppError;
use crate::layers::errors::Problem;

/// What `/api/refresh/<type>` knows, in the order in which the index lists it.
pub(crate) const KINDS: [&str; 8] =
    ["cards", "cases", "bugs", "details", "escalations", "issues", "stats", CREATE_CARDS];

/// Writes to other services and fetches nothing: it has a path, and so a rule, of its own.
const CREATE_CARDS: &str = "create_jira_cards";

/// `POST /api/refresh/{type}`: starts it and does not wait for its end.
pub(crate) async fn start(
    State(app): State<AppState>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Result<Response, AppError> {
    let tasks = &app.settings().tasks;
    let source = kind.parse::<Source>().ok().and_then(|source| tasks.by_source.get(&source));
    if kind.parse::<Source>().is_err() {
        let shown: String = kind.chars().take(80).collect();
        let body = Json(UnknownType { error: format!("unknown data type: {shown}") });
        return Ok((StatusCode::NOT_FOUND, body).into_response());
    }
    launch(&app, &caller, source.copied(), Origin::Program).await?;
    Ok(Json(json!({ format!("caching {kind}"): "ok" })).into_response())
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

/// `POST /api/refresh/create_jira_cards`: makes cards for new cases, and does not wait for their end.
pub(crate) async fn create_cards(State(app): State<AppState>, caller: Caller) -> Result<Response, AppError> {
    let task = app.settings().tasks.by_plan.get(&PlanKind::Cards).copied();
    launch(&app, &caller, task, Origin::Program).await?;
    Ok(Json(json!({ CREATE_CARDS: "ok" })).into_response())
}

/// The same by GET, as with the refreshes: only for programs.
pub(crate) async fn create_cards_by_get(app: State<AppState>, caller: Caller) -> Result<Response, AppError> {
    if !caller.is_token() {
        return Ok(([(ALLOW, "POST")], AppError::MethodNotAllowed).into_response());
    }
    create_cards(app, caller).await
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
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], Json(Empty {})).into_response())
}

/// `POST /progress/status`: where to look while a refresh runs, whoever started it.
pub(crate) async fn progress(State(app): State<AppState>) -> Result<Response, AppError> {
    Ok(match running(&app).await? {
        Some(run) => (StatusCode::ACCEPTED, [(LOCATION, format!("/status/{}", run.id))], Json(Empty {}))
            .into_response(),
        None => Json(Empty {}).into_response(),
    })
}

/// The refresh that waits or works, whoever started it.
pub(crate) async fn running(app: &AppState) -> Result<Option<RunView>, AppError> {
    let tasks = &app.settings().tasks;
    let of_interest = tasks.refresh.into_iter().chain(tasks.by_source.get(&Source::Cards).copied());
    for task in of_interest {
        if let Some(run) = app.launcher().current(task).await? {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// `{}`
#[derive(Debug, Serialize, JsonSchema)]
struct Empty {}

/// What the Python dashboard says of a type that it does not know.
#[derive(Debug, Serialize, JsonSchema)]
struct UnknownType {
    error: String,
}

/// What the two addresses of refreshes by type say of themselves.
pub(crate) fn about_kind() -> Vec<Operation> {
    let both = |operation: Operation, about| {
        let unknown = vec![
            ("application/json", Some(schema_of::<UnknownType> as Shape)),
            ("application/problem+json", Some(schema_of::<Problem<'static>> as Shape)),
        ];
        operation
            .about(about)
            .place("kind", "`cards`, `cases`, `details`, `bugs`, `escalations`, `issues` or `stats`.")
            .answers::<BTreeMap<String, String>>(
                200,
                "It is started: `{\"caching cards\": \"ok\"}` and the like.",
            )
            .answer(404, "There is no such type, or this deployment has no task for it.", unknown)
    };
    let by_get = "The Python dashboard's form: with an API token only, as it changes something.";
    vec![
        both(
            Operation::post(Tag::Old, "refreshType", "Fetch one type of data again"),
            "Does not wait for its end.",
        ),
        both(Operation::get(Tag::Old, "refreshTypeByGet", "The same, by GET"), by_get)
            .fails(405, "Without a token: use POST."),
    ]
}

/// What the address that makes cards says of itself.
pub(crate) fn about_create_cards() -> Vec<Operation> {
    let both = |operation: Operation| {
        operation
            .answers::<BTreeMap<String, String>>(200, "It is started: `{\"create_jira_cards\": \"ok\"}`.")
            .fails(404, "This deployment writes nothing, or makes no cards.")
    };
    vec![
        both(Operation::post(Tag::Old, "createCards", "Make cards for new cases"))
            .about("Does not wait for their end; `/api/v1/plans` has what comes of it."),
        both(Operation::get(Tag::Old, "createCardsByGet", "The same, by GET"))
            .about("The Python dashboard's form: with an API token only, as it changes something.")
            .fails(405, "Without a token: use POST."),
    ]
}

/// What the button's address says of itself.
pub(crate) fn about_button() -> Vec<Operation> {
    let one = Operation::post(Tag::Old, "refresh", "Fetch the cards again")
        .about("If a refresh runs already, that one is meant.")
        .answers::<Empty>(202, "It is started.")
        .with_header("Location", "Where to ask how far it is: `/status/…`.")
        .answer(303, "A browser that wants a page is led to it.", Vec::new())
        .with_header("Location", "The page.");
    vec![one.fails(404, "This deployment has no task for it.")]
}

/// What the address for a running refresh says of itself.
pub(crate) fn about_progress() -> Vec<Operation> {
    vec![
        Operation::post(Tag::Old, "findRefresh", "Find the refresh that runs")
            .answers::<Empty>(200, "None runs.")
            .answers::<Empty>(202, "One runs, whoever started it.")
            .with_header("Location", "Where to ask how far it is: `/status/…`."),
    ]
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
