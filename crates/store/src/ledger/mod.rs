//! What must not be lost and is no document of the contract: one file for each kind of row, the database
//! beneath them in `db`. The tables are made on first use; a server that is down stops nobody who needs none.

mod accounts;
mod arg;
mod audit;
mod bulk;
mod comments;
mod db;
mod facts;
mod fence;
mod flows;
mod freshness;
mod journal;
mod open;
mod problems;
mod prune;
mod row;
mod secret;
mod servers;
mod sessions;
mod shrinks;
mod snapshot;
mod stale;
mod tokens;

pub use accounts::{Account, AccountId, Dropped, Enrolled, Person};
pub use arg::Arg;
pub use audit::{AUDIT_PAGE, Action, AuditEntry, AuditFilter, AuditOutcome, AuditRecord, Via};
pub(crate) use bulk::MAX_PARAMETERS;
pub use bulk::{bounded, insert, places};
pub use comments::CaseComment;
pub use db::{Db, Tx};
pub use flows::{Flow, FlowKind};
pub use freshness::{Counts, Failure, Freshness, Pass, SourceRun};
pub use journal::{
    BY_PLAN, Instead, JOURNAL_PAGE, JournalCounts, JournalFilter, JournalPlace, JournalTrouble, KeptPlan,
    NoPlanId, PlanAsked, PlanDecision, PlanFilter, PlanId, PlanMaker, PlanState, PlanSummary, StepEnd,
    StepPlace, StepRecord, StepState, UNASSIGNED, Writer,
};
pub use open::Ledger;
pub use problems::{DataProblem, ProblemEntry};
pub use prune::AccessRetention;
pub use row::{Column, Row};
pub use secret::{Handle, NewSecret, SecretDigest, TOKEN_PREFIX};
pub use servers::LiveServer;
pub use sessions::{Asked, LiveSession, NewSession, Session, SessionSubject, Use};
pub use shrinks::{Decision, HeldShrink, ShrinkState};
pub(crate) use snapshot::TableColumn;
pub use stale::{StaleEntry, StaleSince};

/// SQL put together from our own words; nothing from outside may become part of it.
pub use sqlx::AssertSqlSafe as OwnSql;
pub use tokens::{LiveToken, MOST_ACTIVE_TOKENS, NewToken, Token, TokenMade};
