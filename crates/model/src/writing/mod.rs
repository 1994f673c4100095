//! What is to be written to other services: single effects, plans made of them, and the rules that choose them.
//! Pure data and pure functions: a plan is made from what is known, shown, kept and done elsewhere.

mod draft;
mod effect;
mod letter;
mod plan;
mod subject;
mod team;
mod words;

pub use draft::{CardDraft, DESCRIPTION_CHARACTERS, SUMMARY_CHARACTERS, cut};
pub use effect::{CardRef, Effect, Service, Sprint, WhiteboardOf};
pub use letter::{LetterCase, LetterKind};
pub use plan::{LeftOut, Plan, PlanItem, PlanKind};
pub use subject::Subject;
pub use team::{Assignee, Member};
pub use words::Said;
