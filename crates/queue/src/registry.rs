//! The one list of tasks, from which CLI, scheduler, monitor, API, docs and metrics derive: as a catalogue for
//! whoever only looks and asks, with the tasks' work for whoever does it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use t5g_model::names::Role;
use t5g_store::documents::Fence;

use crate::progress::Progress;
use crate::results::Results;
use crate::run::RunId;
use crate::schedule::{BadSchedules, Schedule};

/// What a task is to everybody but itself.
#[derive(Debug, Clone)]
pub struct TaskDefinition {
    /// `case_sync`; unique; the name in commands, addresses, metrics.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub description: &'static str,
    /// The queue in which its runs wait; queues are paused one by one.
    pub queue: &'static str,
    /// Cron text in UTC; `None`: only on demand.
    pub schedule: Option<String>,
    /// When a run fails.
    pub retry: Retry,
    /// Runs that share a name never work at once, whoever works on them.
    pub exclusive: Option<&'static str>,
    /// A run that takes longer is stopped and counts as failed.
    pub timeout: Duration,
    /// What happens to a tick that fell while nobody was up.
    pub missed: MissedTick,
    /// Who may start, stop and repeat it by hand.
    pub role: Role,
}

/// How often, and after which pauses, a failed run is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all, the first included; at least 1.
    pub attempts: u32,
    /// The pause before the second try; it doubles each time, with jitter.
    pub first_pause: Duration,
}

/// What happens to a tick that fell while nobody was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedTick {
    /// It fires once at the start if it is younger than its period.
    FireOnce,
    /// It is forgotten.
    Skip,
}

/// A task's work. It must be safe to run again after any interruption.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does it once; the value is what people see as the result. It is stopped by being dropped at an await.
    async fn run(&self, run: RunContext) -> anyhow::Result<Value>;
}

/// What a run gets to work with.
#[derive(Debug, Clone)]
pub struct RunContext {
    /// The run's id.
    pub id: RunId,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// What it was started with.
    pub arguments: Value,
    /// Who asked for it: a schedule, a person, a program.
    pub asked_by: String,
    /// Where it reports how far it is.
    pub progress: Progress,
    /// What other runs gave back.
    pub results: Results,
    /// The lock that it holds and must write under, if its task is exclusive.
    pub fence: Option<Fence>,
}

/// A task and when it fires.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What it is.
    pub definition: TaskDefinition,
    /// Its schedule, parsed.
    pub schedule: Option<Schedule>,
}

/// All tasks as everybody may know them, in the order in which they are listed. Cheap to clone.
#[derive(Clone, Default)]
pub struct Catalog(Arc<[Listed]>);

/// The tasks of a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Two have one name.
    #[error("task {0:?} is listed twice")]
    Twice(&'static str),
    /// Schedules that cannot be used, all of them.
    #[error(transparent)]
    Schedules(#[from] BadSchedules),
}

impl Catalog {
    /// A catalogue of these tasks; names are unique, schedules readable.
    pub fn new(definitions: impl IntoIterator<Item = TaskDefinition>) -> Result<Self, CatalogError> {
        let (mut listed, mut bad) = (Vec::<Listed>::new(), Vec::new());
        for definition in definitions {
            if listed.iter().any(|known| known.definition.name == definition.name) {
                return Err(CatalogError::Twice(definition.name));
            }
            let schedule = match definition.schedule.as_deref().map(Schedule::parse).transpose() {
                Ok(schedule) => schedule,
                Err(error) => {
                    bad.push((definition.name, error));
                    None
                }
            };
            listed.push(Listed { definition, schedule });
        }
        if bad.is_empty() { Ok(Self(listed.into())) } else { Err(BadSchedules(bad).into()) }
    }

    /// The task of that name.
    pub fn get(&self, name: &str) -> Option<&Listed> {
        self.0.iter().find(|listed| listed.definition.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Listed> {
        self.0.iter()
    }

    /// The queues, each once, in the order in which tasks name them.
    pub fn queues(&self) -> Vec<&'static str> {
        let mut queues: Vec<&'static str> = Vec::new();
        for listed in self.iter() {
            if !queues.contains(&listed.definition.queue) {
                queues.push(listed.definition.queue);
            }
        }
        queues
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|listed| listed.definition.name)).finish()
    }
}

/// All tasks with their work.
#[derive(Clone, Default)]
pub struct Registry {
    definitions: Vec<TaskDefinition>,
    tasks: Vec<Arc<dyn Task>>,
}

/// The work of a task in a process that works on none.
struct NoWork;

#[async_trait]
impl Task for NoWork {
    async fn run(&self, _: RunContext) -> anyhow::Result<Value> {
        anyhow::bail!("this process has no work for its tasks; a worker was started without them")
    }
}

impl Registry {
    /// Tasks for a process that starts them and works on none.
    pub fn without_work(definitions: impl IntoIterator<Item = TaskDefinition>) -> Self {
        let mut registry = Self::default();
        for definition in definitions {
            registry.add(definition, Arc::new(NoWork));
        }
        registry
    }

    /// Adds a task.
    pub fn add(&mut self, definition: TaskDefinition, task: Arc<dyn Task>) {
        self.definitions.push(definition);
        self.tasks.push(task);
    }

    /// The tasks without their work.
    pub fn catalog(&self) -> Result<Catalog, CatalogError> {
        Catalog::new(self.definitions.iter().cloned())
    }

    /// The task of that name: what it is, and its work.
    pub fn get(&self, name: &str) -> Option<(&TaskDefinition, &Arc<dyn Task>)> {
        self.definitions.iter().zip(&self.tasks).find(|(definition, _)| definition.name == name)
    }

    /// Everything but the work.
    pub fn definitions(&self) -> &[TaskDefinition] {
        &self.definitions
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.definitions.iter().map(|definition| definition.name)).finish()
    }
}
