//! The numbers for operators; what each says stands in the one list, crates/telemetry/src/metrics.rs. What a process did
//! itself, and what the ledger says of all processes (every process then tells the same).

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::{counter, gauge, histogram};

use crate::book::{QueueFigures, TaskFigures, WorkerView};
use crate::run::RunState;

/// How an attempt can end, and what can become of a run whose worker died.
const OUTCOMES: [&str; 4] = ["done", "failed", "cancelled", "handed_back"];
const LOST: [RunState; 3] = [RunState::Retrying, RunState::Failed, RunState::Cancelled];

/// A nought for each counter: a rate needs a first value.
pub(crate) fn begin(tasks: impl Iterator<Item = &'static str>) {
    for task in tasks {
        for outcome in OUTCOMES {
            counter!("t5g_task_runs_total", "task" => task, "outcome" => outcome).increment(0);
        }
        for state in LOST {
            counter!("t5g_task_lost_total", "task" => task, "state" => state.as_str()).increment(0);
        }
        counter!("t5g_task_retries_total", "task" => task).increment(0);
        counter!("t5g_schedule_ticks_total", "task" => task).increment(0);
    }
}

/// An attempt of this process ended.
pub(crate) fn ended(task: &'static str, outcome: &'static str, took: Duration) {
    let outcome = outcome.replace(' ', "_");
    counter!("t5g_task_runs_total", "task" => task, "outcome" => outcome).increment(1);
    histogram!("t5g_task_duration_seconds", "task" => task).record(took);
}

/// A run began here that could have begun then.
pub(crate) fn began(task: &'static str, waited: TimeDelta) {
    histogram!("t5g_task_wait_seconds", "task" => task).record(waited.to_std().unwrap_or_default());
}

pub(crate) fn retried(task: &'static str) {
    counter!("t5g_task_retries_total", "task" => task).increment(1);
}

pub(crate) fn lost(task: String, state: RunState) {
    counter!("t5g_task_lost_total", "task" => task, "state" => state.as_str()).increment(1);
}

pub(crate) fn ticked(task: &'static str) {
    counter!("t5g_schedule_ticks_total", "task" => task).increment(1);
}

/// What the ledger says of these tasks.
pub(crate) fn tasks<'a>(
    known: impl Iterator<Item = &'a str>,
    figures: &BTreeMap<String, TaskFigures>,
    now: DateTime<Utc>,
) {
    let nothing = TaskFigures::default();
    for task in known {
        let figures = figures.get(task).unwrap_or(&nothing);
        gauge!("t5g_task_running", "task" => task.to_owned()).set(figures.running as f64);
        gauge!("t5g_task_waiting", "task" => task.to_owned()).set(figures.waiting as f64);
        gauge!("t5g_task_lock_waiting", "task" => task.to_owned()).set(figures.locked_out as f64);
        gauge!("t5g_task_oldest_waiting_seconds", "task" => task.to_owned())
            .set(age(figures.oldest_due, now));
        if let Some(success) = figures.last_success {
            let seconds = success.timestamp_millis() as f64 / 1000.0;
            gauge!("t5g_task_last_success_timestamp_seconds", "task" => task.to_owned()).set(seconds);
        }
    }
}

/// Runs that are not over, by state; states without any are not in it.
pub(crate) fn states(counts: &BTreeMap<&'static str, u64>) {
    for state in [RunState::Scheduled, RunState::Pending, RunState::Running, RunState::Retrying] {
        let count = counts.get(state.as_str()).copied().unwrap_or(0);
        gauge!("t5g_runs", "state" => state.as_str()).set(count as f64);
    }
}

/// What the ledger says of a queue.
pub(crate) fn queue(queue: &'static str, figures: &QueueFigures, paused: bool, now: DateTime<Utc>) {
    gauge!("t5g_queue_waiting", "queue" => queue).set(figures.waiting as f64);
    gauge!("t5g_queue_oldest_waiting_seconds", "queue" => queue).set(age(figures.oldest_due, now));
    gauge!("t5g_queue_paused", "queue" => queue).set(if paused { 1.0 } else { 0.0 });
}

/// What the ledger says of the workers; one not heard of since `silent_before` is silent.
pub(crate) fn workers(workers: &[WorkerView], silent_before: DateTime<Utc>) {
    let mut counts = [("alive", 0_u32), ("stopping", 0), ("silent", 0)];
    for worker in workers {
        let place = if worker.seen < silent_before { 2 } else { usize::from(worker.stopping) };
        if let Some((_, count)) = counts.get_mut(place) {
            *count += 1;
        }
    }
    for (state, count) in counts {
        gauge!("t5g_workers", "state" => state).set(f64::from(count));
    }
}

fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    since.map_or(0.0, |since| (now - since).as_seconds_f64().max(0.0))
}
