//! How often one issue is written: Jira refuses more than 20 writes to an issue in two seconds.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// A little less than what Jira allows: its clock does not begin when ours does.
const MOST: usize = 16;
const WITHIN: Duration = Duration::from_secs(2);
/// So many issues are remembered before those at rest are forgotten.
const REMEMBERED: usize = 1_000;

/// When each issue was last written.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, VecDeque<Instant>>>);

impl Pace {
    /// Waits until the issue may be written once more.
    pub(super) async fn wait(&self, key: &str) {
        let turn = self.turn(key, Instant::now());
        sleep_until(turn).await;
    }

    /// The moment of this write; it counts from now on.
    fn turn(&self, key: &str, now: Instant) -> Instant {
        let mut issues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if issues.len() >= REMEMBERED {
            issues.retain(|_, turns| turns.back().is_some_and(|last| *last + WITHIN > now));
        }
        let turns = issues.entry(key.to_owned()).or_default();
        while turns.front().is_some_and(|turn| *turn + WITHIN <= now) {
            turns.pop_front();
        }
        let oldest = turns.len().checked_sub(MOST).and_then(|place| turns.get(place));
        let turn = oldest.map_or(now, |oldest| now.max(*oldest + WITHIN));
        turns.push_back(turn);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_written_sixteen_times_in_two_seconds_and_others_do_not_wait_for_it() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turns: Vec<Duration> = (0..40).map(|_| pace.turn("A-1", now) - now).collect();
        assert!(turns[..16].iter().all(Duration::is_zero));
        assert!(turns[16..32].iter().all(|wait| *wait == WITHIN));
        assert!(turns[32..].iter().all(|wait| *wait == WITHIN * 2));
        assert_eq!(pace.turn("A-2", now), now);
        let later = now + WITHIN * 3;
        assert_eq!(pace.turn("A-1", later), later);
    }
}
