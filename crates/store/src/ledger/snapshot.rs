//! Reading much of the database at once, as of one moment and row by row; and what columns a table has. Knows no table.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::SqlSafeStr;

use super::db::{Engine, TxEngine, limited};
use super::row::RowEngine;
use super::{Db, Row, Tx};
use crate::{StoreError, sqlite};

/// For this transaction alone, in milliseconds; a process that is gone is noticed by its connection.
const PAUSE: &str = "SET LOCAL idle_in_transaction_session_timeout = 600000";

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableColumn {
    /// Its name.
    pub(crate) name: String,
    /// `bigint`, `text` or `double precision`.
    pub(crate) kind: String,
}

impl Db {
    /// Begins a transaction that only reads and sees one moment, however long it lasts.
    pub(crate) async fn begin_snapshot(&self) -> Result<Tx, StoreError> {
        let doing = "beginning to read";
        let engine = match &self.engine {
            Engine::Lite(pools) => TxEngine::Lite(limited(&self.place, doing, pools.readers.begin()).await?),
            Engine::Pg(pool) => {
                let mut tx = limited(&self.place, doing, pool.begin()).await?;
                let sql = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                limited(&self.place, doing, sqlx::query(sql).execute(&mut *tx)).await?;
                TxEngine::Pg(tx)
            }
        };
        Ok(Tx { engine, place: Arc::clone(&self.place) })
    }
}

impl Tx {
    /// Lets this transaction rest between statements for longer than others may: a slow disk or another server is waited
    /// for meanwhile.
    pub(crate) async fn may_pause(&mut self) -> Result<(), StoreError> {
        if matches!(self.engine, TxEngine::Pg(_)) {
            self.execute(PAUSE, &[]).await?;
        }
        Ok(())
    }

    /// Hands every row of a statement without parameters to `take`; only few are in memory at a time. May take as long
    /// as it needs.
    pub(crate) async fn each<E: From<StoreError>>(
        &mut self,
        sql: impl SqlSafeStr,
        mut take: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = &self.place;
        let failed = |error| sqlite::explain(place, "reading", error);
        let row = |engine| Row { engine, place: Arc::clone(place) };
        let sql = sql.into_sql_str();
        match &mut self.engine {
            TxEngine::Lite(tx) => {
                let mut rows = sqlx::query(sql).fetch(&mut **tx);
                while let Some(found) = rows.try_next().await.map_err(failed)? {
                    take(row(RowEngine::Lite(found)))?;
                }
            }
            TxEngine::Pg(tx) => {
                let mut rows = sqlx::query(sql).fetch(&mut **tx);
                while let Some(found) = rows.try_next().await.map_err(failed)? {
                    take(row(RowEngine::Pg(found)))?;
                }
            }
        }
        Ok(())
    }

    /// The table's columns in their order; none if there is no such table.
    pub(crate) async fn columns(&mut self, table: &str) -> Result<Vec<TableColumn>, StoreError> {
        let sql = match &self.engine {
            TxEngine::Lite(_) => "SELECT name, lower(type) AS kind FROM pragma_table_info($1) ORDER BY cid",
            TxEngine::Pg(_) => {
                "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind \
                 FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
            }
        };
        let rows = self.fetch(sql, &[table.into()]).await?;
        rows.iter().map(|row| Ok(TableColumn { name: row.get("name")?, kind: row.get("kind")? })).collect()
    }
}
