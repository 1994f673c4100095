//! The processes that work or watch the schedules: who they are, when they were last heard of.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use t5g_store::StoreError;
use t5g_store::ledger::Arg;

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
    /// When it was last heard of.
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
    pub(crate) seen: DateTime<Utc>,
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
        let sql = "INSERT INTO workers (name, host, process, version, roles, slots, started, seen, stopping) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) \
                   ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, stopping = excluded.stopping";
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
        self.db().await?.execute(sql, &args).await.map(drop)
    }

    /// Strikes a worker out.
    pub(crate) async fn worker_left(&self, name: &str) -> Result<(), StoreError> {
        self.db().await?.execute("DELETE FROM workers WHERE name = $1", &[name.into()]).await.map(drop)
    }

    /// Strikes a worker out that was not heard of since then.
    pub(crate) async fn forget_worker(&self, name: &str, before: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "DELETE FROM workers WHERE name = $1 AND seen < $2";
        self.db().await?.execute(sql, &[name.into(), before.into()]).await.map(drop)
    }

    /// All workers but that one: name, process, when last heard of. Asked often: as little as is needed.
    pub(crate) async fn others(&self, own: &str) -> Result<Vec<Other>, StoreError> {
        let sql = "SELECT name, process, seen FROM workers WHERE name <> $1";
        let rows = self.db().await?.fetch(sql, &[own.into()]).await?;
        rows.iter()
            .map(|row| {
                // A time that cannot be read is none since which it was heard of.
                let seen = row.time("seen").ok().flatten().unwrap_or(DateTime::UNIX_EPOCH);
                Ok(Other { name: row.get("name")?, process: row.get("process")?, seen })
            })
            .collect()
    }

    /// All workers, by name.
    pub(crate) async fn workers(&self) -> Result<Vec<WorkerView>, StoreError> {
        let sql = "SELECT name, host, version, roles, slots, started, seen, stopping, processed, failed, \
                   (SELECT COUNT(*) FROM runs WHERE runs.state = 'running' AND runs.worker = workers.name) AS running \
                   FROM workers ORDER BY name";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(WorkerView {
                    name: row.get("name")?,
                    host: row.get("host")?,
                    version: row.get("version")?,
                    roles: row.get("roles")?,
                    slots: row.number("slots")?,
                    started: row.some_time("started")?,
                    seen: row.some_time("seen")?,
                    stopping: row.get::<i64>("stopping")? != 0,
                    processed: row.count("processed")?,
                    failed: row.count("failed")?,
                    running: row.number("running")?,
                })
            })
            .collect()
    }
}
