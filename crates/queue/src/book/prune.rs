//! Forgetting what is older than wanted. The latest success of each task is kept, and every run that is not over.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql, places};

use super::Book;

/// Runs that are forgotten at a time: others want to write too.
const AT_A_TIME: usize = 200;

/// The tables whose rows belong to a run, and the column that says to which; the run itself last.
const PARTS: [(&str, &str); 6] = [
    ("run_logs", "run"),
    ("run_calls", "run"),
    ("run_events", "run"),
    ("run_attempts", "run"),
    ("run_needs", "run"),
    ("runs", "id"),
];

impl Book {
    /// Forgets runs that ended before then, and ticks that were noticed before; how many runs. The latest tick of
    /// each schedule stays: it says which comes next.
    pub(crate) async fn prune(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let ticks = "DELETE FROM ticks WHERE noticed < $1 AND tick < (SELECT MAX(t.tick) FROM ticks t \
                     WHERE t.task = ticks.task)";
        self.db().await?.execute(ticks, &[before.into()]).await?;
        let mut forgotten = 0;
        loop {
            let some = self.prune_some(before).await?;
            forgotten += some;
            if some == 0 {
                return Ok(forgotten);
            }
        }
    }

    async fn prune_some(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let db = self.db().await?;
        let old = format!(
            "SELECT id FROM runs WHERE state IN ('done', 'failed', 'cancelled') AND finished < $1 \
             AND NOT (state = 'done' AND finished = (SELECT MAX(l.finished) FROM runs l \
             WHERE l.task = runs.task AND l.state = 'done')) LIMIT {AT_A_TIME}"
        );
        // A look that locks nothing comes first.
        if db.fetch(OwnSql(old.clone()), &[before.into()]).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = db.begin().await?;
        // From here on nobody has one of them tried again.
        let rows = tx.fetch(OwnSql(format!("{old}{}", db.take_free_rows())), &[before.into()]).await?;
        let ids = rows.iter().map(|row| row.get::<String>("id").map(|id| Arg::from(&id)));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let mut gone = 0;
        if !ids.is_empty() {
            for (table, column) in PARTS {
                let sql = format!("DELETE FROM {table} WHERE {column} IN ({})", places(1, ids.len()));
                gone = tx.execute(OwnSql(sql), &ids).await?;
            }
            tx.commit().await?;
        }
        Ok(gone)
    }
}
