//! Opening a SQLite file for either half of the store, safely while other processes do the same, and saying
//! in plain words what is wrong with it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::fs::{DirBuilder, OpenOptions};

use crate::spot::Spot;
use crate::{Opening, StoreError};

/// How long a connection waits for another's lock. A writer of 500 MB holds it for some seconds.
const BUSY: Duration = Duration::from_secs(30);
/// How often opening is tried again while others are just making the same file.
const OPENING_TRIES: u32 = 50;
/// The pause between such tries.
const OPENING_PAUSE: Duration = Duration::from_millis(100);

/// Connections to one file: many that read, one that writes, so that writers of this process queue fairly.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    /// Read only; a write through them is an error.
    pub(crate) readers: SqlitePool,
    /// The one that writes.
    pub(crate) writer: SqlitePool,
    /// For the one small question that every request asks.
    pub(crate) spot: Arc<Spot>,
}

impl Pools {
    /// Closes all connections.
    pub(crate) async fn close(&self) {
        self.spot.close();
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The options every connection to `path` has.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        // A large document's log is given back to the disk once it is in the file.
        .pragma("journal_size_limit", "67108864")
}

/// Opens the file, which is made together with its folder if it is missing and `opening` allows that. `place` is what
/// errors call it, `what` is wanted of it.
pub(crate) async fn open(
    path: &Path,
    place: &str,
    what: &'static str,
    opening: Opening,
) -> Result<Pools, StoreError> {
    if opening != Opening::Use {
        make(path, place).await?;
    } else if is_absent(path).await {
        return Err(StoreError::Absent { place: place.to_owned(), what });
    }
    // No ping before each use: a file does not go away as a server does.
    let pool = |size| {
        SqlitePoolOptions::new().max_connections(size).acquire_timeout(BUSY).test_before_acquire(false)
    };
    let mut tries = 0;
    let writer = loop {
        match pool(1).idle_timeout(None).max_lifetime(None).connect_with(options(path)).await {
            Ok(writer) => break writer,
            // Turning the journal to WAL does not wait for locks, whatever the time-out.
            Err(error) if is_busy(&error) && tries < OPENING_TRIES => {
                tries += 1;
                tokio::time::sleep(OPENING_PAUSE).await;
            }
            Err(error) => return Err(explain(place, "opening the file", error)),
        }
    };
    let readers = pool(4).connect_lazy_with(options(path).pragma("query_only", "true"));
    Ok(Pools { readers, writer, spot: Arc::new(Spot::new(path)) })
}

/// Whether there is no file, or nothing in it. What else may be wrong with it is told by who opens it.
async fn is_absent(path: &Path) -> bool {
    match tokio::fs::metadata(path).await {
        Ok(file) => file.is_file() && file.len() == 0,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Makes the file and its folder if they are missing, for this user's eyes only: customers' data and people's
/// sessions will be in it. SQLite gives its other files the same permissions.
async fn make(path: &Path, place: &str) -> Result<(), StoreError> {
    let failed = |doing| {
        move |cause: io::Error| StoreError::Unavailable {
            place: place.to_owned(),
            doing,
            cause: cause.into(),
        }
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder).await;
        made.map_err(failed("making its folder"))?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop).map_err(failed("making the file")),
    }
}

/// A driver's error with what a person can do about it.
pub(crate) fn explain(place: &str, doing: &'static str, error: sqlx::Error) -> StoreError {
    let address = |reason: &str| StoreError::Address { address: place.to_owned(), reason: reason.to_owned() };
    match primary_code(&error) {
        Some(26) => address("the file is not a SQLite database; name another file or move this one away"),
        Some(14) => address(
            "the file cannot be opened; is it a folder, or does this user lack the permission for it or its folder?",
        ),
        Some(8) => {
            address("the file cannot be written; give this user write permission for it and its folder")
        }
        Some(13) => StoreError::Unavailable {
            place: place.to_owned(),
            doing,
            cause: "the disk is full; nothing was changed".into(),
        },
        Some(11) => StoreError::Corrupt {
            place: place.to_owned(),
            reason: "the file is damaged; restore it from a backup".to_owned(),
        },
        _ => StoreError::Unavailable { place: place.to_owned(), doing, cause: error.into() },
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(5 | 6))
}

/// SQLite's primary result code (<https://www.sqlite.org/rescode.html>): the lower byte of the extended one.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}
