//! Queues that people paused: their runs wait, whoever asks for them.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;

use super::Book;

/// A queue that is paused, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueueState {
    /// Its name.
    pub(crate) name: String,
    /// Since when, and by whom, it is paused.
    pub(crate) paused: Option<(DateTime<Utc>, String)>,
}

impl Book {
    /// The queues to which somebody did something.
    pub(crate) async fn queues(&self) -> Result<Vec<QueueState>, StoreError> {
        let sql = "SELECT name, paused_at, paused_by FROM queues ORDER BY name";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        rows.iter()
            .map(|row| {
                let (at, by) = (row.time("paused_at")?, row.get::<Option<String>>("paused_by")?);
                Ok(QueueState { name: row.get("name")?, paused: at.zip(by) })
            })
            .collect()
    }

    /// Pauses a queue, or takes it up again; false if it was so already.
    pub(crate) async fn pause_queue(
        &self,
        queue: &str,
        paused: Option<(DateTime<Utc>, &str)>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO queues (name, paused_at, paused_by) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by \
                   WHERE (queues.paused_at IS NULL) <> (excluded.paused_at IS NULL)";
        let (at, by) = paused.unzip();
        let db = self.db().await?;
        if paused.is_none() && self.queues().await?.iter().all(|known| known.name != queue) {
            return Ok(false);
        }
        Ok(db.execute(sql, &[queue.into(), at.into(), by.into()]).await? > 0)
    }
}
