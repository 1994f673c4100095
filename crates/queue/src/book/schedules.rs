//! What became of schedules: paused or not, which ticks were noticed. A tick is written down by whoever notices it
//! first, together with the run that it starts: it fires once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, Row};

use super::Book;
use super::ask::{Asked, InHand, NewRun, ask_in};
use crate::run::{Asker, Origin};
use crate::schedule::{LATE, Standing};

/// A schedule as people left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScheduleState {
    /// The task.
    pub(crate) task: String,
    /// The schedule's text when a scheduler last looked.
    pub(crate) schedule: String,
    /// Ticks until here are nobody's business.
    pub(crate) since: DateTime<Utc>,
    /// The latest tick that was noticed.
    pub(crate) noticed: Option<DateTime<Utc>>,
    /// Since when, and by whom, it is paused.
    pub(crate) paused: Option<(DateTime<Utc>, String)>,
}

impl ScheduleState {
    /// Whether it was made known by a clock that was ahead: it would be silent until then.
    pub(crate) fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.since > now + LATE
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing { since: self.since, noticed: self.noticed }
    }
}

/// A tick that somebody noticed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick<'a> {
    pub(crate) task: &'a str,
    pub(crate) at: DateTime<Utc>,
    pub(crate) scheduler: &'a str,
    pub(crate) now: DateTime<Utc>,
}

/// What became of a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Noticed {
    /// Another scheduler was first, or the schedule was paused meanwhile.
    NotOurs,
    /// It is written down; with the run that it started or joined.
    Ours(Option<Asked>),
}

impl Book {
    /// All schedules that a scheduler has seen, by task.
    pub(crate) async fn schedules(&self) -> Result<BTreeMap<String, ScheduleState>, StoreError> {
        let sql = "SELECT task, schedule, since, paused_at, paused_by, \
                   (SELECT MAX(tick) FROM ticks WHERE ticks.task = schedules.task) AS noticed FROM schedules";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        let mut states = BTreeMap::new();
        for row in &rows {
            match state(row) {
                Ok(state) => drop(states.insert(state.task.clone(), state)),
                // It does not stop the others.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(task = row.get::<String>("task")?, %error, "a schedule cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(states)
    }

    /// Writes down that the task has this schedule from now on, unless that is known; what was written down by a
    /// clock that was ahead counts for nothing.
    pub(crate) async fn know_schedule(
        &self,
        task: &str,
        schedule: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO schedules (task, schedule, since) VALUES ($1, $2, $3) \
                   ON CONFLICT (task) DO UPDATE SET schedule = excluded.schedule, since = excluded.since \
                   WHERE schedules.schedule <> excluded.schedule OR schedules.since > $4";
        let args = [task.into(), schedule.into(), now.into(), (now + LATE).into()];
        self.db().await?.execute(sql, &args).await.map(drop)
    }

    /// Pauses a schedule, or takes it up again, from now on; false if it was so already.
    pub(crate) async fn pause_schedule(
        &self,
        task: &str,
        schedule: &str,
        paused_by: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.know_schedule(task, schedule, now).await?;
        let sql = match paused_by {
            Some(_) => {
                "UPDATE schedules SET paused_at = $2, paused_by = $3 WHERE task = $1 AND paused_at IS NULL"
            }
            None => {
                "UPDATE schedules SET paused_at = NULL, paused_by = $3, since = $2 \
                 WHERE task = $1 AND paused_at IS NOT NULL"
            }
        };
        let args: [Arg; 3] = [task.into(), now.into(), paused_by.into()];
        Ok(self.db().await?.execute(sql, &args).await? > 0)
    }

    /// Writes a tick down and asks for its run, if it starts one; all or nothing, and only once for each tick.
    pub(crate) async fn notice(&self, tick: Tick<'_>, run: Option<&NewRun>) -> Result<Noticed, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        // The row is ours until the end: a pause happens before this tick or after it.
        let sql = "UPDATE schedules SET task = task WHERE task = $1 AND paused_at IS NULL";
        if tx.execute(sql, &[tick.task.into()]).await? == 0 {
            return Ok(Noticed::NotOurs);
        }
        let sql = "INSERT INTO ticks (task, tick, noticed, scheduler) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let args = [tick.task.into(), tick.at.into(), tick.now.into(), tick.scheduler.into()];
        if tx.execute(sql, &args).await? == 0 {
            return Ok(Noticed::NotOurs);
        }
        let mut asked = None;
        if let Some(run) = run {
            let name = format!("tick of {}", tick.at.format("%Y-%m-%d %H:%M UTC"));
            let asker = Asker { origin: Origin::Schedule, name };
            asked = ask_in(&mut tx, std::slice::from_ref(run), &asker, tick.now).await?.pop();
            if let Some(asked) = asked.as_ref().map(InHand::asked) {
                let sql = "UPDATE ticks SET run = $3 WHERE task = $1 AND tick = $2";
                let args = [tick.task.into(), tick.at.into(), (&asked.id.to_string()).into()];
                tx.execute(sql, &args).await?;
            }
        }
        tx.commit().await?;
        Ok(Noticed::Ours(asked.map(InHand::kept)))
    }
}

fn state(row: &Row) -> Result<ScheduleState, StoreError> {
    let (at, by) = (row.time("paused_at")?, row.get::<Option<String>>("paused_by")?);
    Ok(ScheduleState {
        task: row.get("task")?,
        schedule: row.get("schedule")?,
        since: row.some_time("since")?,
        noticed: row.time("noticed")?,
        paused: at.zip(by),
    })
}
