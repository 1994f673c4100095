//! What is written to other services: planned first, kept, then done step by step, each step written down before and
//! after. A crash, a second run or an answer that never came goes on from what was written down, and looks at the
//! service before it acts.
//!
//! One folder or file for each kind of plan (`cards`, `priorities`, `tags`, `watchers`, `undo`): what it needs to know,
//! and the plan made of that, purely. `execute` does plans, `perform` single steps, `task` is what the queue starts.

mod cards;
mod changed;
mod earlier;
mod execute;
mod fields;
mod letters;
mod perform;
mod priorities;
mod report;
#[cfg(test)]
mod sample;
mod settle;
mod tags;
mod task;
mod trouble;
mod undo;
mod watchers;

pub use report::{ItemReport, PlanReport, StepReport, WriteReport};
pub(crate) use task::Write;
pub use task::WriteTask;
