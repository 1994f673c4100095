//! What the processes of the play do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_queue::{Engine, MissedTick, Registry, Retry, Role, RunContext, Settings, Task, TaskDefinition};
use t5g_store::StoreError;
use t5g_store::documents::{Documents, Fence, Guard, Limits, open};
use t5g_store::ledger::Ledger;
use tokio::signal::unix::{SignalKind, signal};

use super::stage;
use crate::support::hand::task;
use crate::support::house::DocumentFencing;

pub(super) const LEDGER: &str = "T5G_CHAOS_LEDGER";
pub(super) const DOCUMENTS: &str = "T5G_CHAOS_DOCUMENTS";
pub(super) const CLOCK: &str = "T5G_CHAOS_CLOCK";
pub(super) const PART: &str = "T5G_CHAOS_PART";

/// How long a worker is believed alive without word from it.
pub(super) const LEASE: Duration = Duration::from_millis(1_500);
/// How often an exclusive run writes.
pub(super) const STEPS: i64 = 3;
/// The tries of a run that kills its workers.
pub(super) const POISON_TRIES: u32 = 3;

/// Where exclusive runs write in the ledger, in order; and how often one was refused.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE chaos_writes (number BIGINT PRIMARY KEY, token BIGINT NOT NULL, run TEXT NOT NULL, \
     step BIGINT NOT NULL)",
    "CREATE TABLE chaos_refused (run TEXT NOT NULL)",
];

/// The task that does the work of that number.
pub(super) fn task_of(number: u64) -> &'static str {
    match number % 40 {
        0 => "poison",
        1 | 21 => "panics",
        2..=5 => "exclusive",
        22..=25 => "exclusive_too",
        6..=8 | 26..=28 => "slow",
        9 | 10 | 29 | 30 => "fails_twice",
        _ => "quick",
    }
}

pub(super) fn definitions() -> Vec<TaskDefinition> {
    // What happens to their workers shall not use the tries up.
    let often = |name| TaskDefinition { retry: tries(60), ..task(name) };
    let exclusive = |name| TaskDefinition { exclusive: Some("cards"), ..often(name) };
    vec![
        often("quick"),
        often("slow"),
        often("fails_twice"),
        exclusive("exclusive"),
        exclusive("exclusive_too"),
        TaskDefinition { retry: tries(2), ..task("panics") },
        TaskDefinition { retry: tries(POISON_TRIES), ..task("poison") },
        TaskDefinition {
            schedule: Some("* * * * *".to_owned()),
            missed: MissedTick::FireOnce,
            ..often("ticking")
        },
    ]
}

fn tries(attempts: u32) -> Retry {
    Retry { attempts, first_pause: Duration::from_millis(200) }
}

/// Does all tasks.
struct Player {
    name: &'static str,
    ledger: Ledger,
    documents: Documents,
}

#[async_trait]
impl Task for Player {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        match self.name {
            "slow" => {
                run.progress.begin("walking", Some(10));
                for _ in 0..10 {
                    tokio::time::sleep(Duration::from_millis(60)).await;
                    run.progress.advance(1);
                }
            }
            "fails_twice" if run.attempt < 3 => bail!("not yet"),
            "panics" => panic!("out of cheese"),
            "poison" => std::process::abort(),
            "exclusive" | "exclusive_too" => {
                let fence = run.fence.clone().context("it holds no lock")?;
                let written = self.write_all(&run, &fence).await;
                if matches!(
                    written.as_ref().map_err(|error| error.downcast_ref()),
                    Err(Some(StoreError::Fenced { .. }))
                ) {
                    let sql = "INSERT INTO chaos_refused (run) VALUES ($1)";
                    self.ledger.db().await?.execute(sql, &[(&run.id.to_string()).into()]).await?;
                }
                written?;
            }
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
        Ok(run.arguments)
    }
}

impl Player {
    /// Writes some steps under the lock: each first into the document, then into the ledger.
    async fn write_all(&self, run: &RunContext, fence: &Fence) -> anyhow::Result<()> {
        let ledger = self.ledger.under(Some(fence.clone()));
        for step in 0..STEPS {
            // Between reading and writing there is time to be stopped in.
            let stored = self.documents.read(Document::Cards).await?;
            let mut steps: Vec<Value> = match stored {
                Some(stored) => serde_json::from_slice(&stored.bytes)?,
                None => Vec::new(),
            };
            tokio::time::sleep(Duration::from_millis(60)).await;
            steps.push(json!([fence.token, step]));
            let batch = [(Document::Cards, Bytes::from(serde_json::to_vec(&steps)?))];
            let guard = Guard { fence: Some(fence.clone()), ..Guard::default() };
            self.documents.replace(&batch, &guard).await?;
            let mut tx = ledger.begin_write().await?;
            let sql = "INSERT INTO chaos_writes (number, token, run, step) \
                       SELECT COALESCE(MAX(number), 0) + 1, CAST($1 AS BIGINT), CAST($2 AS TEXT), \
                       CAST($3 AS BIGINT) FROM chaos_writes";
            tx.execute(sql, &[fence.token.into(), (&run.id.to_string()).into(), step.into()]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the chaos"]
async fn act() {
    let set = |name| std::env::var(name).expect("only another test starts this one");
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // Nobody is left who would end this process: it ends itself.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(1);
    });
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    let engine = tokio::select! {
        engine = engine(set) => engine,
        _ = terminate.recv() => return,
    };
    terminate.recv().await;
    engine.shutdown(Duration::from_secs(10)).await;
}

async fn engine(set: impl Fn(&'static str) -> String) -> Engine {
    let ledger = again(async || Ledger::open(&set(LEDGER)).await.ok()).await;
    let documents = again(async || open(&set(DOCUMENTS), Limits::default()).await.ok()).await;
    let mut registry = Registry::default();
    for definition in definitions() {
        let (name, ledger, documents) = (definition.name, ledger.clone(), Arc::clone(&documents));
        registry.add(definition, Arc::new(Player { name, ledger, documents }));
    }
    let settings = Settings {
        slots: 3,
        lease: LEASE,
        poll: Duration::from_millis(50),
        look: Duration::from_millis(100),
        keep: Duration::from_hours(24 * 365),
        ..Settings::new(
            stage::clock(PathBuf::from(set(CLOCK))),
            u64::from(std::process::id()),
            Arc::new(DocumentFencing(documents)),
        )
    };
    let engine = Engine::new(ledger, registry, settings).unwrap();
    again(async || engine.recover().await.ok()).await;
    let roles: Vec<Role> =
        set(PART).split(' ').map(|part| if part == "worker" { Role::Work } else { Role::Schedule }).collect();
    engine.begin(&roles).await;
    engine
}

/// Until the stores are there.
async fn again<T>(mut trial: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(done) = trial().await {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
