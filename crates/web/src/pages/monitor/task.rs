//! `/monitor/tasks/{name}`: one task: what it is, when it runs, how its runs went.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use serde::Serialize;
use t5g_queue::{MissedTick, Page as Part, RunFilter, RunList, TaskDefinition, TaskView};

use super::run_row::RunRow;
use super::task_row::TaskRow;
use super::{PATH, RunsLink, Sight, living, render};
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::read;
use crate::templates::{Living, Page};
use crate::view::words::took;

/// Latest runs that are shown.
const LATEST: u32 = 15;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TaskPage {
    live: String,
    said: String,
    task: TaskRow,
    facts: Vec<Fact>,
    /// The schedule as configured.
    cron: Option<String>,
    runs: Vec<RunRow>,
    all: RunsLink,
    waiting: RunsLink,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
}

impl TaskPage {
    pub(super) fn of(view: &TaskView, runs: &RunList, sight: &Sight<'_>) -> Self {
        let definition = &view.definition;
        let name = definition.name;
        let state = view.current.as_ref().map_or("idle", |run| run.state.as_str());
        Self {
            live: format!("{PATH}/tasks/{name}/live"),
            said: format!("{name} is {state}"),
            task: TaskRow::of(view, sight),
            facts: facts(definition, sight),
            cron: definition.schedule.clone(),
            runs: runs.runs.iter().map(|run| RunRow::of(run, sight)).collect(),
            all: RunsLink::of(super::count_of(runs.total, "run"), &format!("task:={name}")),
            waiting: RunsLink::of(
                view.figures.waiting.to_string(),
                &format!("task:={name} state:pending,scheduled,retrying"),
            ),
        }
    }
}

fn facts(definition: &TaskDefinition, sight: &Sight<'_>) -> Vec<Fact> {
    let fact = |label, value: String| Fact { label, value };
    let retry = definition.retry;
    let tries = match retry.attempts {
        1 => "One try; a run that fails is not tried again".to_owned(),
        tries => format!(
            "At most {tries} tries; the first pause is {}, each further one twice as long, give or take a quarter",
            took(retry.first_pause)
        ),
    };
    let shared = definition.exclusive.map(|lock| {
        let same = sight.catalog.iter().map(|listed| &listed.definition);
        let same: Vec<_> =
            same.filter(|other| other.exclusive == Some(lock)).map(|other| other.name).collect();
        format!("One at a time, lock {lock}: {}", same.join(", "))
    });
    let missed = match definition.missed {
        MissedTick::FireOnce => "Fires once, if it is younger than its period",
        MissedTick::Skip => "Is forgotten",
    };
    let mut facts = vec![
        fact("Retries", tries),
        fact("Exclusive", shared.unwrap_or_else(|| "No: several of its runs may work at once".to_owned())),
        fact("Time limit", took(definition.timeout)),
        fact("Queue", definition.queue.to_owned()),
        fact("Who may start it", format!("{} or higher", definition.role)),
    ];
    if definition.schedule.is_some() {
        facts.push(fact("A missed tick", missed.to_owned()));
    }
    facts
}

impl Page for TaskPage {
    const TEMPLATE: &'static str = "pages/monitor_task.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        super::samples::tasks()
    }
}

impl Living for TaskPage {
    const PART: &'static str = "partials/monitor/task.html";
}

async fn page(app: &AppState, caller: &Caller, name: &str) -> Result<TaskPage, AppError> {
    let view = read::task(app.launcher(), name).await?;
    let runs = app.launcher().list(&RunFilter::task(name), Part { number: 1, size: LATEST }).await?;
    Ok(TaskPage::of(&view, &runs, &Sight::of(app, caller)))
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let page = page(&app, &caller, &name).await?;
    render(&app, &caller, &headers, &page)
}

/// `GET /monitor/tasks/{name}/live`.
pub(crate) async fn live(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let page = page(&app, &caller, &name).await?;
    living::answer(&app, &caller, &headers, &page, living::LIVELY)
}
