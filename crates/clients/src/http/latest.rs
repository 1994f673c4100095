//! Until when a request that writes may still be sent. Whoever writes down what is begun gives a moment after which others
//! may find it begun, wait, and do it themselves; what waits for its turn here any longer is not sent. The moment travels
//! with the work and is asked for right before anything is sent.

use std::future::Future;

use tokio::time::Instant;

use super::{Again, Fault};
use crate::ErrorKind;

tokio::task_local! {
    static LATEST: Instant;
}

/// Does the work; nothing that it would write is sent after that moment. `None`: at any time.
pub async fn not_after<F: Future>(latest: Option<Instant>, work: F) -> F::Output {
    match latest {
        Some(latest) => LATEST.scope(latest, work).await,
        None => work.await,
    }
}

/// `Err` for a write that comes too late.
pub(super) fn admit(writes: bool) -> Result<(), Fault> {
    let late = LATEST.try_with(|latest| Instant::now() > *latest).unwrap_or(false);
    if writes && late { Err(Fault::unsent(ErrorKind::TooLate).again(Again::Never)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn only_writes_come_too_late_and_only_under_a_moment() {
        assert!(admit(true).is_ok(), "nobody gave a moment");
        let now = Instant::now();
        let refused =
            not_after(now.checked_sub(Duration::from_millis(1)), async { (admit(true), admit(false)) }).await;
        let fault = refused.0.unwrap_err();
        assert!(fault.untouched && fault.kind == ErrorKind::TooLate && fault.again == Again::Never);
        assert!(refused.1.is_ok());
        assert!(not_after(Some(now + Duration::from_mins(1)), async { admit(true) }).await.is_ok());
        assert!(not_after(None, async { admit(true) }).await.is_ok());
    }
}
