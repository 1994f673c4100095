//! The contract's JSON documents as types, shared with the Python dashboard.
//!
//! Read tolerantly ([`read`]: one malformed entry is skipped, counted and named), write strictly ([`mod@write`]).

use std::collections::BTreeMap;

use crate::names::{CardKey, CaseNumber};

mod bug;
mod card;
mod case;
mod detail;
mod issue;
mod kind;
mod lenient;
pub mod read;
mod stats;
pub mod write;

pub use bug::{Bug, LinkedBug};
pub use card::{Card, Comment, Person};
pub use case::Case;
pub use detail::{Detail, Milestone, NotifiedUser};
pub use issue::Issue;
pub use kind::Document;
pub use stats::{BugFigures, DayFigures};

/// Document `cases`.
pub type Cases = BTreeMap<CaseNumber, Case>;
/// Document `details`.
pub type Details = BTreeMap<CaseNumber, Detail>;
/// Document `case_bz`.
pub type LinkedBugs = BTreeMap<CaseNumber, Vec<LinkedBug>>;
/// Document `bugs`; `None` when Bugzilla is not configured.
pub type Bugs = Option<BTreeMap<CaseNumber, Vec<Bug>>>;
/// Document `issues`.
pub type Issues = BTreeMap<CaseNumber, Vec<Issue>>;
/// Document `escalations`; `None` when not configured.
pub type Escalations = Option<Vec<String>>;
/// Document `cards`.
pub type Cards = BTreeMap<CardKey, Card>;
/// Document `stats`, as far as the time series show it.
pub type Stats = BTreeMap<chrono::NaiveDate, DayFigures>;
