//! Everything that is known of one run.

use std::time::Duration;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, Db, OwnSql};

use super::Book;
use super::row::{COLUMNS, id, view};
use crate::run::{RunId, RunState, RunView};

/// Log lines that one answer holds, the latest.
const LINES: usize = 1_000;

/// A run with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetail {
    /// The run itself.
    pub run: RunView,
    /// Its tries, in order.
    pub attempts: Vec<AttemptView>,
    /// What happened to it, in order.
    pub events: Vec<EventView>,
    /// Its log lines, in order; the latest thousand.
    pub lines: Vec<LineView>,
    /// What it asked of other services.
    pub calls: Vec<CallView>,
    /// Runs that must have ended before it works.
    pub needs: Vec<RunId>,
}

/// One try of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptView {
    /// Its number, from 1.
    pub attempt: u32,
    /// Who worked on it.
    pub worker: String,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended; `None` while it works.
    pub finished: Option<DateTime<Utc>>,
    /// How it ended: done, failed, cancelled, handed back, lost.
    pub outcome: Option<String>,
    /// Why, if not well.
    pub error: Option<String>,
}

/// Something that happened to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventView {
    /// When.
    pub at: DateTime<Utc>,
    /// The state it came into.
    pub state: RunState,
    /// What happened, in words.
    pub note: String,
}

/// A line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineView {
    /// In which try.
    pub attempt: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// `INFO`, `WARN`, `ERROR`.
    pub level: String,
    /// What it says; text from outside may be in it.
    pub message: String,
}

/// Calls of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallView {
    /// In which try.
    pub attempt: u32,
    /// Of which service.
    pub service: String,
    /// Which call.
    pub call: String,
    /// How many.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How long all took together.
    #[serde(
        serialize_with = "as_milliseconds",
        deserialize_with = "of_milliseconds",
        rename = "milliseconds"
    )]
    #[schemars(with = "u64")]
    pub took: Duration,
}

fn as_milliseconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(took.as_millis())
}

fn of_milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

impl Book {
    /// The run of that id.
    pub(crate) async fn run(&self, run: RunId, now: DateTime<Utc>) -> Result<Option<RunView>, StoreError> {
        let sql = OwnSql(format!("SELECT {COLUMNS} FROM runs WHERE id = $1"));
        let rows = self.db().await?.fetch(sql, &[(&run.to_string()).into()]).await?;
        rows.first().map(|row| view(row, now)).transpose()
    }

    /// The run of that id with all that belongs to it.
    pub(crate) async fn detail(
        &self,
        run: RunId,
        now: DateTime<Utc>,
    ) -> Result<Option<RunDetail>, StoreError> {
        let Some(known) = self.run(run, now).await? else { return Ok(None) };
        let (db, args) = (self.db().await?, [Arg::from(&run.to_string())]);
        Ok(Some(RunDetail {
            run: known,
            attempts: attempts(db, &args).await?,
            events: events(db, &args).await?,
            lines: lines(db, &args).await?,
            calls: calls(db, &args).await?,
            needs: {
                let rows =
                    db.fetch("SELECT needs FROM run_needs WHERE run = $1 ORDER BY needs", &args).await?;
                rows.iter().map(|row| id(row, "needs")).collect::<Result<_, _>>()?
            },
        }))
    }
}

async fn attempts(db: &Db, args: &[Arg]) -> Result<Vec<AttemptView>, StoreError> {
    let sql = "SELECT attempt, worker, started, finished, outcome, error FROM run_attempts WHERE run = $1 \
               ORDER BY attempt";
    let rows = db.fetch(sql, args).await?;
    rows.iter()
        .map(|row| {
            Ok(AttemptView {
                attempt: row.number("attempt")?,
                worker: row.get("worker")?,
                started: row.some_time("started")?,
                finished: row.time("finished")?,
                outcome: row.get("outcome")?,
                error: row.get("error")?,
            })
        })
        .collect()
}

async fn events(db: &Db, args: &[Arg]) -> Result<Vec<EventView>, StoreError> {
    let rows =
        db.fetch("SELECT at, state, note FROM run_events WHERE run = $1 ORDER BY number", args).await?;
    rows.iter()
        .map(|row| {
            let state = row.word("state", RunState::by_word)?;
            Ok(EventView { at: row.some_time("at")?, state, note: row.get("note")? })
        })
        .collect()
}

async fn lines(db: &Db, args: &[Arg]) -> Result<Vec<LineView>, StoreError> {
    let sql = format!(
        "SELECT attempt, at, level, message FROM run_logs WHERE run = $1 ORDER BY attempt DESC, line DESC LIMIT {LINES}"
    );
    let rows = db.fetch(OwnSql(sql), args).await?;
    rows.iter()
        .rev()
        .map(|row| {
            Ok(LineView {
                attempt: row.number("attempt")?,
                at: row.some_time("at")?,
                level: row.get("level")?,
                message: row.get("message")?,
            })
        })
        .collect()
}

async fn calls(db: &Db, args: &[Arg]) -> Result<Vec<CallView>, StoreError> {
    let sql = "SELECT attempt, service, call, calls, failed, milliseconds FROM run_calls WHERE run = $1 \
               ORDER BY attempt, service, call";
    let rows = db.fetch(sql, args).await?;
    rows.iter()
        .map(|row| {
            Ok(CallView {
                attempt: row.number("attempt")?,
                service: row.get("service")?,
                call: row.get("call")?,
                calls: row.count("calls")?,
                failed: row.count("failed")?,
                took: row.span("milliseconds")?.unwrap_or_default(),
            })
        })
        .collect()
}
