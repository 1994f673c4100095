//! Everything that outlives a process, in two halves: the contract's JSON **documents** (SQLite or Redis)
//! and the **ledger** (SQL on SQLite or PostgreSQL). Knows no upstream, no page, no task.

pub mod documents;
mod error;

pub use error::StoreError;
