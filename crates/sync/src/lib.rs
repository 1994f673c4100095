//! From the upstreams to the documents: fetch, convert, join, store; never good data traded for none.
//!
//! Every source has its folder in `sources`; `tasks` lists what can be started, `refresh` is the frame around
//! each. Knows no page and no command.

// Futures within futures: how deep they are nested is only found out by a release build. Those that go deepest are
// boxed; this leaves room above the usual 128.
#![recursion_limit = "256"]

mod compare;
mod context;
mod gather;
mod mark;
pub mod notify;
mod open_cases;
mod order;
mod previous;
mod refresh;
mod rules;
mod sources;
mod sprint;
mod tasks;
mod watch;
mod write_rules;
mod writing;

pub use context::{DocumentFencing, SyncContext};
pub use order::{all, ask_in_order, ended, missing};
pub use rules::{
    CardRules, CardScope, EscalationRules, FieldName, FieldNames, ShrinkRules, SyncRules, usual_statuses,
};
pub use sprint::{Completed, SprintReport, current_sprint, last_sprint};
pub use tasks::{REFRESH, Schedules, definitions, registry, registry_of_writing, source_of, task_of};
pub use write_rules::{Recipients, WriteFields, WriteRules};
pub use writing::{ItemReport, PlanReport, StepReport, WriteReport, WriteTask};
