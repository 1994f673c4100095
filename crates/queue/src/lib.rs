//! Starts tasks: by schedule, by hand, by program; one run at a time where a task wants that.
//!
//! Knows no domain word: a task is a name, a schedule and a function. Everything that is started and
//! everything that is seen goes through this room. For now runs live in this process; the durable engine on
//! the ledger takes this place behind the same seam.

mod progress;
mod registry;

pub use progress::{Progress, Step};
pub use registry::{DuplicateTask, Entry, MissedTick, Registry, Retry, RunContext, Task, TaskDefinition};
