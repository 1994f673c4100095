//! Opens the ledger and, for who runs the service, makes its tables on first use.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::OnceCell;

use super::{Db, Tx};
use crate::documents::Fence;
use crate::{Address, Opening, StoreError, measure, migrations, sqlite};

/// PostgreSQL connections of one process.
const CONNECTIONS: u32 = 8;
/// How long somebody waits for a connection before hearing that there is none.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection that was given back may take to prove that it lives.
const PROOF_LIMIT: Duration = Duration::from_secs(2);
/// A process that stopped in the middle of a transaction, frozen or cut off, does not keep rows from others for
/// longer: PostgreSQL then ends its session. In milliseconds.
const IDLE_LIMIT: &str = "SET idle_in_transaction_session_timeout = 10000";

/// The ledger. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Db,
    ready: Arc<OnceCell<()>>,
    opening: Opening,
    /// The lock without which this handle changes nothing.
    pub(super) fence: Option<Arc<Fence>>,
}

impl Ledger {
    /// Opens the ledger at that address: `sqlite:FILE` (which may also hold the documents) or `postgres://…`.
    ///
    /// A SQLite file is made and brought up to date here. PostgreSQL is not spoken to: the first call that
    /// needs it connects and makes the tables, and fails while it is down; the next call tries again.
    /// [`Ledger::db`] does nothing else, for who wants to know early.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_to(Opening::Serve, address).await
    }

    /// The same for another purpose than to run the service: what this does to it then says [`Opening`].
    pub async fn open_to(opening: Opening, address: &str) -> Result<Self, StoreError> {
        let address = Address::parse(address)?;
        let place = address.to_string();
        let db = match &address {
            Address::Sqlite(path) => {
                let what = migrations::LEDGER.part();
                Db::lite(sqlite::open(path, &place, what, opening).await?, &place)
            }
            Address::Postgres(url) => {
                let options = PgConnectOptions::from_str(url).map_err(|error| StoreError::Address {
                    address: place.clone(),
                    reason: format!("{error}; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
                })?;
                // The pool itself waits without end for a connection given back in the middle of something. A
                // network that swallows everything would take all connections away, for as long as the system
                // holds a dead one for alive: a quarter of an hour.
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(CONNECT_LIMIT)
                    .after_connect(|connection, _| {
                        measure::connected("postgres");
                        Box::pin(async move { connection.execute(IDLE_LIMIT).await.map(drop) })
                    })
                    .after_release(|connection, _| {
                        Box::pin(async move {
                            let proof = tokio::time::timeout(PROOF_LIMIT, connection.ping()).await;
                            let lives = proof.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true);
                            if lives.is_err() {
                                measure::lost("postgres");
                            }
                            lives
                        })
                    });
                Db::pg(pool.connect_lazy_with(options.application_name("t5g")), &place)
            }
            Address::Redis(_) => {
                return Err(
                    address.unfit("the ledger", "sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
                );
            }
        };
        let ledger = Self { db, ready: Arc::default(), opening, fence: None };
        if matches!(address, Address::Sqlite(_)) {
            ledger.db().await?;
        }
        Ok(ledger)
    }

    /// Where it is, for people: the password masked.
    pub fn place(&self) -> &str {
        self.db.place()
    }

    /// The database with all tables made, unless it was opened to be replaced; fails while it cannot be reached.
    pub async fn db(&self) -> Result<&Db, StoreError> {
        self.ready.get_or_try_init(|| migrations::LEDGER.open(&self.db, self.opening)).await?;
        Ok(&self.db)
    }

    /// Whether that table is there: one that was opened to be replaced may lack it.
    pub async fn has_table(&self, table: &str) -> Result<bool, StoreError> {
        let mut tx = self.db().await?.begin_snapshot().await?;
        Ok(!tx.columns(table).await?.is_empty())
    }

    /// A number that grows with every change of what this room keeps, by any process: a cheap thing to ask
    /// once a second.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        let rows = self.db().await?.fetch("SELECT revision FROM ledger_revision WHERE id = 1", &[]).await?;
        rows.first().map_or(Ok(0), |row| row.get("revision"))
    }

    /// Closes the connections in good order.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Begins a change and counts it: the new revision, which no other change shares.
    pub(super) async fn begin_change(&self) -> Result<(Tx, i64), StoreError> {
        let mut tx = self.begin_write().await?;
        let counted = "UPDATE ledger_revision SET revision = revision + 1 WHERE id = 1 RETURNING revision";
        let rows = tx.fetch(counted, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt {
            place: self.place().to_owned(),
            reason: "the table ledger_revision is empty; restore it from a backup".to_owned(),
        })?;
        let revision = row.get("revision")?;
        Ok((tx, revision))
    }
}
