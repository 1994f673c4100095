//! Until when a request that writes may still be sent. Whoever writes down what is begun gives a moment after which others
//! may find it begun, wait, and do it themselves; what waits for its turn here any longer is not sent. The moment travels
//! with the work and is asked for right before anything is sent.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::{Again, Fault};
use crate::{ErrorKind, Now};

/// Whether whoever writes still may, asked of those who know.
pub type StillHeld = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// The last moment at which what is begun may be sent, by two clocks: the process's own stands still while a machine is
/// suspended, and the time of day can be set back.
#[derive(Clone)]
pub struct Latest {
    /// By the process's own clock.
    pub own: Instant,
    /// By the time of day.
    pub day: DateTime<Utc>,
    /// Asked before the clocks.
    pub still_held: StillHeld,
}

tokio::task_local! {
    static LATEST: Latest;
}

/// Does the work; nothing that it would write is sent after that moment. `None`: at any time.
pub async fn not_after<F: Future>(latest: Option<Latest>, work: F) -> F::Output {
    match latest {
        Some(latest) => LATEST.scope(latest, work).await,
        None => work.await,
    }
}

/// `Err` for a write that comes too late, or in the name of what others hold by now.
pub(super) async fn admit(writes: bool, now: &Now) -> Result<(), Fault> {
    let Some(latest) = LATEST.try_with(Latest::clone).ok().filter(|_| writes) else { return Ok(()) };
    let held = (latest.still_held)().await;
    // The clocks last, since asking takes time too.
    if held && Instant::now() <= latest.own && now() <= latest.day {
        return Ok(());
    }
    Err(Fault::unsent(ErrorKind::TooLate).again(Again::Never))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn day() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn now() -> Now {
        Arc::new(day)
    }

    /// So many seconds from now, by each clock.
    fn latest(own: i64, by_day: i64, held: bool) -> Latest {
        let (now, apart) = (Instant::now(), std::time::Duration::from_secs(own.unsigned_abs()));
        let own = if own < 0 { now.checked_sub(apart).unwrap() } else { now + apart };
        let still_held: StillHeld = Arc::new(move || Box::pin(async move { held }));
        Latest { own, day: day() + TimeDelta::seconds(by_day), still_held }
    }

    async fn admitted(latest: impl Into<Option<Latest>>, writes: bool) -> Result<(), Fault> {
        not_after(latest.into(), async { admit(writes, &now()).await }).await
    }

    #[tokio::test]
    async fn only_writes_come_too_late_and_only_under_a_moment() {
        assert!(admit(true, &now()).await.is_ok(), "nobody gave a moment");
        let fault = admitted(latest(-1, 60, true), true).await.unwrap_err();
        assert!(fault.untouched && fault.kind == ErrorKind::TooLate && fault.again == Again::Never);
        assert!(admitted(latest(-1, -60, false), false).await.is_ok(), "a read is never late");
        assert!(admitted(latest(60, 60, true), true).await.is_ok());
        assert!(admitted(None, true).await.is_ok());
    }

    #[tokio::test]
    async fn a_machine_that_slept_knows_it_by_the_time_of_day_or_by_what_others_hold() {
        let fault = admitted(latest(60, -1, true), true).await.unwrap_err();
        assert!(fault.kind == ErrorKind::TooLate && fault.untouched);
        let fault = admitted(latest(60, 60, false), true).await.unwrap_err();
        assert!(fault.kind == ErrorKind::TooLate && fault.untouched);
    }
}
