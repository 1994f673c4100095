//! What is going to be written upstream, worked out before anything is: pure, so that a page, a command and a run
//! make the same of the same.

mod assign;
mod lot;
mod team;

pub use assign::{Assignment, CaseToAssign, Order, Pool, Reason, assign, open_loads};
pub use lot::Lot;
pub use team::{Absence, Assignee, Member, NoAbsence};
