//! How long a failed run waits before its next try. Pure.

use std::time::Duration;

use crate::registry::Retry;

/// No pause is longer, however often a run failed.
const LONGEST: Duration = Duration::from_hours(1);

impl Retry {
    /// The pause after `failed` failed tries (from 1): doubled each time and spread over 75 to 125 % by
    /// `jitter` (0 to 1), so that runs that failed together do not come back together.
    pub(crate) fn pause(self, failed: u32, jitter: f64) -> Duration {
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(failed.saturating_sub(1)));
        doubled.min(LONGEST).mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry { attempts: 5, first_pause: Duration::from_secs(30) };

    #[test]
    fn pauses_double() {
        let pauses: Vec<_> = (1..=5).map(|failed| RETRY.pause(failed, 0.5).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480]);
    }

    #[test]
    fn jitter_spreads_and_nothing_overflows() {
        assert_eq!(RETRY.pause(1, 0.0), Duration::from_millis(22_500));
        assert_eq!(RETRY.pause(1, 1.0), Duration::from_millis(37_500));
        let endless = Retry { attempts: u32::MAX, first_pause: Duration::MAX };
        assert_eq!(endless.pause(1000, 0.5), LONGEST);
    }
}
