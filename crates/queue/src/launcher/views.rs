//! What people see of the queue: its tasks, queues and workers as they stand now. Changes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_store::StoreError;

use super::Launcher;
use crate::book::{QueueFigures, ScheduleState, TaskFigures, WorkerView};
use crate::measure;
use crate::registry::{Listed, TaskDefinition};
use crate::run::RunView;

/// A worker that was not heard of for so many leases is silent.
const SILENT_LEASES: i32 = 2;

/// A task as people see it.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// What it is.
    pub definition: TaskDefinition,
    /// Its schedule in plain words; `None`: only on demand.
    pub words: Option<String>,
    /// When its schedule fires next; `None` also while it is paused.
    pub next: Option<DateTime<Utc>>,
    /// The latest tick that was noticed.
    pub last_tick: Option<DateTime<Utc>>,
    /// Since when, and by whom, its schedule is paused.
    pub paused: Option<(DateTime<Utc>, String)>,
    /// Its run that works or waits now.
    pub current: Option<RunView>,
    /// Its run that ended last.
    pub last: Option<RunView>,
    /// Counts.
    pub figures: TaskFigures,
}

/// A queue as people see it.
#[derive(Debug, Clone)]
pub struct QueueView {
    /// Its name.
    pub name: &'static str,
    /// Since when, and by whom, it is paused.
    pub paused: Option<(DateTime<Utc>, String)>,
    /// Counts.
    pub figures: QueueFigures,
}

impl Launcher {
    /// When each task's schedule fires next; tasks without one, or with one that is paused, are not in it.
    pub async fn next_fires(&self) -> Result<BTreeMap<&'static str, DateTime<Utc>>, StoreError> {
        let (states, now) = (self.book.schedules().await?, self.clock.now());
        let next = |listed: &Listed| {
            let name = listed.definition.name;
            Some((name, next_fire(listed, states.get(name), now)?))
        };
        Ok(self.catalog.iter().filter_map(next).collect())
    }

    /// All tasks, in the catalogue's order.
    pub async fn tasks(&self) -> Result<Vec<TaskView>, StoreError> {
        let now = self.clock.now();
        let names: Vec<&str> = self.catalog.iter().map(|listed| listed.definition.name).collect();
        let mut figures = self.book.task_figures(&names, now).await?;
        let states = self.book.schedules().await?;
        let mut views = Vec::with_capacity(names.len());
        for listed in self.catalog.iter() {
            let name = listed.definition.name;
            let state = states.get(name);
            views.push(TaskView {
                words: listed.schedule.as_ref().map(crate::schedule::Schedule::describe),
                next: next_fire(listed, state, now),
                last_tick: state.and_then(|state| state.noticed),
                paused: state.and_then(|state| state.paused.clone()),
                current: readable(self.book.current(name, now).await)?,
                last: readable(self.book.last(name, now).await)?,
                figures: figures.remove(name).unwrap_or_default(),
                definition: listed.definition.clone(),
            });
        }
        Ok(views)
    }

    /// All queues.
    pub async fn queues(&self) -> Result<Vec<QueueView>, StoreError> {
        let mut figures = self.book.queue_figures(self.clock.now()).await?;
        let states = self.book.queues().await?;
        let paused = |name: &str| states.iter().find(|state| state.name == name)?.paused.clone();
        let view = |name| QueueView {
            name,
            paused: paused(name),
            figures: figures.remove(name).unwrap_or_default(),
        };
        Ok(self.catalog.queues().into_iter().map(view).collect())
    }

    /// All workers.
    pub async fn workers(&self) -> Result<Vec<WorkerView>, StoreError> {
        self.book.workers(self.clock.now()).await
    }

    /// For how long a worker must not have been heard of to be silent.
    pub fn silence(&self) -> TimeDelta {
        let lease = TimeDelta::from_std(self.lease).unwrap_or(TimeDelta::MAX);
        lease.checked_mul(SILENT_LEASES).unwrap_or(lease)
    }

    /// Before which time a worker must have been heard of to be silent.
    pub fn silent_before(&self) -> DateTime<Utc> {
        self.clock.now() - self.silence()
    }

    /// Sets the gauges that say what the ledger knows.
    pub async fn measure(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let names = self.catalog.iter().map(|listed| listed.definition.name);
        measure::tasks(names, &self.book.task_loads(now).await?, now);
        for queue in self.queues().await? {
            measure::queue(queue.name, &queue.figures, queue.paused.is_some(), now);
        }
        measure::states(&self.book.open_states(now).await?);
        measure::workers(&self.workers().await?, self.silent_before());
        Ok(())
    }
}

/// One row that cannot be read does not hide the others.
fn readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(%error, "a run cannot be read");
            Ok(None)
        }
        read => read,
    }
}

fn next_fire(listed: &Listed, state: Option<&ScheduleState>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let paused = state.is_some_and(|state| state.paused.is_some());
    listed.schedule.as_ref().filter(|_| !paused)?.next_after(now)
}
