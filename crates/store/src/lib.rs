//! Everything that outlives a process, in two halves: the contract's JSON **documents** (SQLite or Redis)
//! and the **ledger** (SQL on SQLite or PostgreSQL). Knows no upstream, no page, no task.

mod address;
pub mod backup;
pub mod documents;
mod error;
mod hex;
mod keys;
pub mod ledger;
mod measure;
mod migrations;
mod opening;
mod spot;
mod sqlite;

pub use address::Address;
pub use error::StoreError;
pub use opening::Opening;
