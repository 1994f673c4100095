//! A row of `runs` as a view. A row that cannot be read is an error that names the column.

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::Row;

use crate::progress::Step;
use crate::run::{Origin, RunId, RunState, RunView};

/// Every column that a view needs.
pub(super) const COLUMNS: &str = "id, task, queue, arguments, origin, asked_by, state, exclusive, attempt, spent, \
    allowed, requested, due, started, finished, worker, stop_asked_by, progress_done, progress_total, \
    progress_message, result, error";

pub(super) fn view(row: &Row, now: DateTime<Utc>) -> Result<RunView, StoreError> {
    let due = row.some_time("due")?;
    let state = match row.word("state", RunState::by_word)? {
        RunState::Pending if due > now => RunState::Scheduled,
        state => state,
    };
    Ok(RunView {
        id: id(row, "id")?,
        task: row.get("task")?,
        queue: row.get("queue")?,
        origin: row.word("origin", Origin::by_word)?,
        asked_by: row.get("asked_by")?,
        arguments: row.json("arguments")?,
        state,
        attempt: row.number("attempt")?,
        spent: row.number("spent")?,
        allowed: row.number("allowed")?,
        progress: Step {
            done: row.count("progress_done")?,
            total: row.get::<Option<i64>>("progress_total")?.map(|total| u64::try_from(total).unwrap_or(0)),
            message: row.get("progress_message")?,
        },
        result: row.json("result")?,
        error: row.get("error")?,
        requested: row.some_time("requested")?,
        due,
        started: row.time("started")?,
        finished: row.time("finished")?,
        worker: row.get("worker")?,
        stop_asked_by: row.get("stop_asked_by")?,
        exclusive: row.get("exclusive")?,
    })
}

pub(super) fn id(row: &Row, column: &str) -> Result<RunId, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: crate::run::NoRunId| row.unreadable(column, &error.to_string()))
}
