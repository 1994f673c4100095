//! `/journal`: everything that was written to other services, messages to people among it, and the plans behind it.
//! One file for the list, for one plan's page, for the page that asks before something is decided, and for deciding.

mod confirm;
mod decide;
mod list;
mod plan;

pub(crate) use confirm::ConfirmPage;
pub(crate) use decide::{ask_do, ask_of_plan, ask_of_step, decide, do_planned, do_step};
pub(crate) use list::{JournalPage, show as list};
pub(crate) use plan::{JournalPlanPage, live as plan_live, show as plan};
