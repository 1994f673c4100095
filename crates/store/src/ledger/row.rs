//! One row of an answer, read alike from both databases. What cannot be is an error that names the column.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Postgres, Row as _, Sqlite, Type};

use crate::StoreError;
use crate::spot::SpotRow;

/// One row of an answer.
#[derive(Debug)]
pub struct Row {
    pub(super) engine: RowEngine,
    pub(super) place: Arc<str>,
}

#[derive(Debug)]
pub(super) enum RowEngine {
    Lite(SqliteRow),
    Spot(SpotRow),
    Pg(PgRow),
}

/// What a column can be read as: `i64`, `f64`, `String`, and each as an `Option`.
pub trait Column:
    for<'r> sqlx::Decode<'r, Sqlite>
    + Type<Sqlite>
    + for<'r> sqlx::Decode<'r, Postgres>
    + Type<Postgres>
    + FromSql
{
}

impl<T> Column for T where
    T: for<'r> sqlx::Decode<'r, Sqlite>
        + Type<Sqlite>
        + for<'r> sqlx::Decode<'r, Postgres>
        + Type<Postgres>
        + FromSql
{
}

impl Row {
    /// The column's value.
    pub fn get<T: Column>(&self, column: &str) -> Result<T, StoreError> {
        let value = match &self.engine {
            RowEngine::Lite(row) => row.try_get(column).map_err(|error| error.to_string()),
            RowEngine::Spot(row) => row.get(column),
            RowEngine::Pg(row) => row.try_get(column).map_err(|error| error.to_string()),
        };
        value.map_err(|error| self.unreadable(column, &error))
    }

    /// A column of milliseconds as a time.
    pub fn time(&self, column: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(milliseconds) = self.get::<Option<i64>>(column)? else { return Ok(None) };
        let time = DateTime::from_timestamp_millis(milliseconds);
        time.map(Some).ok_or_else(|| self.unreadable(column, &format!("{milliseconds} is no time")))
    }

    /// A column that must hold a time.
    pub fn some_time(&self, column: &str) -> Result<DateTime<Utc>, StoreError> {
        self.time(column)?.ok_or_else(|| self.unreadable(column, "it is empty"))
    }

    /// A column that counts; one below zero counts as none.
    pub fn count(&self, column: &str) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.get::<i64>(column)?).unwrap_or(0))
    }

    /// The same where it is no larger than that.
    pub fn number(&self, column: &str) -> Result<u32, StoreError> {
        Ok(u32::try_from(self.count(column)?).unwrap_or(u32::MAX))
    }

    /// A word that stands for a variant; an error if this version does not know it.
    pub fn word<T>(&self, column: &str, read: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let word: String = self.get(column)?;
        read(&word).ok_or_else(|| self.unreadable(column, &format!("{word:?} is none of the words for it")))
    }

    /// A column of milliseconds as a span.
    pub fn span(&self, column: &str) -> Result<Option<Duration>, StoreError> {
        let milliseconds = self.get::<Option<i64>>(column)?;
        Ok(milliseconds.and_then(|span| u64::try_from(span).ok()).map(Duration::from_millis))
    }

    /// A column of JSON as a type.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|error| self.unreadable(column, &error.to_string()))
    }

    /// The error that this column holds what cannot be.
    pub fn unreadable(&self, column: &str, reason: &str) -> StoreError {
        StoreError::Corrupt { place: self.place.to_string(), reason: format!("column {column}: {reason}") }
    }
}
