//! Buttons that need no second thought: run now, pause, resume. Each leads to where its effect is seen.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Redirect;
use serde_json::Value;
use t5g_queue::Origin;
use url::form_urlencoded;

use super::PATH;
use super::chart::run_href;
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;

/// A field of a form; empty if it is not there.
fn field(form: &[u8], name: &str) -> String {
    let found = form_urlencoded::parse(form).find(|(found, _)| found == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// `POST /monitor/tasks/{name}/run`.
pub(crate) async fn start(
    State(app): State<AppState>,
    caller: Caller,
    Path(task): Path<String>,
    form: Bytes,
) -> Result<Redirect, AppError> {
    let arguments = read(&field(&form, "arguments"))?;
    let started = act::start(&app, &caller, Origin::Person, &task, arguments).await?;
    Ok(Redirect::to(&run_href(&started.run.to_string())))
}

fn read(text: &str) -> Result<Value, AppError> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).map_err(|error| {
        AppError::BadRequest(format!(
            "The arguments are no JSON: {error}. Expected is a value such as {{\"full\": true}}; without arguments, \
             leave the field empty."
        ))
    })
}

/// `POST /monitor/tasks/{name}/pause`.
pub(crate) async fn pause_schedule(
    app: State<AppState>,
    caller: Caller,
    task: Path<String>,
    form: Bytes,
) -> Result<Redirect, AppError> {
    turn_schedule(app.0, caller, task.0, &form, true).await
}

/// `POST /monitor/tasks/{name}/resume`.
pub(crate) async fn resume_schedule(
    app: State<AppState>,
    caller: Caller,
    task: Path<String>,
    form: Bytes,
) -> Result<Redirect, AppError> {
    turn_schedule(app.0, caller, task.0, &form, false).await
}

async fn turn_schedule(
    app: AppState,
    caller: Caller,
    task: String,
    form: &[u8],
    pause: bool,
) -> Result<Redirect, AppError> {
    act::pause_schedule(&app, &caller, &task, pause).await?;
    // The task exists: what it is called is no address of somebody else's.
    let from_its_page = field(form, "back") == "task";
    let back = if from_its_page { format!("{PATH}/tasks/{task}") } else { format!("{PATH}#task-{task}") };
    Ok(Redirect::to(&back))
}

/// `POST /monitor/queues/{name}/pause`.
pub(crate) async fn pause_queue(
    State(app): State<AppState>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Result<Redirect, AppError> {
    act::pause_queue(&app, &caller, &queue, true).await?;
    Ok(Redirect::to(PATH))
}

/// `POST /monitor/queues/{name}/resume`.
pub(crate) async fn resume_queue(
    State(app): State<AppState>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Result<Redirect, AppError> {
    act::pause_queue(&app, &caller, &queue, false).await?;
    Ok(Redirect::to(PATH))
}
