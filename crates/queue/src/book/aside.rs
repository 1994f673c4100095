//! Runs whose row cannot be read, as a hand or another version may have left it: put aside as failed, saying what is
//! wrong, so that they neither stop the others nor vanish.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Row, Tx};

use super::event;
use crate::run::RunState;

/// Ends the run of that id, whatever it is.
pub(super) async fn put_aside(
    tx: &mut Tx,
    id: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    tracing::error!(run = id, reason, "a run cannot be read; it is put aside as failed");
    let error = format!("it cannot be read from the ledger: {reason}");
    let sql = "UPDATE runs SET state = 'failed', finished = $2, twin = NULL, lease_until = NULL, error = $3 \
               WHERE id = $1";
    tx.execute(sql, &[id.into(), now.into(), (&error).into()]).await?;
    let sql = "UPDATE run_locks SET run = NULL, fence = fence + 1 WHERE run = $1";
    tx.execute(sql, &[id.into()]).await?;
    event::note(tx, id, RunState::Failed, &error, now).await
}

/// What can be read of these rows, and of each other one why not.
pub(super) fn readable<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<(Vec<T>, Vec<String>), StoreError> {
    let (mut good, mut bad) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match read(row) {
            Ok(one) => good.push(one),
            Err(StoreError::Corrupt { reason, .. }) => {
                let id: String = row.get("id")?;
                tracing::error!(run = id, reason, "a run cannot be read");
                bad.push(format!("run {id}: {reason}"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((good, bad))
}
