//! `/monitor/runs/{id}`: one run with everything that is known of it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use serde::Serialize;
use t5g_queue::{AttemptView, CallView, EventView, LineView, Origin, RunState, RunView};

use super::chart::{Strip, run_href};
use super::result::{ResultView, cut, pretty};
use super::run_row::{Bar, asker, progress, tries, worked};
use super::waits::{Reason, reasons};
use super::{PATH, Sight, living, render};
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::read::Whole;
use crate::templates::{Living, Page};
use crate::view::badge::{self, Badge};
use crate::view::words::{When, between, took};
use crate::view::writing::{Eyes, StepLine};

/// The longest error that is shown, in characters.
const ERROR: usize = 10_000;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunPage {
    id: String,
    href: String,
    live: String,
    said: String,
    task: String,
    task_href: Option<String>,
    about: Option<&'static str>,
    state: Badge,
    /// What stands under the title.
    lead: String,
    progress: Option<Bar>,
    error: Option<String>,
    waits: Vec<Reason>,
    actions: Actions,
    facts: Vec<Fact>,
    arguments: Option<String>,
    strip: Option<Strip>,
    events: Vec<Event>,
    attempts: Vec<Attempt>,
    result: Option<ResultView>,
    lines: Vec<Line>,
    /// What stands there without lines.
    no_lines: &'static str,
    calls: Vec<Call>,
    no_calls: &'static str,
    needs: Vec<Need>,
    /// What it wrote to other services.
    writes: Vec<StepLine>,
}

/// What can be done, by this reader.
#[derive(Debug, Clone, Serialize)]
struct Actions {
    cancel: Option<&'static str>,
    retry: Option<&'static str>,
    /// Whether the task can be started anew.
    again: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
    at: Option<When>,
}

#[derive(Debug, Clone, Serialize)]
struct Event {
    at: When,
    state: Badge,
    note: String,
}

#[derive(Debug, Clone, Serialize)]
struct Attempt {
    number: u32,
    worker: String,
    started: When,
    took: Option<String>,
    outcome: Badge,
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    attempt: u32,
    at: String,
    level: &'static str,
    text: String,
}

#[derive(Debug, Clone, Serialize)]
struct Call {
    attempt: u32,
    service: String,
    route: String,
    count: u64,
    failed: u64,
    took: String,
    each: String,
}

#[derive(Debug, Clone, Serialize)]
struct Need {
    href: String,
    task: String,
    state: Option<Badge>,
}

impl RunPage {
    pub(super) fn of(whole: &Whole, writes: Vec<StepLine>, sight: &Sight<'_>) -> Self {
        let (detail, run) = (&whole.detail, &whole.detail.run);
        let id = run.id.to_string();
        let href = run_href(&id);
        let over = run.state.is_final();
        let listed = sight.catalog.get(&run.task);
        Self {
            live: format!("{href}/live"),
            said: said(run),
            task: cut(&run.task, 120),
            task_href: listed.map(|_| format!("{PATH}/tasks/{}", run.task)),
            about: listed.map(|listed| listed.definition.description),
            state: badge::run(run.state),
            lead: lead(run, sight),
            progress: (run.state == RunState::Running).then(|| progress(&run.progress)),
            error: run.error.as_deref().map(|error| cut(error, ERROR)),
            waits: reasons(whole, sight),
            actions: Actions::of(run, sight),
            facts: facts(run, sight),
            arguments: (!run.arguments.is_null()).then(|| cut(&pretty(&run.arguments), ERROR)),
            strip: Strip::of(&detail.events, over, sight.now),
            events: detail.events.iter().map(|event| Event::of(event, sight)).collect(),
            attempts: detail.attempts.iter().map(|attempt| Attempt::of(attempt, sight)).collect(),
            result: ResultView::of(&run.result),
            lines: detail.lines.iter().map(|line| Line::of(line, sight)).collect(),
            no_lines: if over { "It said nothing." } else { "It has said nothing yet." },
            calls: detail.calls.iter().map(Call::of).collect(),
            no_calls: if over {
                "It called no other service."
            } else {
                "Calls are told when a try has ended."
            },
            writes,
            needs: whole.needs.iter().map(|(need, known)| Need::of(need, known.as_ref())).collect(),
            href,
            id,
        }
    }

    fn again(&self) -> std::time::Duration {
        if self.actions.cancel.is_some() || self.progress.is_some() || !self.waits.is_empty() {
            living::LIVELY
        } else {
            living::OVER
        }
    }
}

/// What is told to who does not see the page: states, not every step.
fn said(run: &RunView) -> String {
    let task = cut(&run.task, 80);
    match run.state {
        RunState::Running => format!("{task} is running, try {}", run.spent),
        RunState::Done => format!("{task} is done"),
        RunState::Failed => format!("{task} failed"),
        state => format!("{task} is {}", state.as_str()),
    }
}

fn lead(run: &RunView, sight: &Sight<'_>) -> String {
    let work = worked(run, sight).map(took);
    match (run.state, work) {
        (RunState::Running, Some(work)) => match &run.stop_asked_by {
            Some(by) => format!("for {work}; {} wants it to stop", cut(by, 80)),
            None => format!("for {work}"),
        },
        (state, Some(work)) if state.is_final() => format!("after {work}"),
        _ => String::new(),
    }
}

fn facts(run: &RunView, sight: &Sight<'_>) -> Vec<Fact> {
    let time = |label, at| Some(Fact { label, value: String::new(), at: Some(sight.when(at)) });
    let text = |label, value: String| Some(Fact { label, value, at: None });
    let origin = match run.origin {
        Origin::Schedule => cut(&run.asked_by, 80),
        _ => asker(run),
    };
    [
        text("Asked for by", origin),
        time("Asked for", run.requested),
        run.started.and_then(|at| time("First try began", at)),
        run.finished.and_then(|at| time("Ended", at)),
        text("Tries that count", tries(run)),
        text("Queue", cut(&run.queue, 80)),
        run.worker.as_deref().and_then(|worker| text("Worker", cut(worker, 120))),
        run.exclusive.as_deref().and_then(|lock| text("Lock", cut(lock, 80))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Actions {
    fn of(run: &RunView, sight: &Sight<'_>) -> Self {
        let may = sight.may(&run.task);
        let cancel = match run.state {
            _ if !may || run.stop_asked_by.is_some() => None,
            RunState::Running => Some("Stop"),
            state if !state.is_final() => Some("Cancel"),
            _ => None,
        };
        let retry = match run.state {
            RunState::Failed | RunState::Cancelled => Some("Try again"),
            RunState::Retrying => Some("Try again now"),
            _ => None,
        };
        let known = sight.catalog.get(&run.task).is_some();
        Self {
            cancel,
            retry: retry.filter(|_| may && known),
            again: may && known && run.state == RunState::Done,
        }
    }
}

impl Event {
    fn of(event: &EventView, sight: &Sight<'_>) -> Self {
        // Some notes say no more than the state.
        let note = if event.note == event.state.as_str() { String::new() } else { event.note.clone() };
        Self { at: sight.when(event.at), state: badge::run(event.state), note }
    }
}

impl Attempt {
    fn of(attempt: &AttemptView, sight: &Sight<'_>) -> Self {
        let outcome = attempt.outcome.as_deref();
        let state = match outcome {
            None => badge::run(RunState::Running),
            Some("done") => badge::run(RunState::Done),
            Some("cancelled") => badge::run(RunState::Cancelled),
            Some("failed") => badge::run(RunState::Failed),
            Some(other) => Badge { words: capital(other), ..badge::run(RunState::Retrying) },
        };
        let until = attempt.finished.or_else(|| outcome.is_none().then_some(sight.now));
        Self {
            number: attempt.attempt,
            worker: cut(&attempt.worker, 120),
            started: sight.when(attempt.started),
            took: until.map(|until| took(between(attempt.started, until))),
            outcome: state,
            error: attempt.error.as_deref().map(|error| cut(error, ERROR)),
        }
    }
}

fn capital(word: &str) -> String {
    let mut rest = word.chars().take(40);
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

impl Line {
    fn of(line: &LineView, sight: &Sight<'_>) -> Self {
        let level = ["ERROR", "WARN", "INFO"].into_iter().find(|level| *level == line.level);
        Self {
            attempt: line.attempt,
            at: line.at.with_timezone(&sight.zone).format("%H:%M:%S%.3f").to_string(),
            level: level.unwrap_or("INFO"),
            text: line.message.clone(),
        }
    }
}

impl Call {
    fn of(call: &CallView) -> Self {
        let each = u32::try_from(call.calls).ok().and_then(|calls| call.took.checked_div(calls));
        Self {
            attempt: call.attempt,
            service: cut(&call.service, 80),
            route: cut(&call.call, 120),
            count: call.calls,
            failed: call.failed,
            took: took(call.took),
            each: each.map_or_else(|| "—".to_owned(), |each| format!("{} ms", each.as_millis())),
        }
    }
}

impl Need {
    fn of(id: &t5g_queue::RunId, known: Option<&RunView>) -> Self {
        Self {
            href: run_href(&id.to_string()),
            task: known.map_or_else(|| "A run that is forgotten".to_owned(), |run| cut(&run.task, 80)),
            state: known.map(|run| badge::run(run.state)),
        }
    }
}

impl Page for RunPage {
    const TEMPLATE: &'static str = "pages/monitor_run.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        super::samples::runs()
    }
}

impl Living for RunPage {
    const PART: &'static str = "partials/monitor/run.html";
}

/// The run of that id, or what to say without.
pub(super) async fn whole(app: &AppState, id: &str) -> Result<Whole, AppError> {
    let id = id.parse().map_err(|error: t5g_queue::NoRunId| AppError::NotFound(format!("{error}.")))?;
    let found = Whole::read(app.launcher(), id).await?;
    found.ok_or_else(|| {
        AppError::NotFound(format!("There is no run {id}; it may be older than what is kept."))
    })
}

/// What the run wrote.
async fn writes(app: &AppState, caller: &Caller, run: &RunView) -> Result<Vec<StepLine>, AppError> {
    let steps = app.ledger().steps_of_run(&run.id.to_string()).await?;
    let eyes = Eyes::of(app, caller);
    Ok(steps.iter().map(|step| StepLine::of(step, &eyes)).collect())
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let whole = whole(&app, &id).await?;
    let writes = writes(&app, &caller, &whole.detail.run).await?;
    render(&app, &caller, &headers, &RunPage::of(&whole, writes, &Sight::of(&app, &caller)))
}

/// `GET /monitor/runs/{id}/live`.
pub(crate) async fn live(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let whole = whole(&app, &id).await?;
    let writes = writes(&app, &caller, &whole.detail.run).await?;
    let page = RunPage::of(&whole, writes, &Sight::of(&app, &caller));
    living::answer(&app, &caller, &headers, &page, page.again())
}
