//! Whether an upstream is down: after a time of nothing but failures, calls fail at once instead of each of them
//! trying for minutes, but for one now and then that finds out whether it is back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So few failures say nothing, however long they took.
const FEWEST: u32 = 10;
/// Parts of the time that has to pass between two trials.
const TRIALS: u32 = 4;

/// The run of failures that an upstream is in, if any.
#[derive(Debug)]
pub(super) struct Health {
    give_up_after: Duration,
    run: Mutex<Option<Run>>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    since: Instant,
    last: Instant,
    failures: u32,
    next_trial: Instant,
}

impl Health {
    pub(super) fn new(give_up_after: Duration) -> Self {
        Self { give_up_after, run: Mutex::new(None) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered, if only to say no.
    pub(super) fn answered(&self) {
        *self.lock() = None;
    }

    /// An attempt failed in a way that passes. A run that has long been quiet begins anew: it says nothing of today.
    pub(super) fn failed(&self) {
        let now = Instant::now();
        let mut run = self.lock();
        let going_on = run.filter(|run| now - run.last < self.give_up_after.saturating_mul(2));
        let before = going_on.unwrap_or(Run { since: now, last: now, failures: 0, next_trial: now });
        *run = Some(Run { last: now, failures: before.failures.saturating_add(1), ..before });
    }

    /// How long it has been down, if it is.
    pub(super) fn down_for(&self) -> Option<Duration> {
        self.down(*self.lock())
    }

    /// Whether a call may begin; `Err` is how long the upstream has been down.
    pub(super) fn admit(&self) -> Result<(), Duration> {
        let now = Instant::now();
        let mut run = self.lock();
        let Some(down_for) = self.down(*run) else { return Ok(()) };
        match run.as_mut() {
            Some(run) if now < run.next_trial => Err(down_for),
            Some(run) => {
                run.next_trial = now + self.give_up_after / TRIALS;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn down(&self, run: Option<Run>) -> Option<Duration> {
        let run = run?;
        let lasted = run.last - run.since;
        (run.failures >= FEWEST && lasted >= self.give_up_after).then_some(lasted)
    }
}
