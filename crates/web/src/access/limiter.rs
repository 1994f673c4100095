//! How often somebody may do something: a steady rate with a reserve, counted in this process. Bounded, whoever
//! asks how often.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// The most keys that are remembered at once.
const MOST_KEYS: usize = 10_000;

/// Lets each key pass so many times a minute, in one go or spread.
#[derive(Debug)]
pub(crate) struct Limiter<K> {
    per_minute: u32,
    /// When each key's reserve will be full again; a key that is not here has a full one.
    full_at: Mutex<HashMap<K, DateTime<Utc>>>,
}

/// Whether it may pass, in the terms of the headers that say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it may.
    pub(crate) passes: bool,
    /// How often a minute.
    pub(crate) limit: u32,
    /// How often still, now.
    pub(crate) remaining: u32,
    /// In how many seconds the next one passes; 0: at once.
    pub(crate) retry_after: u32,
    /// In how many seconds all of them are there again.
    pub(crate) reset: u32,
}

impl<K: Hash + Eq> Limiter<K> {
    /// So many times a minute, at least once.
    pub(crate) fn per_minute(limit: u32) -> Self {
        Self { per_minute: limit.max(1), full_at: Mutex::default() }
    }

    /// One more.
    pub(crate) fn take(&self, key: K, now: DateTime<Utc>) -> Verdict {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST_KEYS && !full_at.contains_key(&key) {
            full_at.retain(|_, at| *at > now);
        }
        let (minute, each) = (TimeDelta::minutes(1), TimeDelta::minutes(1) / self.divisor());
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = before + each;
        // Where even those who used a part of their reserve are too many, a new one has to wait.
        let room = full_at.len() < MOST_KEYS || full_at.contains_key(&key);
        let passes = room && after - now <= minute;
        let used = if passes { after } else { before } - now;
        if passes {
            full_at.insert(key, after);
        }
        let left = (minute - used).num_milliseconds().max(0) / each.num_milliseconds().max(1);
        let wait = (used + each - minute).max(TimeDelta::zero());
        Verdict {
            passes,
            limit: self.per_minute,
            remaining: if room { u32::try_from(left).unwrap_or(0) } else { 0 },
            retry_after: if room { seconds_up(wait) } else { 60 },
            reset: if room { seconds_up(used) } else { 60 },
        }
    }

    fn divisor(&self) -> i32 {
        i32::try_from(self.per_minute).unwrap_or(i32::MAX)
    }
}

fn seconds_up(span: TimeDelta) -> u32 {
    u32::try_from((span.num_milliseconds() + 999) / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_reserve_is_used_up_and_fills_again() {
        let limiter = Limiter::per_minute(3);
        let remaining: Vec<_> = (0..3).map(|_| limiter.take("a", at(0)).remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        let refused = limiter.take("a", at(0));
        assert_eq!((refused.passes, refused.retry_after, refused.limit), (false, 20, 3));
        assert_eq!(refused.reset, 60);
        assert!(limiter.take("b", at(0)).passes, "another's reserve");
        assert!(!limiter.take("a", at(19_999)).passes && limiter.take("a", at(20_000)).passes);
        assert!(!limiter.take("a", at(20_000)).passes);
        assert_eq!(limiter.take("a", at(600_000)).remaining, 2, "full again");
    }

    #[test]
    fn ever_new_keys_take_no_more_room() {
        let limiter = Limiter::per_minute(1);
        let passed = (0..MOST_KEYS + 50).filter(|key| limiter.take(*key, at(0)).passes).count();
        assert_eq!(passed, MOST_KEYS);
        assert!(limiter.take(MOST_KEYS + 60, at(60_001)).passes, "who is full again is forgotten");
        assert!(limiter.full_at.lock().unwrap().len() < 10);
    }
}
