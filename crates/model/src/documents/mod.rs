//! The contract's JSON documents as types, shared with the Python dashboard.
//!
//! Read tolerantly (one malformed entry is skipped, counted and named), write strictly.

mod bug;
mod card;
mod case;
mod detail;
mod issue;
mod kind;
mod lenient;

pub use bug::{Bug, LinkedBug};
pub use card::{Card, Comment, Person};
pub use case::Case;
pub use detail::{Detail, Milestone, NotifiedUser};
pub use issue::Issue;
pub use kind::Document;
