//! The one list of tasks, from which CLI, scheduler, API, docs and metrics derive.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::progress::Progress;

/// What a task is to everybody but itself.
#[derive(Debug, Clone)]
pub struct TaskDefinition {
    /// `case_sync`; unique; the name in commands, addresses, metrics.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub description: &'static str,
    /// Cron text in UTC; `None`: only on demand.
    pub schedule: Option<String>,
    /// When a run fails.
    pub retry: Retry,
    /// Runs that share a name never run at once.
    pub exclusive: Option<&'static str>,
    /// A run that takes longer is stopped and counts as failed.
    pub timeout: Duration,
    /// What happens to a tick that fell while nobody was up.
    pub missed: MissedTick,
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
    /// Does it once; the value is what people see as the result.
    async fn run(&self, run: RunContext) -> anyhow::Result<Value>;
}

/// What a run gets to work with.
#[derive(Debug, Clone)]
pub struct RunContext {
    /// The run's id.
    pub id: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// What it was started with.
    pub arguments: Value,
    /// Where it reports how far it is.
    pub progress: Progress,
}

/// A task and its definition.
#[derive(Clone)]
pub struct Entry {
    /// What it is.
    pub definition: TaskDefinition,
    /// What it does.
    pub task: Arc<dyn Task>,
}

/// All tasks, in the order in which they are listed.
#[derive(Clone, Default)]
pub struct Registry(Vec<Entry>);

/// The registry was built wrongly.
#[derive(Debug, thiserror::Error)]
#[error("task {0:?} is registered twice")]
pub struct DuplicateTask(&'static str);

impl Registry {
    /// Adds a task; names are unique.
    pub fn add(&mut self, definition: TaskDefinition, task: Arc<dyn Task>) -> Result<(), DuplicateTask> {
        if self.get(definition.name).is_some() {
            return Err(DuplicateTask(definition.name));
        }
        self.0.push(Entry { definition, task });
        Ok(())
    }

    /// The task of that name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.definition.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|entry| entry.definition.name)).finish()
    }
}
