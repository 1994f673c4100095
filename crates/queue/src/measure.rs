//! The numbers for operators: one place with their names.

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, gauge, histogram};

use crate::run::RunState;

/// Words and types of the metrics, for whoever exports them.
pub(crate) fn describe() {
    metrics::describe_counter!("t5g_task_runs_total", "Runs that ended, by task and outcome");
    metrics::describe_counter!("t5g_task_retries_total", "Failed tries that were followed by another");
    metrics::describe_histogram!("t5g_task_duration_seconds", "Seconds of work per try, by task");
    metrics::describe_gauge!("t5g_task_last_success_timestamp_seconds", "When the task last succeeded");
    metrics::describe_gauge!("t5g_task_running", "Runs that are working now");
}

pub(crate) fn ended(task: &'static str, state: RunState, now: DateTime<Utc>) {
    counter!("t5g_task_runs_total", "task" => task, "outcome" => state.as_str()).increment(1);
    if state == RunState::Done {
        let seconds = now.timestamp_millis() as f64 / 1000.0;
        gauge!("t5g_task_last_success_timestamp_seconds", "task" => task).set(seconds);
    }
}

pub(crate) fn retried(task: &'static str) {
    counter!("t5g_task_retries_total", "task" => task).increment(1);
}

pub(crate) fn worked(task: &'static str, time: Duration) {
    histogram!("t5g_task_duration_seconds", "task" => task).record(time);
}

/// Counts a run as working until it is dropped, however the run ends.
pub(crate) struct Working(&'static str);

impl Working {
    pub(crate) fn on(task: &'static str) -> Self {
        gauge!("t5g_task_running", "task" => task).increment(1.0);
        Self(task)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        gauge!("t5g_task_running", "task" => self.0).decrement(1.0);
    }
}
