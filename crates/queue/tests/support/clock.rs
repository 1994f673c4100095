//! A clock that runs, from a moment of the test's choice, and that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use chrono::{DateTime, TimeDelta, Utc};
use t5g_model::clock::Clock;

/// Clones are moved together.
#[derive(Clone)]
pub(crate) struct Hands {
    start: DateTime<Utc>,
    begun: DateTime<Utc>,
    moved: Arc<AtomicI64>,
}

impl Hands {
    pub(crate) fn at(start: &str) -> Self {
        Self { start: start.parse().unwrap(), begun: real(), moved: Arc::default() }
    }

    pub(crate) fn turn(&self, by: TimeDelta) {
        self.moved.fetch_add(by.num_milliseconds(), SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let hands = self.clone();
        Clock::new(move || hands.now())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.start + (real() - self.begun) + TimeDelta::milliseconds(self.moved.load(SeqCst))
    }
}

#[expect(clippy::disallowed_methods, reason = "a clock that runs must run by something")]
fn real() -> DateTime<Utc> {
    Utc::now()
}
