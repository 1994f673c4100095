//! What is to be written to other services: single effects, plans made of them, and the rules that choose them.
//! Pure, so that a page, a command and a run make the same of the same; done elsewhere.

mod assign;
mod draft;
mod effect;
mod letter;
mod lot;
mod plan;
mod subject;
mod team;
mod words;

pub use assign::{Assignment, CaseToAssign, Order, Pool, Reason, assign, open_loads};
pub use draft::{CardDraft, SUMMARY_CHARACTERS, cut};
pub use effect::{CardRef, Effect, EffectKind, Service, Sprint, WhiteboardOf};
pub use letter::{LetterCase, LetterDraft, LetterKind};
pub use lot::Lot;
pub use plan::{LeftOut, Plan, PlanItem, PlanKind};
pub use subject::Subject;
pub use team::{Absence, Assignee, Member, NoAbsence};
pub use words::Said;
