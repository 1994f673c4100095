//! What must not be lost and is no document of the contract: one file for each kind of row, the database
//! beneath them in `db`. The tables are made on first use; a server that is down stops nobody who needs none.

mod arg;
mod bulk;
mod comments;
mod db;
mod facts;
mod fence;
mod freshness;
mod open;
mod problems;
mod row;
mod shrinks;
mod stale;

pub use arg::Arg;
pub use bulk::{bounded, insert, places};
pub use comments::CaseComment;
pub use db::{Db, Tx};
pub use freshness::{Counts, Failure, Freshness, Pass, SourceRun};
pub use open::Ledger;
pub use problems::{DataProblem, ProblemEntry};
pub use row::{Column, Row};
pub use shrinks::{Decision, HeldShrink, ShrinkState};
pub use stale::{StaleEntry, StaleSince};

/// SQL put together from our own words; nothing from outside may become part of it.
pub use sqlx::AssertSqlSafe as OwnSql;
