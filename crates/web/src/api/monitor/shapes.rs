//! The shape of what is answered about background work, and of what a start may say.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use t5g_queue::{
    DayCount, MissedTick, QueueView, RunDuration, RunId, RunList, RunState, RunView, TaskView, WorkerView,
};

use crate::app::AppState;

/// Background work as a whole.
#[derive(Serialize, JsonSchema)]
pub(super) struct Whole<'a> {
    /// Runs at work.
    pub(super) running: u64,
    /// Runs that wait.
    pub(super) waiting: u64,
    /// The first runs at work.
    pub(super) working: &'a [RunView],
    pub(super) tasks: Vec<Task<'a>>,
    pub(super) queues: Vec<Queue<'a>>,
    pub(super) workers: Vec<Worker<'a>>,
}

/// What a start led to.
#[derive(Serialize, JsonSchema)]
pub(super) struct StartedRun {
    pub(super) run: RunId,
    /// Whether one with the same arguments was there already.
    pub(super) joined: bool,
}

/// A run that is to stop.
#[derive(Serialize, JsonSchema)]
pub(super) struct StoppedRun {
    pub(super) run: RunId,
    pub(super) state: RunState,
}

/// A run that begins again.
#[derive(Serialize, JsonSchema)]
pub(super) struct RetriedRun {
    pub(super) run: RunId,
}

/// Something that was paused or taken up.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Turned {
    /// How it is now.
    pub(super) paused: bool,
    /// Whether it was otherwise before.
    pub(super) changed: bool,
}

/// A task.
#[derive(Serialize, JsonSchema)]
pub(super) struct Task<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) queue: &'a str,
    pub(super) role: &'a str,
    pub(super) exclusive: Option<&'a str>,
    pub(super) timeout_seconds: u64,
    pub(super) attempts: u32,
    pub(super) first_pause_seconds: u64,
    pub(super) schedule: Option<Schedule<'a>>,
    pub(super) waiting: u64,
    pub(super) running: u64,
    pub(super) last_success: Option<DateTime<Utc>>,
    pub(super) current: Option<&'a RunView>,
    pub(super) last: Option<&'a RunView>,
    pub(super) recent: Vec<Recent<'a>>,
    pub(super) days: &'a [DayCount],
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Schedule<'a> {
    pub(super) cron: &'a str,
    pub(super) words: Option<&'a str>,
    pub(super) next: Option<DateTime<Utc>>,
    pub(super) last_tick: Option<DateTime<Utc>>,
    /// What becomes of a tick that fell while nobody was up.
    pub(super) missed: &'static str,
    pub(super) paused: Option<Paused<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Paused<'a> {
    pub(super) since: DateTime<Utc>,
    pub(super) by: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Recent<'a> {
    pub(super) run: RunId,
    pub(super) state: &'a str,
    pub(super) finished: DateTime<Utc>,
    pub(super) milliseconds: u128,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Queue<'a> {
    pub(super) name: &'a str,
    pub(super) waiting: u64,
    pub(super) running: u64,
    pub(super) oldest_due: Option<DateTime<Utc>>,
    pub(super) paused: Option<Paused<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Worker<'a> {
    #[serde(flatten)]
    pub(super) worker: &'a WorkerView,
    pub(super) silent: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Runs<'a> {
    #[serde(flatten)]
    pub(super) list: &'a RunList,
    /// Which page of them, from 1.
    pub(super) page: u32,
    /// Runs of a page.
    pub(super) size: u32,
    /// Under the filter without its conditions on states.
    pub(super) states: &'a std::collections::BTreeMap<&'static str, u64>,
}

fn paused(paused: Option<&(DateTime<Utc>, String)>) -> Option<Paused<'_>> {
    paused.map(|(since, by)| Paused { since: *since, by })
}

impl<'a> Task<'a> {
    pub(super) fn of(view: &'a TaskView) -> Self {
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
    pub(super) fn of(view: &'a QueueView) -> Self {
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

pub(super) fn workers<'a>(app: &AppState, workers: &'a [WorkerView]) -> Vec<Worker<'a>> {
    let silent_before = app.launcher().silent_before();
    workers.iter().map(|worker| Worker { worker, silent: worker.seen < silent_before }).collect()
}

pub(super) fn tasks(views: &[TaskView]) -> Vec<Task<'_>> {
    views.iter().map(Task::of).collect()
}

pub(super) fn queues(views: &[QueueView]) -> Vec<Queue<'_>> {
    views.iter().map(Queue::of).collect()
}

/// What a start may say.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    /// What the task is to be started with; fetching tasks understand `{"full": true}`.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(super) arguments: Value,
}
