//! What the tests' tasks do, told by their runs' arguments, and what they noticed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use anyhow::{anyhow, bail};
use async_trait::async_trait;
use serde_json::{Value, json};
use t5g_model::names::Role;
use t5g_queue::{
    CALL_TARGET, Launcher, MissedTick, Permanent, Retry, RunContext, RunId, Task, TaskDefinition,
};
use t5g_store::documents::Fence;
use t5g_store::ledger::Ledger;
use tokio::sync::Semaphore;

/// Does all tasks of the tests.
pub(crate) struct Hand {
    /// Where those wait that are told to.
    pub(crate) gate: Semaphore,
    pub(crate) inside: AtomicUsize,
    pub(crate) most_inside: AtomicUsize,
    /// Work that ended before its own end.
    pub(crate) dropped: AtomicUsize,
    /// The locks with which work began, in order.
    pub(crate) fences: Mutex<Vec<Fence>>,
    begun: Mutex<BTreeMap<RunId, u32>>,
    /// What the task uses that meddles with its own run.
    pub(crate) means: OnceLock<(Launcher, Ledger)>,
}

impl Hand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            inside: AtomicUsize::new(0),
            most_inside: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            fences: Mutex::default(),
            begun: Mutex::default(),
            means: OnceLock::new(),
        })
    }

    /// How often work on that run began.
    pub(crate) fn begun(&self, run: RunId) -> u32 {
        self.begun.lock().unwrap().get(&run).copied().unwrap_or(0)
    }

    fn means(&self) -> &(Launcher, Ledger) {
        self.means.get().unwrap()
    }
}

/// Somebody is inside while this lives.
struct Inside<'a> {
    hand: &'a Hand,
    ended: bool,
}

impl<'a> Inside<'a> {
    fn enter(hand: &'a Hand) -> Self {
        let inside = hand.inside.fetch_add(1, SeqCst) + 1;
        hand.most_inside.fetch_max(inside, SeqCst);
        Self { hand, ended: false }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.hand.inside.fetch_sub(1, SeqCst);
        self.hand.dropped.fetch_add(usize::from(!self.ended), SeqCst);
    }
}

#[async_trait]
impl Task for Hand {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        *self.begun.lock().unwrap().entry(run.id).or_default() += 1;
        self.fences.lock().unwrap().extend(run.fence.clone());
        let mut inside = Inside::enter(self);
        let done = self.work(&run).await;
        inside.ended = true;
        done
    }
}

impl Hand {
    async fn work(&self, run: &RunContext) -> anyhow::Result<Value> {
        match run.arguments.get("do").and_then(Value::as_str).unwrap_or_default() {
            "panic" => panic!("out of cheese"),
            "abort" => std::process::abort(),
            "fail twice" if run.attempt < 3 => bail!("not yet ({})", run.attempt),
            "fail" => bail!("never"),
            "fail for good" => return Err(anyhow!("no such thing").context(Permanent)),
            "hang" => std::future::pending().await,
            "wait" => self.gate.acquire().await?.forget(),
            "a while" => tokio::time::sleep(Duration::from_millis(5)).await,
            "tell" => {
                run.progress.begin("counting", Some(7));
                run.progress.advance(2);
                tracing::info!(rows = 3, "read");
                let (upstream, route, seconds) = ("jira", "search", 0.5);
                for outcome in ["ok", "status"] {
                    tracing::debug!(target: CALL_TARGET, upstream, route, outcome, seconds, "called");
                }
                self.gate.acquire().await?.forget();
                run.progress.advance(5);
                tracing::warn!("written");
            }
            "be stopped and fail" => {
                self.means().0.cancel(run.id, "ann").await?;
                bail!("too late");
            }
            "be somebody else's" => {
                let sql = "UPDATE runs SET worker = 'somebody else' WHERE id = $1";
                let args = [(&run.id.to_string()).into()];
                self.means().1.db().await?.execute(sql, &args).await?;
            }
            _ => {}
        }
        Ok(json!({ "attempt": run.attempt }))
    }
}

/// A task on demand, tried three times with hardly a pause.
pub(crate) fn task(name: &'static str) -> TaskDefinition {
    TaskDefinition {
        name,
        description: "for tests",
        queue: "first",
        schedule: None,
        retry: Retry { attempts: 3, first_pause: Duration::from_millis(1) },
        exclusive: None,
        timeout: Duration::from_mins(5),
        missed: MissedTick::FireOnce,
        role: Role::Operator,
    }
}

/// The usual tasks.
pub(crate) fn tasks() -> Vec<TaskDefinition> {
    let patient = Retry { attempts: 3, first_pause: Duration::from_hours(1) };
    let once = Retry { attempts: 1, first_pause: Duration::ZERO };
    vec![
        task("plain"),
        TaskDefinition { retry: patient, ..task("patient") },
        TaskDefinition { timeout: Duration::from_millis(50), retry: once, ..task("short") },
        TaskDefinition { exclusive: Some("group"), queue: "second", ..task("alone") },
        TaskDefinition { exclusive: Some("group"), ..task("alone_too") },
    ]
}

/// A task every hour, at the full hour.
pub(crate) fn hourly(name: &'static str, missed: MissedTick) -> TaskDefinition {
    TaskDefinition { schedule: Some("0 * * * *".to_owned()), missed, ..task(name) }
}
