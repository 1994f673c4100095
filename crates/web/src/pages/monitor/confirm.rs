//! Asks before a run is stopped or tried again, and does it. A page of its own, so that it works without scripts;
//! with them its content is shown in a dialog. What cannot be done is explained here too.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use t5g_queue::{RunState, RunView};

use super::chart::run_href;
use super::result::cut;
use super::run::whole;
use super::run_row::{progress, short, worked};
use super::{Sight, render};
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;
use crate::templates::Page;
use crate::view::badge::{self, Badge};
use crate::view::words::took;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Cancel,
    Retry,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfirmPage {
    title: &'static str,
    task: String,
    short: String,
    state: Badge,
    /// What will happen.
    words: String,
    /// Why it cannot be done, as things stand.
    conflict: Option<String>,
    /// Where the answer goes.
    action: String,
    yes: &'static str,
    no: &'static str,
    /// Whether yes undoes work.
    grave: bool,
    run_href: String,
}

impl ConfirmPage {
    fn of(question: Question, run: &RunView, conflict: Option<String>, sight: &Sight<'_>) -> Self {
        let id = run.id.to_string();
        let href = run_href(&id);
        let (title, yes, no, last) = match question {
            Question::Cancel => ("Stop this run?", "Stop it", "Let it be", "cancel"),
            Question::Retry => ("Try this run again?", "Try again", "Leave it", "retry"),
        };
        Self {
            title,
            task: cut(&run.task, 120),
            short: short(&id),
            state: badge::run(run.state),
            words: match question {
                Question::Cancel => stopping(run, sight),
                Question::Retry => trying(run, sight),
            },
            conflict,
            action: format!("{href}/{last}"),
            yes,
            no,
            grave: question == Question::Cancel,
            run_href: href,
        }
    }
}

fn stopping(run: &RunView, sight: &Sight<'_>) -> String {
    match run.state {
        RunState::Running => {
            let since = worked(run, sight).map_or_else(String::new, |work| format!(" for {}", took(work)));
            format!(
                "It has been at work{since} ({}). It ends within a second or so; what it has not stored is lost. \
                 It can be tried again later.",
                progress(&run.progress).words
            )
        }
        RunState::Retrying => {
            "It waits for its next try, which it will not have. It can be tried again later.".to_owned()
        }
        state if state.is_final() => "It is over already.".to_owned(),
        _ => "It waits and has done nothing yet. It will not begin.".to_owned(),
    }
}

fn trying(run: &RunView, sight: &Sight<'_>) -> String {
    let tries = sight.catalog.get(&run.task).map_or(1, |listed| listed.definition.retry.attempts);
    match run.state {
        RunState::Failed | RunState::Cancelled => format!(
            "It begins as soon as it may, with the arguments that it had, and may fail {tries} {} more before it \
             counts as failed again.",
            if tries == 1 { "time" } else { "times" }
        ),
        RunState::Retrying => "It has its next try at once instead of after its pause.".to_owned(),
        RunState::Done => "It is done; there is nothing to try again.".to_owned(),
        state => format!("It is {}; there is nothing to try again.", state.as_str()),
    }
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "pages/monitor_confirm.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let catalog = t5g_queue::Catalog::default();
        let sight = super::samples::sight(&catalog);
        let page = |(question, conflict): (Question, Option<&str>), run: &RunView| {
            Self::of(question, run, conflict.map(str::to_owned), &sight)
        };
        let kinds = [(Question::Cancel, None), (Question::Retry, Some(crate::samples::HOSTILE))];
        let runs = super::samples::every_run()?;
        Ok(runs.iter().flat_map(|run| kinds.map(|kind| page(kind, run))).collect())
    }
}

/// `GET /monitor/runs/{id}/cancel`.
pub(crate) async fn ask_cancel(
    app: State<AppState>,
    caller: Caller,
    id: Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    ask(&app.0, &caller, &id.0, &headers, Question::Cancel, None).await
}

/// `GET /monitor/runs/{id}/retry`.
pub(crate) async fn ask_retry(
    app: State<AppState>,
    caller: Caller,
    id: Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    ask(&app.0, &caller, &id.0, &headers, Question::Retry, None).await
}

/// `POST /monitor/runs/{id}/cancel`.
pub(crate) async fn cancel(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let run = whole(&app, &id).await?.detail.run.id;
    let done = act::cancel(&app, &caller, run).await.map(drop);
    answer(&app, &caller, &id, &headers, Question::Cancel, done).await
}

/// `POST /monitor/runs/{id}/retry`.
pub(crate) async fn retry(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let run = whole(&app, &id).await?.detail.run.id;
    let done = act::retry(&app, &caller, run).await;
    answer(&app, &caller, &id, &headers, Question::Retry, done).await
}

async fn answer(
    app: &AppState,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    question: Question,
    done: Result<(), AppError>,
) -> Result<Response, AppError> {
    match done {
        Ok(()) => Ok(Redirect::to(&run_href(id)).into_response()),
        Err(AppError::Conflict(words)) => ask(app, caller, id, headers, question, Some(words)).await,
        Err(other) => Err(other),
    }
}

async fn ask(
    app: &AppState,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    question: Question,
    conflict: Option<String>,
) -> Result<Response, AppError> {
    let run = whole(app, id).await?.detail.run;
    let sight = Sight::of(app, caller);
    if !sight.may(&run.task) {
        return Err(AppError::Forbidden("This task is for people with a higher role.".to_owned()));
    }
    let late = match question {
        Question::Cancel => run.state.is_final(),
        Question::Retry => !matches!(run.state, RunState::Failed | RunState::Cancelled | RunState::Retrying),
    };
    let status = if conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let said = conflict.or_else(|| late.then(|| "There is nothing to do any more.".to_owned()));
    let page = ConfirmPage::of(question, &run, said, &sight);
    Ok((status, render(app, caller, headers, &page)?).into_response())
}
