//! Runs whose worker is gone: back to the queue, or failed when they may not be tried any more.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql, Row, Tx, places};

use super::aside::put_aside;
use super::finish::{end_attempt, give_back_lock};
use super::held::Hold;
use super::row::id;
use super::{Book, event};
use crate::run::{RunId, RunState};

/// So many are looked after at a time: locks are held meanwhile.
const AT_A_TIME: usize = 50;

/// An attempt whose worker is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) hold: Hold,
    pub(crate) task: String,
    /// Attempts that count, this one included.
    pub(crate) spent: u32,
    pub(crate) allowed: u32,
    stop_asked_by: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reaped {
    pub(crate) run: RunId,
    pub(crate) task: String,
    pub(crate) state: RunState,
}

impl Book {
    /// Looks after the attempts whose lease has run out or whose worker is one of those that are known to be
    /// dead. `again_at` says when one may be tried again.
    pub(crate) async fn reap(
        &self,
        dead: &[String],
        now: DateTime<Utc>,
        again_at: impl Fn(&Lost) -> DateTime<Utc>,
    ) -> Result<Vec<Reaped>, StoreError> {
        let db = self.db().await?;
        let args: Vec<Arg> = dead.iter().map(Arg::from).collect();
        let dead =
            if dead.is_empty() { String::new() } else { format!("OR worker IN ({})", places(1, dead.len())) };
        let sql = format!(
            "SELECT id, task, worker, attempt, spent, allowed, stop_asked_by FROM runs \
             WHERE state = 'running' AND (lease_until < {time} {dead}) ORDER BY lease_until LIMIT {AT_A_TIME}",
            time = db.now()
        );
        if db.fetch(OwnSql(sql.clone()), &args).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = db.begin().await?;
        let rows = tx.fetch(OwnSql(format!("{sql}{}", db.take_free_rows())), &args).await?;
        let mut reaped = Vec::with_capacity(rows.len());
        for row in &rows {
            let lost = match lost(row) {
                Err(StoreError::Corrupt { reason, .. }) => {
                    put_aside(&mut tx, &row.get::<String>("id")?, &reason, now).await?;
                    continue;
                }
                lost => lost?,
            };
            let due = again_at(&lost);
            let state = bury(&mut tx, &lost, due, now).await?;
            reaped.push(Reaped { run: lost.hold.run, task: lost.task, state });
        }
        tx.commit().await?;
        Ok(reaped)
    }
}

fn lost(row: &Row) -> Result<Lost, StoreError> {
    Ok(Lost {
        hold: Hold {
            run: id(row, "id")?,
            attempt: row.number("attempt")?,
            worker: row.get::<Option<String>>("worker")?.unwrap_or_default(),
        },
        task: row.get("task")?,
        spent: row.number("spent")?,
        allowed: row.number("allowed")?,
        stop_asked_by: row.get("stop_asked_by")?,
    })
}

async fn bury(
    tx: &mut Tx,
    lost: &Lost,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<RunState, StoreError> {
    let Lost { hold, spent, allowed, .. } = lost;
    let (state, error) = match &lost.stop_asked_by {
        Some(by) => {
            (RunState::Cancelled, format!("stopped by {by}; its worker {} died meanwhile", hold.worker))
        }
        None if spent >= allowed => (
            RunState::Failed,
            format!("its worker {} died or went silent ({spent} of {allowed} tries)", hold.worker),
        ),
        None => (RunState::Retrying, format!("its worker {} died or went silent", hold.worker)),
    };
    let sql = "UPDATE runs SET state = $2, lease_until = NULL, due = $3, error = $4, stop_asked_by = NULL, \
               finished = CASE WHEN $5 = 1 THEN CAST($6 AS BIGINT) ELSE NULL END, \
               twin = CASE WHEN $5 = 1 THEN NULL ELSE twin END WHERE id = $1";
    let args = [
        (&hold.run.to_string()).into(),
        state.as_str().into(),
        due.into(),
        (&error).into(),
        state.is_final().into(),
        now.into(),
    ];
    tx.execute(sql, &args).await?;
    give_back_lock(tx, hold.run).await?;
    end_attempt(tx, hold, "lost", Some(error.clone()), now).await?;
    event::note(tx, hold.run, state, &error, now).await?;
    Ok(state)
}
