//! Politeness towards one upstream: how many requests at once, and none while it asks all of us to wait.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// Admits requests. A permit is held for one attempt, never while waiting for the next.
#[derive(Debug)]
pub(super) struct Gate {
    permits: Semaphore,
    closed_until: Mutex<Option<Instant>>,
}

impl Gate {
    pub(super) fn new(concurrency: usize) -> Self {
        Self { permits: Semaphore::new(concurrency.max(1)), closed_until: Mutex::new(None) }
    }

    /// Waits until a request may start. `None` cannot happen: the semaphore is never closed; the caller reports it
    /// as an error rather than panic.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            let permit = self.permits.acquire().await.ok()?;
            match self.opens_at() {
                Some(at) if at > Instant::now() => {
                    drop(permit);
                    sleep_until(at).await;
                }
                _ => return Some(permit),
            }
        }
    }

    /// No request starts for `wait`: the upstream said so to one of them, and means all of them.
    pub(super) fn close_for(&self, wait: Duration) {
        let at = Instant::now() + wait;
        let mut closed_until = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        if closed_until.is_none_or(|earlier| earlier < at) {
            *closed_until = Some(at);
        }
    }

    fn opens_at(&self) -> Option<Instant> {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
