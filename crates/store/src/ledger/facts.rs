//! Small state under a name: what one job must remember until its next run. Not for anything that grows.

use chrono::{DateTime, Utc};

use super::Ledger;
use crate::StoreError;

impl Ledger {
    /// The value under that name.
    pub async fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        let rows = self.db().await?.fetch("SELECT value FROM facts WHERE name = $1", &[name.into()]).await?;
        rows.first().map(|row| row.get("value")).transpose()
    }

    /// All values whose names begin so, by name, at most `most` of them.
    pub async fn facts_under(&self, begin: &str, most: u32) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT name, value FROM facts WHERE substr(name, 1, CAST($1 AS INTEGER)) = $2 ORDER BY name LIMIT $3";
        let length = i64::try_from(begin.chars().count()).unwrap_or(i64::MAX);
        let rows =
            self.db().await?.fetch(sql, &[length.into(), begin.into(), i64::from(most).into()]).await?;
        rows.iter().map(|row| Ok((row.get("name")?, row.get("value")?))).collect()
    }

    /// Puts a value under that name, in place of what was there.
    pub async fn set_fact(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO facts (name, value, changed) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed = excluded.changed";
        let mut tx = self.begin_write().await?;
        tx.execute(sql, &[name.into(), value.into(), now.into()]).await?;
        tx.commit().await
    }

    /// Removes what is under that name, if anything is.
    pub async fn remove_fact(&self, name: &str) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        tx.execute("DELETE FROM facts WHERE name = $1", &[name.into()]).await?;
        tx.commit().await
    }
}
