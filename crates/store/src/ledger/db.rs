//! One database, SQLite or PostgreSQL, that is spoken to in the same SQL: `$1` parameters, types BIGINT, TEXT
//! and DOUBLE PRECISION, times as milliseconds. Knows no table.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::ToSql;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, SqlSafeStr, Sqlite, Transaction};
use t5g_telemetry::trace;
use tracing::Instrument as _;

use super::row::RowEngine;
use super::{Arg, Row};
use crate::StoreError;
use crate::sqlite::{self, Pools};

/// No statement takes longer; a server that went silent must not hang its caller.
const STATEMENT_LIMIT: Duration = Duration::from_mins(1);
/// Closing in good order takes no longer; what hangs then is cut.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);
/// The advisory lock under which PostgreSQL's tables are made: "t5g" in bytes.
const ALONE: i64 = 0x0074_3567;

/// A database. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) engine: Engine,
    pub(super) place: Arc<str>,
}

#[derive(Clone, Debug)]
pub(super) enum Engine {
    Lite(Pools),
    Pg(PgPool),
}

/// A transaction; dropped without [`Tx::commit`], nothing of it happened.
#[derive(Debug)]
pub struct Tx {
    pub(super) engine: TxEngine,
    pub(super) place: Arc<str>,
}

#[derive(Debug)]
pub(super) enum TxEngine {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// A statement with its parameters; a macro, because the two databases' types share no trait that says this.
macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(*value),
                Arg::Real(value) => query.bind(*value),
                Arg::Text(value) => query.bind(value.clone()),
            };
        }
        query
    }};
}

impl Db {
    pub(crate) fn lite(pools: Pools, place: &str) -> Self {
        Self { engine: Engine::Lite(pools), place: place.into() }
    }

    pub(crate) fn pg(pool: PgPool, place: &str) -> Self {
        Self { engine: Engine::Pg(pool), place: place.into() }
    }

    /// Where it is, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// All rows of a statement that only reads.
    pub async fn fetch(&self, sql: impl SqlSafeStr, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        match &self.engine {
            Engine::Lite(pools) => {
                let rows =
                    limited(&self.place, "reading", bound!(sql, args).fetch_all(&pools.readers)).await?;
                Ok(rows.into_iter().map(|row| self.row(RowEngine::Lite(row))).collect())
            }
            Engine::Pg(pool) => {
                let rows = limited(&self.place, "reading", bound!(sql, args).fetch_all(pool)).await?;
                Ok(rows.into_iter().map(|row| self.row(RowEngine::Pg(row))).collect())
            }
        }
    }

    /// The first row of a small statement that only reads: for the question that every request asks. On SQLite it
    /// is answered on the spot; should that fail, in the usual way.
    pub(crate) async fn fetch_first(
        &self,
        sql: &'static str,
        args: &[Arg],
    ) -> Result<Option<Row>, StoreError> {
        if let Engine::Lite(pools) = &self.engine {
            let args: Vec<&dyn ToSql> = args.iter().map(Arg::to_sql).collect();
            match pools.spot.first(sql, &args) {
                Ok(row) => return Ok(row.map(|row| self.row(RowEngine::Spot(row)))),
                Err(error) => tracing::debug!(%error, "not answered on the spot"),
            }
        }
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// Does a single statement that writes; how many rows it touched.
    pub async fn execute(&self, sql: impl SqlSafeStr, args: &[Arg]) -> Result<u64, StoreError> {
        let sql = sql.into_sql_str();
        match &self.engine {
            Engine::Lite(pools) => {
                let done = limited(&self.place, "writing", bound!(sql, args).execute(&pools.writer)).await?;
                Ok(done.rows_affected())
            }
            Engine::Pg(pool) => {
                let done = limited(&self.place, "writing", bound!(sql, args).execute(pool)).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Begins a transaction that writes. On SQLite it has the file for itself from here on: keep it short.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let engine = match &self.engine {
            Engine::Lite(pools) => {
                let begun = pools.writer.begin_with("BEGIN IMMEDIATE");
                TxEngine::Lite(limited(&self.place, "beginning to write", begun).await?)
            }
            Engine::Pg(pool) => TxEngine::Pg(limited(&self.place, "beginning to write", pool.begin()).await?),
        };
        Ok(Tx { engine, place: Arc::clone(&self.place) })
    }

    /// Begins a transaction that waits for every other one begun this way, in any process.
    pub(crate) async fn begin_alone(&self) -> Result<Tx, StoreError> {
        let mut tx = self.begin().await?;
        if let TxEngine::Pg(inner) = &mut tx.engine {
            let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ALONE).execute(&mut **inner);
            limited(&self.place, "waiting for another process to make the tables", lock).await?;
        }
        Ok(tx)
    }

    /// What a `SELECT` ends with that takes rows to change them: rows that somebody else is just taking are left
    /// out. SQLite's writers are alone anyway.
    pub fn take_free_rows(&self) -> &'static str {
        match &self.engine {
            Engine::Lite(_) => "",
            Engine::Pg(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// The database's own time in milliseconds, as a term of SQL: one time for all processes, whatever their
    /// machines' clocks say.
    pub fn now(&self) -> &'static str {
        match &self.engine {
            Engine::Lite(_) => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            Engine::Pg(_) => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        }
    }

    /// Whether it answers now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.fetch("SELECT 1 AS one", &[]).await.map(drop)
    }

    /// Closes the connections; on SQLite this empties the write-ahead log into the file. A server that is silent
    /// is not waited for.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSE_LIMIT, self.close_all()).await.is_err() {
            tracing::warn!(place = %self.place, "it does not answer; its connections are cut");
        }
    }

    async fn close_all(&self) {
        match &self.engine {
            Engine::Lite(pools) => pools.close().await,
            Engine::Pg(pool) => pool.close().await,
        }
    }

    fn row(&self, engine: RowEngine) -> Row {
        Row { engine, place: Arc::clone(&self.place) }
    }
}

impl Tx {
    /// All rows of a statement, which may write and return.
    pub async fn fetch(&mut self, sql: impl SqlSafeStr, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        let rows: Vec<RowEngine> = match &mut self.engine {
            TxEngine::Lite(tx) => {
                let rows = limited(&self.place, "reading", bound!(sql, args).fetch_all(&mut **tx)).await?;
                rows.into_iter().map(RowEngine::Lite).collect()
            }
            TxEngine::Pg(tx) => {
                let rows = limited(&self.place, "reading", bound!(sql, args).fetch_all(&mut **tx)).await?;
                rows.into_iter().map(RowEngine::Pg).collect()
            }
        };
        Ok(rows.into_iter().map(|engine| Row { engine, place: Arc::clone(&self.place) }).collect())
    }

    /// Does a statement; how many rows it touched.
    pub async fn execute(&mut self, sql: impl SqlSafeStr, args: &[Arg]) -> Result<u64, StoreError> {
        let sql = sql.into_sql_str();
        match &mut self.engine {
            TxEngine::Lite(tx) => {
                let done = limited(&self.place, "writing", bound!(sql, args).execute(&mut **tx)).await?;
                Ok(done.rows_affected())
            }
            TxEngine::Pg(tx) => {
                let done = limited(&self.place, "writing", bound!(sql, args).execute(&mut **tx)).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Does several statements, divided by semicolons.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match &mut self.engine {
            TxEngine::Lite(tx) => {
                limited(&self.place, "making the tables", sqlx::raw_sql(sql).execute(&mut **tx)).await?;
            }
            TxEngine::Pg(tx) => {
                limited(&self.place, "making the tables", sqlx::raw_sql(sql).execute(&mut **tx)).await?;
            }
        }
        Ok(())
    }

    /// Makes all of it happen at once.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.engine {
            TxEngine::Lite(tx) => limited(&self.place, "committing", tx.commit()).await,
            TxEngine::Pg(tx) => limited(&self.place, "committing", tx.commit()).await,
        }
    }
}

/// Waits for the database, but not for ever.
pub(super) async fn limited<T>(
    place: &str,
    doing: &'static str,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    let span = trace::store(if place.starts_with("sqlite:") { "sqlite" } else { "postgresql" }, doing);
    let answered = tokio::time::timeout(STATEMENT_LIMIT, work).instrument(span.clone()).await;
    let error = (!matches!(answered, Ok(Ok(_)))).then_some("failed");
    trace::ended(&span, if error.is_none() { "done" } else { "failed" }, error);
    match answered {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(sqlx::Error::PoolTimedOut)) => Err(StoreError::Unavailable {
            place: place.to_owned(),
            doing,
            cause: "no connection in time; is the server running, and reachable from here?".into(),
        }),
        Ok(Err(error)) => Err(sqlite::explain(place, doing, error)),
        Err(_) => Err(StoreError::Unavailable {
            place: place.to_owned(),
            doing,
            cause: format!("no answer within {} s", STATEMENT_LIMIT.as_secs()).into(),
        }),
    }
}
