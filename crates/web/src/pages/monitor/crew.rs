//! Queues and workers as rows of the overview.

use serde::Serialize;
use t5g_queue::{QueueView, WorkerView};

use super::result::cut;
use super::task_row::Paused;
use super::{RunsLink, Sight};
use crate::monitor::act;
use crate::monitor::address::quoted;
use crate::view::badge::Badge;
use crate::view::words::{When, between, took};

/// A queue.
#[derive(Debug, Clone, Serialize)]
pub(super) struct QueueRow {
    name: &'static str,
    waiting: RunsLink,
    running: RunsLink,
    /// How long the oldest that could work has waited.
    oldest: Option<String>,
    paused: Option<Paused>,
    may: bool,
}

impl QueueRow {
    pub(super) fn of(queue: &QueueView, sight: &Sight<'_>) -> Self {
        let (name, figures) = (queue.name, &queue.figures);
        let link = |number: u64, states: &str| {
            RunsLink::of(number.to_string(), &format!("queue:={} state:{states}", quoted(name)))
        };
        Self {
            name,
            waiting: link(figures.waiting, "pending,scheduled,retrying"),
            running: link(figures.running, "running"),
            oldest: figures.oldest_due.map(|due| took(between(due, sight.now))),
            paused: Paused::of(queue.paused.as_ref(), sight),
            may: act::may_pause(sight.catalog, &sight.caller, name),
        }
    }
}

/// A worker.
#[derive(Debug, Clone, Serialize)]
pub(super) struct WorkerRow {
    pub(super) name: String,
    pub(super) state: Badge,
    pub(super) host: String,
    pub(super) version: String,
    pub(super) roles: String,
    pub(super) slots: u32,
    pub(super) started: When,
    pub(super) seen: When,
    pub(super) running: RunsLink,
    pub(super) processed: u64,
    pub(super) failed: u64,
}

impl WorkerRow {
    pub(super) fn of(worker: &WorkerView, sight: &Sight<'_>) -> Self {
        let silent = worker.seen < sight.silent_before;
        let filter = format!("state:running worker:={}", quoted(&worker.name));
        Self {
            name: cut(&worker.name, 120),
            state: state(silent, worker.stopping),
            host: cut(&worker.host, 120),
            version: cut(&worker.version, 40),
            roles: cut(&worker.roles, 80),
            slots: worker.slots,
            started: sight.when(worker.started),
            seen: sight.when(worker.seen),
            running: RunsLink::of(worker.running.to_string(), &filter),
            processed: worker.processed,
            failed: worker.failed,
        }
    }
}

pub(super) fn state(silent: bool, stopping: bool) -> Badge {
    let (kind, icon, words) = match (silent, stopping) {
        (true, _) => ("run-again", "triangle", "Silent"),
        (false, true) => ("run-waiting", "pause", "Stopping"),
        (false, false) => ("run-done", "check", "Alive"),
    };
    Badge { kind, icon, words: words.to_owned() }
}
