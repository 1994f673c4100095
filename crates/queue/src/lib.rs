//! Durable background work on the ledger: tasks are started by schedule, by hand or by program, and done by whatever
//! process has a worker; runs survive crashes and restarts.
//!
//! Knows no domain word: a task is a name, a schedule and a function. Everything that is started, stopped and seen
//! goes through the [`Launcher`]. What holds whatever dies:
//!
//! - A run is taken by one worker at a time; the attempt is counted when it is taken.
//! - Runs of exclusive tasks hold a numbered lock ([`t5g_store::documents::Fence`]); whoever lost it is refused.
//! - An end counts only from the hands that hold the run.
//! - A tick of a schedule is written down together with the run that it starts, once.

mod backoff;
mod book;
mod engine;
mod launcher;
mod measure;
mod progress;
mod registry;
mod results;
mod run;
mod schedule;
mod scheduler;
mod words;
mod worker;

pub use book::{
    ActError, AttemptView, BadFilter, CallView, DayCount, EventView, LineView, Page, QueueFigures, RunDetail,
    RunDuration, RunFilter, RunList, TaskFigures, WorkerView,
};
pub use engine::{Engine, Role, Settings, Stopped};
pub use launcher::{Launcher, QueueView, StartError, Started, TaskView, Wish};
pub use progress::{Progress, Step};
pub use registry::{
    Catalog, CatalogError, Listed, MissedTick, Registry, Retry, RunContext, Task, TaskDefinition,
};
pub use results::Results;
pub use run::{Asker, NoRunId, Origin, Permanent, RunId, RunState, RunView};
pub use schedule::{BadSchedule, BadSchedules, Schedule};
pub use worker::{CALL_TARGET, Fencing, RunLog};
