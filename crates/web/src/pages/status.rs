//! `/status/<id>`: how far a run is; JSON for programs and the page's script, a page for people without one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::VARY;
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use t5g_queue::{RunId, RunState, RunView};

use crate::access::Caller;
use crate::api::describe::{Operation, Shape, Tag, schema_of};
use crate::api::refresh::prefers_html;
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Page;
use crate::view::chrome::Chrome;

/// The Python dashboard's words for a run's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Phase {
    Pending,
    Progress,
    Success,
    Failure,
}

/// How far a run is, as the Python dashboard says it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Status {
    /// Where it stands.
    state: Phase,
    /// How many are done.
    current: u64,
    /// Of how many; 0 while that is unknown.
    total: u64,
    /// What is being done, or what went wrong.
    #[serde(rename = "status")]
    words: String,
    /// What it gave back, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
}

impl Status {
    /// Of a run.
    pub(crate) fn of(run: RunView) -> Self {
        let state = match run.state {
            RunState::Scheduled | RunState::Pending => Phase::Pending,
            RunState::Running | RunState::Retrying => Phase::Progress,
            RunState::Done => Phase::Success,
            RunState::Failed | RunState::Cancelled => Phase::Failure,
        };
        let words = match (run.state, run.error) {
            (RunState::Failed, Some(error)) => error,
            (RunState::Retrying, Some(error)) => format!("Trying again after: {error}"),
            (RunState::Cancelled, _) => "stopped".to_owned(),
            _ => run.progress.message,
        };
        let result = (state == Phase::Success).then_some(run.result);
        Self { state, current: run.progress.done, total: run.progress.total.unwrap_or(0), words, result }
    }

    /// Without what it gave back.
    pub(crate) fn in_short(self) -> Self {
        Self { result: None, ..self }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StatusPage {
    title: &'static str,
    words: String,
    running: bool,
    /// Of the whole, 0 to 1; `None` while the length is unknown.
    fraction: Option<f64>,
}

impl StatusPage {
    fn of(status: &Status) -> Self {
        let (title, running) = match status.state {
            Phase::Pending => ("The refresh waits to start", true),
            Phase::Progress => ("The refresh is running", true),
            Phase::Success => ("The refresh is done", false),
            Phase::Failure => ("The refresh failed", false),
        };
        let counted = status.total > 0;
        let words = match (status.state, counted) {
            // What was being done last is over.
            (Phase::Success, _) => String::new(),
            (Phase::Pending | Phase::Progress, true) => {
                format!("{} ({} of {})", status.words, status.current, status.total)
            }
            (Phase::Pending | Phase::Progress | Phase::Failure, _) => status.words.clone(),
        };
        let fraction = counted.then(|| (status.current as f64 / status.total as f64).min(1.0));
        Self { title, words, running, fraction }
    }
}

impl Page for StatusPage {
    const TEMPLATE: &'static str = "pages/status.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let status = |state, total, words: &str| Status {
            state,
            current: 3,
            total,
            words: words.to_owned(),
            result: None,
        };
        Ok(vec![
            Self::of(&status(Phase::Pending, 0, "")),
            Self::of(&status(Phase::Progress, 9, "cards")),
            Self::of(&status(Phase::Success, 9, "storing")),
            Self::of(&status(Phase::Failure, 0, "<img src=x onerror=alert(1)>")),
        ])
    }
}

/// What the address says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let content = vec![("application/json", Some(schema_of::<Status> as Shape)), ("text/html", None)];
    vec![
        Operation::get(Tag::Old, "getRefresh", "How far a refresh is")
            .place("id", "Its id, from `Location` of what started it.")
            .answer(200, "How far it is; for people as a page.", content)
            .fails(404, "There is no such run, or it ended long ago."),
    ]
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let none = || AppError::NotFound("There is no refresh of that id, or it ended long ago.".to_owned());
    let id = id.parse::<RunId>().map_err(|_| none())?;
    let run = app.launcher().run(id).await?.ok_or_else(none)?;
    let status = Status::of(run);
    let vary = [(VARY, "Accept")];
    if !prefers_html(&headers) {
        return Ok((vary, Json(status)).into_response());
    }
    let html = app.templates().render(&StatusPage::of(&status), &Chrome::of(&app, &caller, &headers));
    Ok((vary, Html(html.map_err(AppError::internal)?)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_goes_on_says_what_is_being_done() {
        let said = |state, current, total| {
            let status = Status { state, current, total, words: "storing".to_owned(), result: None };
            StatusPage::of(&status).words
        };
        assert_eq!(said(Phase::Progress, 3, 9), "storing (3 of 9)");
        assert_eq!(said(Phase::Pending, 0, 0), "storing");
        assert_eq!(said(Phase::Failure, 3, 9), "storing");
        assert_eq!(said(Phase::Success, 9, 9), "");
    }
}
