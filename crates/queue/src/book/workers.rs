//! The processes that work or watch the schedules: who they are, when they were last heard of. That is written down by the
//! database's clock, and told by how long it was ago: machines' clocks differ.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql, Row};

use super::Book;

/// A worker, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerView {
    /// Its name, unique in the ledger.
    pub name: String,
    /// The machine.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// What it does: `worker`, `scheduler`, or both.
    pub roles: String,
    /// Runs that it works on at once, at most.
    pub slots: u32,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it was last heard of, by the clock of whoever looks.
    pub seen: DateTime<Utc>,
    /// Whether it takes no more runs because it stops.
    pub stopping: bool,
    /// Attempts that it ended.
    pub processed: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Runs that it works on now.
    pub running: u32,
}

/// Another worker, as far as it matters whether it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    pub(crate) name: String,
    /// Tells the process among those of its machine.
    pub(crate) process: String,
    /// How long nothing was heard of it.
    pub(crate) silence: TimeDelta,
}

/// Who a worker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) process: String,
    pub(crate) version: String,
    pub(crate) roles: String,
    pub(crate) slots: u32,
}

/// A sign of life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) now: DateTime<Utc>,
    pub(crate) stopping: bool,
}

impl Book {
    /// Enters a worker, or says that it lives. One that was taken for dead and removed comes back.
    pub(crate) async fn worker_lives(&self, who: &Identity, seen: Seen) -> Result<(), StoreError> {
        let db = self.db().await?;
        let sql = format!(
            "INSERT INTO workers (name, host, process, version, roles, slots, started, seen, stopping) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, $8) \
             ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, stopping = excluded.stopping",
            now = db.now()
        );
        let args: [Arg; 8] = [
            (&who.name).into(),
            (&who.host).into(),
            (&who.process).into(),
            (&who.version).into(),
            (&who.roles).into(),
            i64::from(who.slots).into(),
            seen.now.into(),
            seen.stopping.into(),
        ];
        db.execute(OwnSql(sql), &args).await.map(drop)
    }

    /// Strikes a worker out.
    pub(crate) async fn worker_left(&self, name: &str) -> Result<(), StoreError> {
        self.db().await?.execute("DELETE FROM workers WHERE name = $1", &[name.into()]).await.map(drop)
    }

    /// Strikes a worker out that was not heard of for so long.
    pub(crate) async fn forget_worker(&self, name: &str, silence: TimeDelta) -> Result<(), StoreError> {
        let db = self.db().await?;
        let sql = OwnSql(format!("DELETE FROM workers WHERE name = $1 AND seen < {} - $2", db.now()));
        db.execute(sql, &[name.into(), silence.num_milliseconds().into()]).await.map(drop)
    }

    /// All workers but that one: name, process, for how long silent. Asked often: as little as is needed.
    pub(crate) async fn others(&self, own: &str) -> Result<Vec<Other>, StoreError> {
        let db = self.db().await?;
        let sql = format!("SELECT name, process, seen, {} AS asked FROM workers WHERE name <> $1", db.now());
        let rows = db.fetch(OwnSql(sql), &[own.into()]).await?;
        rows.iter()
            .map(|row| {
                // A time that cannot be read is none since which it was heard of.
                let seen = row.time("seen").ok().flatten().unwrap_or(DateTime::UNIX_EPOCH);
                let silence = row.some_time("asked")? - seen;
                Ok(Other { name: row.get("name")?, process: row.get("process")?, silence })
            })
            .collect()
    }

    /// All workers, by name. `now` is the time of whoever looks.
    pub(crate) async fn workers(&self, now: DateTime<Utc>) -> Result<Vec<WorkerView>, StoreError> {
        let db = self.db().await?;
        let sql = format!(
            "SELECT name, host, version, roles, slots, started, seen, stopping, processed, failed, {asked} AS asked, \
             (SELECT COUNT(*) FROM runs WHERE runs.state = 'running' AND runs.worker = workers.name) AS running \
             FROM workers ORDER BY name",
            asked = db.now()
        );
        let rows = db.fetch(OwnSql(sql), &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(WorkerView {
                    name: row.get("name")?,
                    host: row.get("host")?,
                    version: row.get("version")?,
                    roles: row.get("roles")?,
                    slots: row.number("slots")?,
                    started: row.some_time("started")?,
                    seen: heard(row, now)?,
                    stopping: row.get::<i64>("stopping")? != 0,
                    processed: row.count("processed")?,
                    failed: row.count("failed")?,
                    running: row.number("running")?,
                })
            })
            .collect()
    }
}

/// When the worker was last heard of, by the clock that says `now`.
fn heard(row: &Row, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
    let silence = row.some_time("asked")? - row.some_time("seen")?;
    Ok(now.checked_sub_signed(silence).unwrap_or(DateTime::<Utc>::MIN_UTC))
}
