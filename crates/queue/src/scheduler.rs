//! Starts tasks when their time has come. Sleeps in between; looks again now and then, since clocks jump, schedules
//! are taken up again and other schedulers die. Any number of these may run: each tick fires once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use t5g_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::book::{NewRun, Noticed, Tick};
use crate::launcher::Launcher;
use crate::measure;
use crate::registry::Listed;
use crate::run::RunId;
use crate::schedule::{Due, Schedule};
use crate::worker::too_late;

/// The pause after the ledger did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often what is too old is forgotten.
const PRUNE_EVERY: TimeDelta = TimeDelta::hours(1);

/// Watches the schedules until it is stopped.
pub(crate) struct Scheduler {
    pub(crate) launcher: Launcher,
    pub(crate) name: Arc<str>,
    /// The longest sleep.
    pub(crate) look: Duration,
    /// How long ended runs are kept.
    pub(crate) keep: Duration,
}

impl Scheduler {
    pub(crate) async fn run(self, stop: CancellationToken) {
        let (mut known, mut pruned) = (false, None);
        loop {
            let round = tokio::select! {
                round = self.round(&mut known, &mut pruned) => round,
                () = too_late(&stop) => return,
            };
            let pause = match round {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "the schedules cannot be looked at; trying again");
                    AFTER_ERROR
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Fires what is due; how long until the next look.
    async fn round(
        &self,
        known: &mut bool,
        pruned: &mut Option<DateTime<Utc>>,
    ) -> Result<Duration, StoreError> {
        if !*known {
            self.make_known().await?;
            *known = true;
        }
        let states = self.launcher.book.schedules().await?;
        let now = self.launcher.clock.now();
        let mut next = None;
        for (listed, schedule) in self.scheduled() {
            let Some(state) = states.get(listed.definition.name).filter(|state| !state.is_ahead(now)) else {
                // Somebody removed it, or entered it by a clock that was ahead: it is made known anew.
                *known = false;
                continue;
            };
            if state.paused.is_some() {
                continue;
            }
            match schedule.due(state.standing(), listed.definition.missed, now) {
                Due::Nothing => {}
                Due::Fire(tick) => self.fire(listed, tick, now).await?,
                Due::Forget(tick) => self.forget(listed, tick, now).await?,
            }
            next = next.into_iter().chain(schedule.next_after(now)).min();
        }
        if pruned.is_none_or(|at| now - at >= PRUNE_EVERY || at > now) {
            self.prune(now).await?;
            *pruned = Some(now);
        }
        let until = next.map(|next| (next - self.launcher.clock.now()).to_std().unwrap_or_default());
        Ok(until.unwrap_or(self.look).min(self.look))
    }

    fn scheduled(&self) -> impl Iterator<Item = (&Listed, &Schedule)> {
        self.launcher.catalog.iter().filter_map(|listed| Some((listed, listed.schedule.as_ref()?)))
    }

    /// Ticks count from when the schedule was first seen as it is.
    async fn make_known(&self) -> Result<(), StoreError> {
        let now = self.launcher.clock.now();
        for (listed, _) in self.scheduled() {
            let definition = &listed.definition;
            let text = definition.schedule.as_deref().unwrap_or_default();
            self.launcher.book.know_schedule(definition.name, text, now).await?;
        }
        Ok(())
    }

    async fn fire(&self, listed: &Listed, tick: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let definition = &listed.definition;
        let run = NewRun {
            id: RunId::at(now),
            task: definition.name,
            queue: definition.queue,
            exclusive: definition.exclusive,
            arguments: Value::Null,
            allowed: definition.retry.attempts.max(1),
            due: now,
            needs: Vec::new(),
        };
        match self.launcher.book.notice(self.tick(listed, tick, now), Some(&run)).await? {
            Noticed::NotOurs => {}
            Noticed::Ours(asked) => {
                measure::ticked(definition.name);
                let joined = asked.is_some_and(|asked| asked.joined);
                tracing::debug!(task = definition.name, %tick, joined, "fired");
                self.launcher.hub.asked.notify_waiters();
            }
        }
        Ok(())
    }

    async fn forget(
        &self,
        listed: &Listed,
        tick: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if self.launcher.book.notice(self.tick(listed, tick, now), None).await? != Noticed::NotOurs {
            tracing::info!(task = listed.definition.name, %tick, "the tick fell while nobody was up; forgotten");
        }
        Ok(())
    }

    fn tick<'a>(&'a self, listed: &Listed, tick: DateTime<Utc>, now: DateTime<Utc>) -> Tick<'a> {
        Tick { task: listed.definition.name, at: tick, scheduler: &self.name, now }
    }

    async fn prune(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let keep = TimeDelta::from_std(self.keep).unwrap_or(TimeDelta::MAX);
        let Some(before) = now.checked_sub_signed(keep) else { return Ok(()) };
        let forgotten = self.launcher.book.prune(before).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, %before, "runs that ended before then are forgotten");
        }
        Ok(())
    }
}
