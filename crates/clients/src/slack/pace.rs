//! Whose turn it is in a channel: one message at a time, so far apart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// So many channels are remembered before those at rest are forgotten.
const REMEMBERED: usize = 1_000;

/// When each channel is free again.
#[derive(Debug)]
pub(super) struct Pace {
    apart: Duration,
    free: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    pub(super) fn new(apart: Duration) -> Self {
        Self { apart, free: Mutex::default() }
    }

    /// Waits for the next free moment of the channel, and takes it.
    pub(super) async fn wait(&self, channel: &str) {
        let turn = self.turn(channel, Instant::now());
        sleep_until(turn).await;
    }

    fn turn(&self, channel: &str, now: Instant) -> Instant {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() >= REMEMBERED {
            free.retain(|_, at| *at > now);
        }
        let at = free.entry(channel.to_owned()).or_insert(now);
        let turn = now.max(*at);
        *at = turn + self.apart;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_to_one_channel_are_a_second_apart() {
        let (pace, now) = (Pace::new(Duration::from_secs(1)), Instant::now());
        let waits =
            |channel: &str| (0..3).map(|_| (pace.turn(channel, now) - now).as_secs()).collect::<Vec<_>>();
        assert_eq!(waits("C1"), [0, 1, 2]);
        assert_eq!(waits("C2"), [0, 1, 2], "channels do not wait for each other");
        let later = now + Duration::from_mins(1);
        assert_eq!(pace.turn("C1", later), later, "nothing is saved up, nothing owed");
    }
}
