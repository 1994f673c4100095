//! Starts tasks: by schedule, by hand, by program; one run at a time where a task wants that.
//!
//! Knows no domain word: a task is a name, a schedule and a function. Everything that is started and
//! everything that is seen goes through the [`Launcher`]. For now runs live in this process; the durable
//! engine on the ledger takes this place behind the same seam.

mod backoff;
mod engine;
mod launcher;
mod measure;
mod progress;
mod registry;
mod run;
mod schedule;
mod scheduler;

pub use engine::{Engine, Settings, Stopped};
pub use launcher::{Launcher, StartError, Started, TaskView};
pub use progress::{Progress, Step};
pub use registry::{DuplicateTask, Entry, MissedTick, Registry, Retry, RunContext, Task, TaskDefinition};
pub use run::{Attempt, Origin, Permanent, RunState, RunView};
pub use schedule::{BadSchedule, BadSchedules, Schedule};
