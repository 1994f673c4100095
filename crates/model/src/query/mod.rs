//! The filter language of the table: `sev:urgent (status:backport OR is:escalated) age:>14d -is:closed "free text"`.
//!
//! Pure: text in, a checked [`Query`] or a [`QueryError`] that points at the character out. [`Field::all`] is the
//! one list that the parser, the completion and the documentation are made from.

mod ast;
mod complete;
mod error;
mod fields;
pub mod lexer;
mod matcher;
mod parser;
mod values;

pub use ast::Query;
pub use complete::{Completion, complete};
pub use error::{Problem, QueryError, cut, similar};
pub use fields::{DayField, Field, NameField, OtherField, Part, Property, Word};
pub use lexer::quoted;
pub use matcher::Matcher;

/// Queries worth knowing, and what they find.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("kernel \"link down\"", "cards with the word and the phrase"),
    ("sev:urgent,high -is:closed", "open cards of the two highest severities"),
    (
        "sev:>=high (status:backport OR is:escalated) age:>14d",
        "severe ones, waiting for engineering, older than two weeks",
    ),
    ("is:stale -status:\"ready to close\"", "open cards without a comment of the last 7 days"),
    ("account:acme commented:<7d", "cards of an account with a comment of the last 7 days"),
    ("is:unassigned opened:>=2026-01-01", "cards that nobody works on, opened since a day"),
    ("assignee:=\"Ann Example\" has:bug", "cards of exactly that person that have a bug"),
];

/// The longest query, in characters.
pub const LENGTH: usize = 2_000;
/// How deep parentheses and negations may nest.
pub const DEPTH: usize = 32;
/// The most words, phrases and values in one query: each costs a look at every card.
pub const CONDITIONS: usize = 64;
