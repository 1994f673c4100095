//! Both halves of the store in one file, and back: the same file whichever stores they are, so that it also moves a
//! deployment from SQLite to Redis and PostgreSQL or the other way. Whoever uses the stores may go on meanwhile.

mod frames;
mod out;
mod restore;
mod tables;

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::StoreError;

pub use out::{is_something_there, write};
pub use restore::{check, restore};

/// What a file is called inside, so that others are not taken for one.
const FORMAT: &str = "t5g-backup";
/// The shape of the file; another one is refused.
const VERSION: u32 = 1;

/// Why a backup or its restoring failed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    File(#[from] io::Error),
    /// The file is not as it was written.
    #[error("the file cannot be used: {0}; nothing was changed")]
    Damaged(String),
    /// A newer version wrote what is to be read.
    #[error("a newer version of t5g wrote it ({found}, this one knows up to {known}); use that one")]
    Newer {
        /// What the file says.
        found: String,
        /// What is known here.
        known: String,
    },
    /// There is nothing to write.
    #[error(
        "{place} holds no {what}: there is nothing to back up. Give this command the settings of the service (its \
         environment, or --config); a new one is filled by t5g sync all"
    )]
    Nothing {
        /// Which store, secrets masked.
        place: String,
        /// What is missing.
        what: &'static str,
    },
    /// The stores are not empty.
    #[error("{place} is not empty: it holds {what}; nothing was changed")]
    NotEmpty {
        /// Which store, secrets masked.
        place: String,
        /// What was found.
        what: String,
    },
}

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    format: String,
    version: u32,
    /// Which version of the program wrote it.
    pub program: String,
    /// When.
    pub made: DateTime<Utc>,
    /// The schema of the ledger in it.
    pub ledger_schema: usize,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// What it says of itself.
    pub head: Head,
    /// Bytes of each document.
    pub documents: BTreeMap<String, u64>,
    /// Documents that are not valid JSON, as some writer left them: they are not restored.
    pub unusable: Vec<String>,
    /// Rows of each of the ledger's tables.
    pub rows: BTreeMap<String, u64>,
}

/// The last frame.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    documents: BTreeMap<String, u64>,
    rows: BTreeMap<String, u64>,
    sha256: String,
}

/// Before the rows of a table.
#[derive(Debug, Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<String>,
}
