//! The stores of the play, and the clock that all its processes look at.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_model::clock::Clock;
use t5g_queue::{Asker, Catalog, Launcher};
use t5g_store::documents::{Documents, Limits, open};
use t5g_store::ledger::{Arg, Ledger, OwnSql, Row};
use t5g_testkit::{Postgres, Redis};
use tokio::sync::Mutex;

use super::work;
use crate::support::wire::Wire;

/// Real servers, and the wires through which some of the processes reach them.
pub(super) struct Servers {
    pub(super) postgres: Mutex<Postgres>,
    pub(super) redis: Mutex<Redis>,
    pub(super) postgres_wire: Wire,
    pub(super) redis_wire: Wire,
}

/// Everything that outlives a process.
pub(super) struct Stage {
    pub(super) servers: Option<Servers>,
    /// Ledger and documents, as reached directly and through the wires.
    direct: [String; 2],
    wired: [String; 2],
    pub(super) ledger: Ledger,
    pub(super) documents: Documents,
    pub(super) launcher: Launcher,
    folder: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn on_servers() -> Self {
        let postgres = Postgres::alone().await.unwrap();
        // What was acknowledged survives its death: fences too.
        let options = ["--appendonly", "yes", "--appendfsync", "always"];
        let redis = Redis::start_with(&options).await.unwrap();
        let ledger = postgres.database().await.unwrap().url().to_owned();
        let postgres_wire = Wire::to(postgres.port()).await;
        let redis_wire = Wire::to(redis.port()).await;
        let wired =
            [postgres_wire.through(&ledger, postgres.port()), redis_wire.through(&redis.url(), redis.port())];
        let direct = [ledger, redis.url()];
        let (postgres, redis) = (Mutex::new(postgres), Mutex::new(redis));
        let servers = Servers { postgres, redis, postgres_wire, redis_wire };
        Self::set(Some(servers), direct, wired, tempfile::tempdir().unwrap()).await
    }

    pub(super) async fn in_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/t5g.db", folder.path().display());
        let both = [address.clone(), address];
        Self::set(None, both.clone(), both, folder).await
    }

    async fn set(
        servers: Option<Servers>,
        direct: [String; 2],
        wired: [String; 2],
        folder: tempfile::TempDir,
    ) -> Self {
        let ledger = Ledger::open(&direct[0]).await.unwrap();
        let documents = open(&direct[1], Limits::default()).await.unwrap();
        for table in work::TABLES {
            ledger.db().await.unwrap().execute(*table, &[]).await.unwrap();
        }
        let catalog = Catalog::new(work::definitions()).unwrap();
        let stage = folder.path().join("clock");
        turn(&stage, TimeDelta::zero());
        let launcher = Launcher::new(ledger.clone(), catalog, clock(stage), work::LEASE);
        Self { servers, direct, wired, ledger, documents, launcher, folder }
    }

    /// The addresses for the process of that number: some are near, some far.
    pub(super) fn addresses(&self, number: usize) -> &[String; 2] {
        if number.is_multiple_of(2) { &self.wired } else { &self.direct }
    }

    pub(super) fn clock_file(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Rows from the ledger; while that is down it is asked again.
    pub(super) async fn rows(&self, sql: &str, args: &[Arg]) -> Vec<Row> {
        loop {
            let db = self.ledger.db().await;
            match db {
                Ok(db) => match db.fetch(OwnSql(sql.to_owned()), args).await {
                    Ok(rows) => return rows,
                    Err(error) => tracing::debug!(%error, "asking again"),
                },
                Err(error) => tracing::debug!(%error, "asking again"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// One number, in the column `n`.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        self.rows(sql, &[]).await[0].get("n").unwrap()
    }

    /// Asks for the work of that number until somebody has heard it.
    pub(super) async fn ask(&self, number: u64) {
        let (task, arguments): (_, Value) = (work::task_of(number), json!({ "number": number }));
        while self.launcher.start(task, arguments.clone(), &Asker::program("chaos")).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Stage {
    /// Whoever reads of a failure reads what the processes said last.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read(self.log_file()).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<&str> = log.lines().collect();
            println!("{}", lines[lines.len().saturating_sub(300)..].join("\n"));
        }
    }
}

/// A clock that is ahead of the real one by as much as stands in that file.
pub(super) fn clock(file: PathBuf) -> Clock {
    Clock::new(move || real() + ahead(&file))
}

pub(super) fn ahead(file: &Path) -> TimeDelta {
    let text = String::from_utf8(std::fs::read(file).unwrap()).unwrap();
    TimeDelta::milliseconds(text.parse().unwrap())
}

/// Sets the clock ahead by so much: no reader finds half a number.
pub(super) fn turn(file: &Path, ahead: TimeDelta) {
    let new = file.with_extension("new");
    std::fs::write(&new, ahead.num_milliseconds().to_string()).unwrap();
    std::fs::rename(new, file).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a clock that runs must run by something")]
pub(super) fn real() -> DateTime<Utc> {
    Utc::now()
}
