//! Notices changes of the documents in a SQLite file, whichever process made them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Row as _};
use t5g_model::documents::Document;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::documents::{Change, ChangeFeed, FEED_CAPACITY};
use crate::{StoreError, keys, sqlite};

/// How long a change by another process may go unseen. Asking costs some microseconds.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The pause before the file is opened again after an error.
const REOPEN_AFTER: Duration = Duration::from_secs(1);

/// The watch over one file; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    changes: broadcast::Sender<Change>,
    look: Arc<Notify>,
    _stop: DropGuard,
}

/// Each document's revision.
type Revisions = BTreeMap<Document, i64>;

impl Watch {
    /// Takes note of how the documents are now and begins to watch.
    pub(super) async fn start(path: &Path, place: &str) -> Result<Self, StoreError> {
        let options = sqlite::options(path).create_if_missing(false).pragma("query_only", "true");
        let failed = |error| sqlite::explain(place, "watching for changes", error);
        let state = State::open(&options).await.map_err(failed)?;
        let changes = broadcast::Sender::new(FEED_CAPACITY);
        let (look, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let watcher = Watcher {
            options,
            place: place.to_owned(),
            changes: changes.clone(),
            look: Arc::clone(&look),
            state: Some(state),
        };
        let stopped = stop.clone();
        tokio::spawn(async move { stopped.run_until_cancelled(watcher.run()).await });
        Ok(Self { changes, look, _stop: stop.drop_guard() })
    }

    /// Looks at once: this process has just written.
    pub(super) fn look_now(&self) {
        self.look.notify_one();
    }

    /// A feed of every change from now on.
    pub(super) fn feed(&self) -> ChangeFeed {
        ChangeFeed::new(self.changes.subscribe())
    }
}

struct Watcher {
    options: SqliteConnectOptions,
    place: String,
    changes: broadcast::Sender<Change>,
    look: Arc<Notify>,
    state: Option<State>,
}

struct State {
    connection: SqliteConnection,
    version: i64,
    known: Revisions,
}

impl Watcher {
    async fn run(mut self) {
        loop {
            let Some(state) = &mut self.state else {
                tokio::time::sleep(REOPEN_AFTER).await;
                self.reopen().await;
                continue;
            };
            tokio::select! {
                () = self.look.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            match state.changed().await {
                Ok(changed) if changed.is_empty() => {}
                Ok(changed) => self.tell(Change::Some(changed)),
                Err(error) => {
                    tracing::warn!(place = self.place, %error, "cannot watch the documents; trying again");
                    self.state = None;
                }
            }
        }
    }

    async fn reopen(&mut self) {
        match State::open(&self.options).await {
            Ok(state) => {
                self.state = Some(state);
                self.tell(Change::Everything);
            }
            Err(error) => tracing::warn!(place = self.place, %error, "still cannot watch the documents"),
        }
    }

    /// That nobody listens is no error.
    fn tell(&self, change: Change) {
        let listeners = self.changes.send(change).unwrap_or(0);
        tracing::trace!(listeners, "documents changed");
    }
}

impl State {
    async fn open(options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = options.connect().await?;
        let version = data_version(&mut connection).await?;
        let known = revisions(&mut connection).await?;
        Ok(Self { connection, version, known })
    }

    /// The documents that were written or removed since the last look.
    async fn changed(&mut self) -> Result<BTreeSet<Document>, sqlx::Error> {
        let version = data_version(&mut self.connection).await?;
        if version == self.version {
            return Ok(BTreeSet::new());
        }
        let now = revisions(&mut self.connection).await?;
        let differs = |document: &Document| now.get(document) != self.known.get(document);
        let changed = now.keys().chain(self.known.keys()).copied().filter(differs).collect();
        self.version = version;
        self.known = now;
        Ok(changed)
    }
}

/// A number that differs once another connection, of any process, has committed something to the file.
async fn data_version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await
}

async fn revisions(connection: &mut SqliteConnection) -> Result<Revisions, sqlx::Error> {
    let rows = sqlx::query("SELECT name, revision FROM documents").fetch_all(connection).await?;
    let mut revisions = Revisions::new();
    for row in &rows {
        let name: &str = row.try_get("name")?;
        if let Some(document) = keys::document_at(name.as_bytes()) {
            revisions.insert(document, row.try_get("revision")?);
        }
    }
    Ok(revisions)
}
