//! Word from a worker about a run that it works on: it lives, it got so far, it said this. And word back: whether
//! the run is still its own, and whether somebody wants it to stop.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql, Tx, bounded, insert};

use super::Book;
use crate::progress::Step;
use crate::run::RunId;

/// The longest log line that is kept, in bytes.
const LINE_BYTES: usize = 4_000;
/// The longest words of progress, in bytes.
const MESSAGE_BYTES: usize = 300;

/// A run in a worker's hands: this attempt and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) run: RunId,
    pub(crate) attempt: u32,
    pub(crate) worker: String,
}

impl Hold {
    /// Parameters `$1` to `$3` of [`STILL_HELD`].
    pub(super) fn args(&self) -> [Arg; 3] {
        [(&self.run.to_string()).into(), (&self.worker).into(), i64::from(self.attempt).into()]
    }
}

/// The condition that a run is still in these hands.
pub(super) const STILL_HELD: &str = "id = $1 AND worker = $2 AND attempt = $3 AND state = 'running'";

/// A log line of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: u32,
    pub(crate) at: DateTime<Utc>,
    pub(crate) level: &'static str,
    pub(crate) message: String,
}

/// What is to be written down of a run since the last time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beat {
    /// How long from now on the worker is to be believed alive, by the ledger's clock.
    pub(crate) lease: Option<Duration>,
    /// How far it is, if that changed.
    pub(crate) step: Option<Step>,
    /// New lines.
    pub(crate) lines: Vec<Line>,
}

impl Beat {
    fn is_empty(&self) -> bool {
        self.lease.is_none() && self.step.is_none() && self.lines.is_empty()
    }
}

/// Calls of one kind to one service: how many, how many failed, how long all took.
pub(crate) type Calls = BTreeMap<(String, String), (u64, u64, Duration)>;

/// What the worker hears back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// Go on.
    GoOn,
    /// This one wants it to stop.
    Stop(String),
    /// It belongs to somebody else by now, or to nobody.
    Lost,
}

impl Book {
    /// Writes word of a run down, if there is any, and brings word back.
    pub(crate) async fn beat(&self, hold: &Hold, beat: &Beat) -> Result<Word, StoreError> {
        let db = self.db().await?;
        if beat.is_empty() {
            let sql = OwnSql(format!("SELECT stop_asked_by FROM runs WHERE {STILL_HELD}"));
            return word(&db.fetch(sql, &hold.args()).await?);
        }
        let mut tx = db.begin().await?;
        let step = beat.step.as_ref();
        let sql = OwnSql(format!(
            "UPDATE runs SET lease_until = COALESCE({now} + $4, lease_until), \
                   progress_done = COALESCE($5, progress_done), \
                   progress_total = CASE WHEN $5 IS NULL THEN progress_total ELSE $6 END, \
                   progress_message = COALESCE($7, progress_message) \
                   WHERE {STILL_HELD} RETURNING stop_asked_by",
            now = db.now()
        ));
        let [run, worker, attempt] = hold.args();
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let message = step.map(|step| bounded(&step.message, MESSAGE_BYTES));
        let args = [
            run,
            worker,
            attempt,
            Arg::Int(beat.lease.map(|lease| i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))),
            step.map(|step| number(step.done)).into(),
            step.and_then(|step| step.total).map(number).into(),
            message.as_deref().into(),
        ];
        let word = word(&tx.fetch(sql, &args).await?)?;
        if word != Word::Lost {
            write_lines(&mut tx, hold, &beat.lines).await?;
        }
        tx.commit().await?;
        Ok(word)
    }
}

fn word(rows: &[t5g_store::ledger::Row]) -> Result<Word, StoreError> {
    let Some(row) = rows.first() else { return Ok(Word::Lost) };
    Ok(row.get::<Option<String>>("stop_asked_by")?.map_or(Word::GoOn, Word::Stop))
}

pub(super) async fn write_lines(tx: &mut Tx, hold: &Hold, lines: &[Line]) -> Result<(), StoreError> {
    let row = |line: &Line| {
        [
            (&hold.run.to_string()).into(),
            i64::from(hold.attempt).into(),
            i64::from(line.number).into(),
            line.at.into(),
            line.level.into(),
            (&bounded(&line.message, LINE_BYTES)).into(),
        ]
    };
    let head = "INSERT INTO run_logs (run, attempt, line, at, level, message)";
    insert(tx, head, lines.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await
}

pub(super) async fn write_calls(tx: &mut Tx, hold: &Hold, calls: &Calls) -> Result<(), StoreError> {
    let row = |((service, call), (count, failed, took)): (&(String, String), &(u64, u64, Duration))| {
        [
            (&hold.run.to_string()).into(),
            i64::from(hold.attempt).into(),
            service.into(),
            call.into(),
            (*count).into(),
            (*failed).into(),
            (*took).into(),
        ]
    };
    let head = "INSERT INTO run_calls (run, attempt, service, call, calls, failed, milliseconds)";
    insert(tx, head, calls.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await
}
