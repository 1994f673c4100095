//! The one handle through which everything is started and everything is seen.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;
use uuid::{NoContext, Timestamp, Uuid};

use crate::engine::Shared;
use crate::progress::{Progress, Step};
use crate::registry::{Entry, Registry, TaskDefinition};
use crate::run::{Origin, Run, RunState, RunView};

/// Starts tasks and shows their runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Launcher(pub(crate) Arc<Shared>);

/// What a start led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The run's id.
    pub run_id: String,
    /// Whether that run was already waiting or working: nothing new was started.
    pub joined: bool,
}

/// A task that was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// There is no such task.
    #[error("there is no task {name:?}; there are: {known}")]
    UnknownTask {
        /// As asked for, cut to 80 characters.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Too much waits already.
    #[error("{limit} runs are waiting already; try again when some have ended")]
    Full {
        /// How many may wait.
        limit: usize,
    },
    /// The program is stopping.
    #[error("the program is stopping and starts nothing more")]
    Stopping,
}

/// A task as people see it.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// What it is.
    pub definition: TaskDefinition,
    /// When its schedule fires next.
    pub next: Option<DateTime<Utc>>,
    /// Its run that waits or works now.
    pub current: Option<RunView>,
    /// Its run that ended last.
    pub last: Option<RunView>,
}

impl Launcher {
    /// Starts a task. Where the task is exclusive and a run of it with the same arguments waits or works
    /// already, that run is the answer; a pause before its next try is cut short.
    pub fn start(&self, task: &str, arguments: Value, origin: Origin) -> Result<Started, StartError> {
        let Some(entry) = self.0.registry.get(task) else { return Err(self.unknown(task)) };
        if self.0.stopping.is_cancelled() {
            return Err(StartError::Stopping);
        }
        let run = {
            let mut runs = self.0.lock_runs();
            let same = |view: &RunView| view.task == task && view.arguments == arguments;
            let twin = runs.active().into_iter().find(|run| run.look(same));
            if let Some(run) = twin.filter(|_| entry.definition.exclusive.is_some()) {
                if run.look(|view| view.state == RunState::Retrying) {
                    run.hurry.notify_one();
                }
                return Ok(Started { run_id: run.look(|view| view.id.clone()), joined: true });
            }
            let limit = self.0.settings.pending;
            if runs.pending() >= limit {
                return Err(StartError::Full { limit });
            }
            let run = Arc::new(self.new_run(entry, arguments, origin));
            runs.0.push_back(Arc::clone(&run));
            run
        };
        let run_id = run.look(|view| view.id.clone());
        self.0.spawn(run, entry.clone());
        self.0.changed.send_modify(|version| *version = version.wrapping_add(1));
        Ok(Started { run_id, joined: false })
    }

    /// The run of that id, while it is remembered.
    pub fn run(&self, id: &str) -> Option<RunView> {
        self.find(id).map(|run| run.view())
    }

    /// All runs that are remembered, latest first.
    pub fn runs(&self) -> Vec<RunView> {
        self.0.lock_runs().0.iter().rev().map(|run| run.view()).collect()
    }

    /// Waits for the run's end; `None` if there is no such run.
    pub async fn wait(&self, id: &str) -> Option<RunView> {
        let run = self.find(id)?;
        Some(run.finished().await)
    }

    /// Stops the run at its next await; false if there is no such run or it has ended.
    pub fn cancel(&self, id: &str) -> bool {
        let run = self.find(id).filter(|run| !run.look(|view| view.state.is_final()));
        run.inspect(|run| run.cancel.cancel()).is_some()
    }

    /// The run of that task that waits or works now; the one that works, if there are several.
    pub fn current(&self, task: &str) -> Option<RunView> {
        let mine = self.0.lock_runs().active().into_iter().map(|run| run.view()).filter(|v| v.task == task);
        mine.min_by_key(|view| view.state != RunState::Running)
    }

    /// All tasks, in the registry's order.
    pub fn tasks(&self) -> Vec<TaskView> {
        let runs = self.runs();
        let view = |entry: &Entry| {
            let definition = entry.definition.clone();
            let mine = |view: &&RunView| view.task == definition.name;
            TaskView {
                next: self.next_fire(definition.name),
                current: self.current(definition.name),
                last: runs.iter().filter(mine).find(|view| view.state.is_final()).cloned(),
                definition,
            }
        };
        self.0.registry.iter().map(view).collect()
    }

    /// The tasks themselves.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Counts up with every change of any run, progress included: look again when it moved.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    fn next_fire(&self, task: &str) -> Option<DateTime<Utc>> {
        let (_, schedule) = self.0.schedules.iter().find(|(name, _)| *name == task)?;
        schedule.next_after(self.0.now())
    }

    fn find(&self, id: &str) -> Option<Arc<Run>> {
        self.0.lock_runs().0.iter().find(|run| run.look(|view| view.id == id)).cloned()
    }

    fn new_run(&self, entry: &Entry, arguments: Value, origin: Origin) -> Run {
        let now = self.0.now();
        let (seconds, nanos) = (u64::try_from(now.timestamp()).unwrap_or(0), now.timestamp_subsec_nanos());
        let view = RunView {
            id: Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos)).to_string(),
            task: entry.definition.name,
            origin,
            arguments,
            state: RunState::Pending,
            attempts: Vec::new(),
            progress: Step::default(),
            result: Value::Null,
            error: None,
            requested: now,
            started: None,
            finished: None,
        };
        Run::new(view, Progress::noticed_by(Arc::clone(&self.0.changed)))
    }

    fn unknown(&self, task: &str) -> StartError {
        let known: Vec<_> = self.0.registry.iter().map(|entry| entry.definition.name).collect();
        StartError::UnknownTask { name: task.chars().take(80).collect(), known: known.join(", ") }
    }
}

/// The runs that are remembered, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Runs(VecDeque<Arc<Run>>);

impl Runs {
    pub(crate) fn active(&self) -> Vec<Arc<Run>> {
        self.0.iter().filter(|run| !run.look(|view| view.state.is_final())).cloned().collect()
    }

    fn pending(&self) -> usize {
        self.0.iter().filter(|run| run.look(|view| view.state == RunState::Pending)).count()
    }

    /// Forgets the oldest ended runs beyond `keep`.
    pub(crate) fn ended(&mut self, keep: usize) {
        let ended = self.0.iter().filter(|run| run.look(|view| view.state.is_final())).count();
        let mut surplus = ended.saturating_sub(keep);
        self.0.retain(|run| {
            let forget = surplus > 0 && run.look(|view| view.state.is_final());
            surplus -= usize::from(forget);
            !forget
        });
    }
}
