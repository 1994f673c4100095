//! Counts over runs: how many wait, since when, how long the latest took, how the days went.

use std::collections::BTreeMap;
use std::time::Duration as Span;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use t5g_store::StoreError;

use super::Book;
use super::aside::readable;
use super::row::id;
use crate::run::{RunId, RunState};

/// Latest runs of a task whose durations are told.
const RECENT: u32 = 30;
/// Days whose counts are told, today included.
const DAYS: i64 = 14;
const DAY_MS: i64 = 86_400_000;

/// How long a run took, for a curve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duration {
    /// Which run.
    pub run: RunId,
    /// How it ended.
    pub state: RunState,
    /// When it ended.
    pub finished: DateTime<Utc>,
    /// From its first try to its end.
    pub took: Span,
}

/// How a day went, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayCount {
    /// Which day.
    pub day: NaiveDate,
    /// Runs that ended well.
    pub done: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Runs that were stopped.
    pub cancelled: u64,
}

/// What is known of a task's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TaskFigures {
    /// Runs that wait.
    pub waiting: u64,
    /// Of these, runs whose time has come but whose lock somebody else holds.
    pub locked_out: u64,
    /// Since when the oldest of them could work.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Runs that work.
    pub running: u64,
    /// When a run last ended well.
    pub last_success: Option<DateTime<Utc>>,
    /// The latest runs, in order of their ends.
    pub recent: Vec<Duration>,
    /// The last 14 days, in order.
    pub days: Vec<DayCount>,
}

/// What is known of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QueueFigures {
    /// Runs that wait, those included whose time has not come.
    pub waiting: u64,
    /// Runs that work.
    pub running: u64,
    /// Since when the oldest that waits could work.
    pub oldest_due: Option<DateTime<Utc>>,
}

impl Book {
    /// What waits and works, by task; tasks of which nothing is known are not in it.
    pub(crate) async fn task_loads(
        &self,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, TaskFigures>, StoreError> {
        let mut figures: BTreeMap<String, TaskFigures> = BTreeMap::new();
        let sql = "SELECT task, SUM(CASE WHEN state = 'running' THEN 0 ELSE 1 END) AS waiting, \
                   SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS running, \
                   SUM(CASE WHEN state <> 'running' AND due <= $1 AND EXISTS (SELECT 1 FROM run_locks l \
                   WHERE l.name = runs.exclusive AND l.run IS NOT NULL) THEN 1 ELSE 0 END) AS locked_out, \
                   MIN(CASE WHEN state = 'running' OR due > $1 THEN NULL ELSE due END) AS oldest \
                   FROM runs WHERE state IN ('pending', 'retrying', 'running') GROUP BY task";
        for row in self.db().await?.fetch(sql, &[now.into()]).await? {
            let task = figures.entry(row.get("task")?).or_default();
            task.waiting = row.count("waiting")?;
            task.running = row.count("running")?;
            task.locked_out = row.count("locked_out")?;
            task.oldest_due = row.time("oldest")?;
        }
        let sql = "SELECT task, MAX(finished) AS success FROM runs WHERE state = 'done' GROUP BY task";
        for row in self.db().await?.fetch(sql, &[]).await? {
            figures.entry(row.get("task")?).or_default().last_success = row.time("success")?;
        }
        Ok(figures)
    }

    /// The same with the latest runs and the days of each of these tasks.
    pub(crate) async fn task_figures(
        &self,
        tasks: &[&str],
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, TaskFigures>, StoreError> {
        let mut figures = self.task_loads(now).await?;
        for task in tasks {
            figures.entry((*task).to_owned()).or_default().recent = self.recent(task).await?;
        }
        self.days(&mut figures, now).await?;
        Ok(figures)
    }

    /// What waits and works, by queue.
    pub(crate) async fn queue_figures(
        &self,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, QueueFigures>, StoreError> {
        let sql = "SELECT queue, SUM(CASE WHEN state = 'running' THEN 0 ELSE 1 END) AS waiting, \
                   SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS running, \
                   MIN(CASE WHEN state = 'running' OR due > $1 THEN NULL ELSE due END) AS oldest \
                   FROM runs WHERE state IN ('pending', 'retrying', 'running') GROUP BY queue";
        let rows = self.db().await?.fetch(sql, &[now.into()]).await?;
        rows.iter()
            .map(|row| {
                let figures = QueueFigures {
                    waiting: row.count("waiting")?,
                    running: row.count("running")?,
                    oldest_due: row.time("oldest")?,
                };
                Ok((row.get("queue")?, figures))
            })
            .collect()
    }

    async fn recent(&self, task: &str) -> Result<Vec<Duration>, StoreError> {
        let sql = "SELECT id, state, started, finished FROM runs WHERE task = $1 AND state IN ('done', 'failed') \
                   AND started IS NOT NULL AND finished IS NOT NULL ORDER BY finished DESC, id DESC LIMIT $2";
        let rows = self.db().await?.fetch(sql, &[task.into(), i64::from(RECENT).into()]).await?;
        let (mut recent, _) = readable(&rows, |row| {
            let finished = row.some_time("finished")?;
            let took = (finished - row.some_time("started")?).to_std().unwrap_or_default();
            Ok(Duration { run: id(row, "id")?, state: row.word("state", RunState::by_word)?, finished, took })
        })?;
        recent.reverse();
        Ok(recent)
    }

    async fn days(
        &self,
        figures: &mut BTreeMap<String, TaskFigures>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let first = now.date_naive() - TimeDelta::days(DAYS - 1);
        let empty =
            |back: i64| DayCount { day: first + TimeDelta::days(back), done: 0, failed: 0, cancelled: 0 };
        for task in figures.values_mut() {
            task.days = (0..DAYS).map(empty).collect();
        }
        let from = first.and_time(chrono::NaiveTime::MIN).and_utc();
        let sql = "SELECT task, state, finished / 86400000 AS day, COUNT(*) AS runs FROM runs \
                   WHERE state IN ('done', 'failed', 'cancelled') AND finished >= $1 GROUP BY task, state, 3";
        for row in self.db().await?.fetch(sql, &[from.into()]).await? {
            let number = row.get::<i64>("day")? - from.timestamp_millis() / DAY_MS;
            let place = usize::try_from(number).ok();
            let task = figures.get_mut(&row.get::<String>("task")?);
            let Some(day) = task.zip(place).and_then(|(task, place)| task.days.get_mut(place)) else {
                continue;
            };
            let count = row.count("runs")?;
            match row.word("state", RunState::by_word)? {
                RunState::Done => day.done = count,
                RunState::Failed => day.failed = count,
                _ => day.cancelled = count,
            }
        }
        Ok(())
    }
}
