//! Taking the next run that may work: its time has come, its queue is not paused, those that it needs have ended
//! and its lock is free. The attempt is counted here, so that one that kills its worker counts too.

use std::time::Duration;

use t5g_model::clock::Clock;
use t5g_store::StoreError;
use t5g_store::documents::Fence;
use t5g_store::ledger::{Arg, Db, OwnSql, Row, Tx, places};
use t5g_telemetry::trace::Traceparent;

use super::aside::put_aside;
use super::row::{COLUMNS, id, view};
use super::{Book, event};
use crate::run::{RunId, RunState, RunView};

/// How often another candidate is tried after somebody else was quicker.
const TRIES: usize = 4;

/// Who takes, and what.
#[derive(Debug, Clone)]
pub(crate) struct Claim<'a> {
    pub(crate) worker: &'a str,
    /// The tasks that it can do.
    pub(crate) tasks: &'a [&'static str],
    /// Only these runs, pauses of queues notwithstanding; `None`: any.
    pub(crate) only: Option<&'a [RunId]>,
    /// How long the worker is believed alive without word from it, by the ledger's clock.
    pub(crate) lease: Duration,
    pub(crate) clock: &'a Clock,
}

/// A run that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) view: RunView,
    /// The lock that it holds now.
    pub(crate) fence: Option<Fence>,
    /// Where it was asked for, if that is known.
    pub(crate) asked_in: Option<Traceparent>,
}

impl Book {
    /// Takes one, if there is one.
    pub(crate) async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, StoreError> {
        let db = self.db().await?;
        let (sql, args) = candidates(claim);
        // A look that locks nothing: an idle worker writes nothing.
        if db.fetch(OwnSql(sql.clone()), &args).await?.is_empty() {
            return Ok(None);
        }
        for _ in 0..TRIES {
            match self.take(db, claim, &sql, &args).await? {
                Taken::Run(claimed) => return Ok(Some(*claimed)),
                Taken::None => return Ok(None),
                Taken::TryAgain => {}
            }
        }
        Ok(None)
    }

    async fn take(&self, db: &Db, claim: &Claim<'_>, sql: &str, args: &[Arg]) -> Result<Taken, StoreError> {
        let mut tx = db.begin().await?;
        let sql = OwnSql(format!("{sql}{}", db.take_free_rows()));
        let rows = tx.fetch(sql, args).await?;
        let Some(row) = rows.first() else { return Ok(Taken::None) };
        match take_row(db, &mut tx, claim, row).await {
            Ok(Taken::Run(claimed)) => {
                tx.commit().await?;
                Ok(Taken::Run(claimed))
            }
            Err(StoreError::Corrupt { reason, .. }) => {
                // What was begun with it did not happen.
                drop(tx);
                let mut tx = db.begin().await?;
                put_aside(&mut tx, &row.get::<String>("id")?, &reason, claim.clock.now()).await?;
                tx.commit().await?;
                Ok(Taken::TryAgain)
            }
            other => other,
        }
    }
}

async fn take_row(db: &Db, tx: &mut Tx, claim: &Claim<'_>, row: &Row) -> Result<Taken, StoreError> {
    let (run, exclusive) = (id(row, "id")?, row.get::<Option<String>>("exclusive")?);
    let fence = match exclusive {
        None => None,
        Some(lock) => match hold(tx, lock, run).await? {
            Some(fence) => Some(fence),
            None => return Ok(Taken::TryAgain),
        },
    };
    let (view, asked_in) = begin(db, tx, claim, run).await?;
    Ok(Taken::Run(Box::new(Claimed { view, fence, asked_in })))
}

enum Taken {
    Run(Box<Claimed>),
    None,
    /// Somebody else was quicker, or it was no run at all.
    TryAgain,
}

fn candidates(claim: &Claim<'_>) -> (String, Vec<Arg>) {
    let mut args: Vec<Arg> = vec![claim.clock.now().into()];
    args.extend(claim.tasks.iter().map(|task| Arg::from(*task)));
    let tasks = places(2, claim.tasks.len());
    let which = match claim.only {
        None => {
            "AND NOT EXISTS (SELECT 1 FROM queues q WHERE q.name = runs.queue AND q.paused_at IS NOT NULL)"
                .to_owned()
        }
        Some(only) => {
            let first = args.len() + 1;
            args.extend(only.iter().map(|run| Arg::from(&run.to_string())));
            format!("AND id IN ({})", places(first, only.len()))
        }
    };
    let sql = format!(
        "SELECT id, exclusive FROM runs WHERE state IN ('pending', 'retrying') AND due <= $1 AND task IN ({tasks}) \
         {which} AND NOT EXISTS (SELECT 1 FROM run_locks l WHERE l.name = runs.exclusive AND l.run IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM run_needs n JOIN runs p ON p.id = n.needs \
         WHERE n.run = runs.id AND p.state IN ('pending', 'retrying', 'running')) \
         ORDER BY due, id LIMIT 1"
    );
    (sql, args)
}

/// Takes the lock for that run; `None` if somebody has it by now.
async fn hold(tx: &mut Tx, lock: String, run: RunId) -> Result<Option<Fence>, StoreError> {
    let sql = "INSERT INTO run_locks (name, fence, run) VALUES ($1, 1, $2) \
               ON CONFLICT (name) DO UPDATE SET fence = run_locks.fence + 1, run = excluded.run \
               WHERE run_locks.run IS NULL RETURNING fence";
    let rows = tx.fetch(sql, &[(&lock).into(), (&run.to_string()).into()]).await?;
    rows.first().map(|row| Ok(Fence { lock, token: row.get("fence")? })).transpose()
}

async fn begin(
    db: &Db,
    tx: &mut Tx,
    claim: &Claim<'_>,
    run: RunId,
) -> Result<(RunView, Option<Traceparent>), StoreError> {
    // Not when it was asked for: what it needs may have ended while the ledger was waited for.
    let now = claim.clock.now();
    let sql = OwnSql(format!(
        "UPDATE runs SET state = 'running', attempt = attempt + 1, spent = spent + 1, worker = $2, \
         lease_until = {ledger_now} + $3, started = COALESCE(started, $4), progress_done = 0, progress_total = NULL, \
         progress_message = '' WHERE id = $1 RETURNING {COLUMNS}, traceparent",
        ledger_now = db.now()
    ));
    let args = [(&run.to_string()).into(), claim.worker.into(), claim.lease.into(), now.into()];
    let rows = tx.fetch(sql, &args).await?;
    let row = rows.first().ok_or_else(|| StoreError::Corrupt {
        place: "the ledger".to_owned(),
        reason: format!("run {run} vanished while it was taken"),
    })?;
    let view = view(row, now)?;
    let sql = "INSERT INTO run_attempts (run, attempt, worker, started) VALUES ($1, $2, $3, $4)";
    let attempt = Arg::from(i64::from(view.attempt));
    tx.execute(sql, &[(&run.to_string()).into(), attempt, claim.worker.into(), now.into()]).await?;
    let note = format!("attempt {} begun by {}", view.attempt, claim.worker);
    event::note(tx, run, RunState::Running, &note, now).await?;
    Ok((view, asked_in(row, run)?))
}

/// Where the run was asked for. What cannot be read stops no run: it has no link then.
fn asked_in(row: &Row, run: RunId) -> Result<Option<Traceparent>, StoreError> {
    let Some(text) = row.get::<Option<String>>("traceparent")? else { return Ok(None) };
    let read = text.parse::<Traceparent>();
    if let Err(error) = &read {
        tracing::warn!(%run, %error, "where the run was asked for cannot be read; its trace has no link");
    }
    Ok(read.ok())
}
