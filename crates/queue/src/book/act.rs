//! What people do to runs: stop one, have one tried again. Conflicts are explained, not hidden.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{OwnSql, Tx};

use super::row::{COLUMNS, view};
use super::{Book, ask, event};
use crate::run::{RunId, RunState, RunView};

/// What somebody wanted done could not be.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such run, or it is forgotten.
    #[error("there is no run {0}; it may be older than what is kept")]
    NoSuchRun(RunId),
    /// As things stand it cannot be done; says why, and what can be.
    #[error("{0}")]
    Conflict(String),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Book {
    /// Stops a run: at once if it waits, at its worker's next look if it works. The state that it is in now.
    pub(crate) async fn cancel(
        &self,
        run: RunId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<RunState, ActError> {
        let mut tx = self.db().await.map_err(ActError::Store)?.begin().await?;
        let known = locked(&mut tx, run, now).await?;
        let state = if known.state == RunState::Running {
            let sql = "UPDATE runs SET stop_asked_by = $2 WHERE id = $1";
            tx.execute(sql, &[(&run.to_string()).into(), by.into()]).await?;
            RunState::Running
        } else if known.state.is_final() {
            return Err(ActError::Conflict(over(&known, "it cannot be stopped any more")));
        } else {
            let sql =
                "UPDATE runs SET state = 'cancelled', finished = $2, twin = NULL, error = $3 WHERE id = $1";
            let why = format!("stopped by {by} while it waited");
            tx.execute(sql, &[(&run.to_string()).into(), now.into(), (&why).into()]).await?;
            RunState::Cancelled
        };
        let note = if state == RunState::Running { "is to be stopped, says" } else { "stopped by" };
        event::note(&mut tx, run, state, &format!("{note} {by}"), now).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Has a run that failed or was stopped tried again, with all its tries; one that waits for its next try has it
    /// at once.
    pub(crate) async fn retry(
        &self,
        run: RunId,
        by: &str,
        allowed: u32,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let mut tx = self.db().await.map_err(ActError::Store)?.begin().await?;
        let known = locked(&mut tx, run, now).await?;
        let state = match known.state {
            RunState::Failed | RunState::Cancelled => {
                revive(&mut tx, &known, allowed, now).await?;
                RunState::Pending
            }
            RunState::Retrying => {
                let sql = "UPDATE runs SET due = $2 WHERE id = $1";
                tx.execute(sql, &[(&run.to_string()).into(), now.into()]).await?;
                RunState::Retrying
            }
            RunState::Done => return Err(ActError::Conflict(over(&known, "start the task anew instead"))),
            RunState::Scheduled | RunState::Pending | RunState::Running => {
                let state = known.state.as_str();
                return Err(ActError::Conflict(format!(
                    "run {run} is {state}: there is nothing to try again"
                )));
            }
        };
        event::note(&mut tx, run, state, &format!("to be tried again, says {by}"), now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The run, which nobody else changes until the end of the transaction.
async fn locked(tx: &mut Tx, run: RunId, now: DateTime<Utc>) -> Result<RunView, ActError> {
    let sql = OwnSql(format!("UPDATE runs SET id = id WHERE id = $1 RETURNING {COLUMNS}"));
    let rows = tx.fetch(sql, &[(&run.to_string()).into()]).await?;
    let row = rows.first().ok_or(ActError::NoSuchRun(run))?;
    Ok(view(row, now)?)
}

async fn revive(tx: &mut Tx, known: &RunView, allowed: u32, now: DateTime<Utc>) -> Result<(), ActError> {
    let twin = ask::twin(&known.task, &known.arguments.to_string());
    let rows = tx.fetch("SELECT id FROM runs WHERE twin = $1", &[(&twin).into()]).await?;
    if let Some(row) = rows.first() {
        let other: String = row.get("id")?;
        return Err(ActError::Conflict(format!(
            "the same is asked for already: run {other} of {} waits or works; stop that one first, or let it do it",
            known.task
        )));
    }
    let sql = "UPDATE runs SET state = 'pending', twin = $2, spent = 0, allowed = $3, due = $4, finished = NULL \
               WHERE id = $1";
    let args = [(&known.id.to_string()).into(), (&twin).into(), i64::from(allowed).into(), now.into()];
    tx.execute(sql, &args).await?;
    Ok(())
}

fn over(known: &RunView, what_then: &str) -> String {
    let when =
        known.finished.map_or_else(String::new, |at| format!(" at {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
    format!("run {} is over ({}{when}): {what_then}", known.id, known.state.as_str())
}
