//! What happened to a run, line by line; the caller has the run's row for itself.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Tx, bounded};

use crate::run::RunState;

/// The longest note, in bytes.
const NOTE_BYTES: usize = 2_000;

/// Notes that the run came into that state.
pub(super) async fn note(
    tx: &mut Tx,
    run: impl ToString,
    state: RunState,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO run_events (run, number, at, state, note) \
               SELECT CAST($1 AS TEXT), COALESCE(MAX(number), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS TEXT), \
               CAST($4 AS TEXT) FROM run_events WHERE run = $1";
    let note = bounded(note, NOTE_BYTES);
    let args = [(&run.to_string()).into(), now.into(), state.as_str().into(), (&note).into()];
    tx.execute(sql, &args).await.map(drop)
}
