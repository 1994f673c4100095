//! The end of an attempt: the run's next state, its lock given back, its last lines, all at once; or nothing, if it
//! is in other hands by now.

use chrono::{DateTime, Utc};
use serde_json::Value;
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql, Tx, bounded};

use super::held::{Calls, Hold, Line, STILL_HELD, write_calls, write_lines};
use super::{Book, event};
use crate::progress::Step;
use crate::run::{RunId, RunState};

/// The longest error that is kept, in bytes.
pub(super) const ERROR_BYTES: usize = 10_000;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// With this result.
    Done(Value),
    /// It will be tried again then.
    Retry { error: String, due: DateTime<Utc> },
    /// For good.
    Failed(String),
    /// This one wanted it to stop.
    Cancelled(String),
    /// The worker stops in good order and gives it back; the attempt does not count.
    HandedBack,
}

impl End {
    fn state(&self) -> RunState {
        match self {
            Self::Done(_) => RunState::Done,
            Self::Retry { .. } => RunState::Retrying,
            Self::Failed(_) => RunState::Failed,
            Self::Cancelled(_) => RunState::Cancelled,
            Self::HandedBack => RunState::Pending,
        }
    }

    /// What an attempt that ended so is called.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Retry { .. } | Self::Failed(_) => "failed",
            Self::Cancelled(_) => "cancelled",
            Self::HandedBack => "handed back",
        }
    }

    fn error(&self) -> Option<String> {
        match self {
            Self::Done(_) | Self::HandedBack => None,
            Self::Retry { error, .. } | Self::Failed(error) => Some(bounded(error, ERROR_BYTES)),
            Self::Cancelled(by) => Some(format!("stopped by {by}")),
        }
    }

    fn note(&self) -> String {
        match self {
            Self::Done(_) => "done".to_owned(),
            Self::Retry { error, due } => {
                format!("failed, to be tried again at {}: {error}", due.format("%H:%M:%S UTC"))
            }
            Self::Failed(error) => format!("failed: {error}"),
            Self::Cancelled(by) => format!("stopped by {by}"),
            Self::HandedBack => "handed back by a worker that stops".to_owned(),
        }
    }
}

/// What an attempt leaves behind beside its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rest {
    pub(crate) step: Step,
    pub(crate) lines: Vec<Line>,
    pub(crate) calls: Calls,
}

impl Book {
    /// Ends the attempt; false if it was in other hands, and nothing happened.
    pub(crate) async fn finish(
        &self,
        hold: &Hold,
        end: &End,
        rest: &Rest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        let stopped = stopped_instead(&mut tx, hold, end).await?;
        let end = stopped.as_ref().unwrap_or(end);
        if !change(&mut tx, hold, end, &rest.step, now).await? {
            return Ok(false);
        }
        give_back_lock(&mut tx, hold.run).await?;
        end_attempt(&mut tx, hold, end.outcome(), end.error(), now).await?;
        event::note(&mut tx, hold.run, end.state(), &end.note(), now).await?;
        write_lines(&mut tx, hold, &rest.lines).await?;
        write_calls(&mut tx, hold, &rest.calls).await?;
        let failed = i64::from(end.outcome() == "failed");
        let sql = "UPDATE workers SET processed = processed + 1, failed = failed + $2 WHERE name = $1";
        tx.execute(sql, &[(&hold.worker).into(), failed.into()]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Somebody may have wanted the run to stop in the last moment: then it does not go on somewhere else.
async fn stopped_instead(tx: &mut Tx, hold: &Hold, end: &End) -> Result<Option<End>, StoreError> {
    if !matches!(end, End::Retry { .. } | End::HandedBack) {
        return Ok(None);
    }
    // The row is ours until the end: a wish comes before this or after it.
    let sql = OwnSql(format!("UPDATE runs SET state = state WHERE {STILL_HELD} RETURNING stop_asked_by"));
    let rows = tx.fetch(sql, &hold.args()).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(row.get::<Option<String>>("stop_asked_by")?.map(End::Cancelled))
}

async fn change(
    tx: &mut Tx,
    hold: &Hold,
    end: &End,
    step: &Step,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let state = end.state();
    let due = match end {
        End::Retry { due, .. } => Some(*due),
        End::HandedBack => Some(now),
        _ => None,
    };
    let result = if let End::Done(result) = end { Some(result.to_string()) } else { None };
    let sql = OwnSql(format!(
        "UPDATE runs SET state = $4, lease_until = NULL, due = COALESCE($5, due), \
         finished = CASE WHEN $6 = 1 THEN CAST($7 AS BIGINT) ELSE NULL END, \
         twin = CASE WHEN $6 = 1 THEN NULL ELSE twin END, spent = spent - $8, \
         result = COALESCE($9, result), error = $10, progress_done = $11, progress_total = $12, \
         progress_message = $13, stop_asked_by = NULL WHERE {STILL_HELD}"
    ));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let [run, worker, attempt] = hold.args();
    let args: [Arg; 13] = [
        run,
        worker,
        attempt,
        state.as_str().into(),
        due.into(),
        state.is_final().into(),
        now.into(),
        matches!(end, End::HandedBack).into(),
        result.as_deref().into(),
        end.error().as_deref().into(),
        number(step.done).into(),
        step.total.map(number).into(),
        (&bounded(&step.message, 300)).into(),
    ];
    Ok(tx.execute(sql, &args).await? == 1)
}

/// Gives the run's lock back, if it holds one. The number grows: what still writes in its name is refused.
pub(super) async fn give_back_lock(tx: &mut Tx, run: RunId) -> Result<(), StoreError> {
    let sql = "UPDATE run_locks SET run = NULL, fence = fence + 1 WHERE run = $1";
    tx.execute(sql, &[(&run.to_string()).into()]).await.map(drop)
}

pub(super) async fn end_attempt(
    tx: &mut Tx,
    hold: &Hold,
    outcome: &str,
    error: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE run_attempts SET finished = $3, outcome = $4, error = $5 WHERE run = $1 AND attempt = $2";
    let args = [
        (&hold.run.to_string()).into(),
        i64::from(hold.attempt).into(),
        now.into(),
        outcome.into(),
        error.as_deref().into(),
    ];
    tx.execute(sql, &args).await.map(drop)
}
