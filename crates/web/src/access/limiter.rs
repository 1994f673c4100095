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
            make_room(&mut full_at, now);
        }
        let (minute, each) = (TimeDelta::minutes(1), TimeDelta::minutes(1) / self.divisor());
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = before + each;
        let passes = after - now <= minute;
        let used = if passes { after } else { before } - now;
        if passes {
            full_at.insert(key, after);
        }
        let left = (minute - used).num_milliseconds().max(0) / each.num_milliseconds().max(1);
        let wait = (used + each - minute).max(TimeDelta::zero());
        Verdict {
            passes,
            limit: self.per_minute,
            remaining: u32::try_from(left).unwrap_or(0),
            retry_after: seconds_up(wait),
            reset: seconds_up(used),
        }
    }

    fn divisor(&self) -> i32 {
        i32::try_from(self.per_minute).unwrap_or(i32::MAX)
    }
}

/// Forgets keys whose reserve is full again; where that is not enough, the half that used the least of theirs. So
/// whoever asks under ever new names drives out others of that kind, and keeps nobody from asking.
fn make_room<K: Hash + Eq>(full_at: &mut HashMap<K, DateTime<Utc>>, now: DateTime<Utc>) {
    full_at.retain(|_, at| *at > now);
    if full_at.len() < MOST_KEYS {
        return;
    }
    let mut ends: Vec<DateTime<Utc>> = full_at.values().copied().collect();
    let half = ends.len() / 2;
    let (_, middle, _) = ends.select_nth_unstable(half);
    let mut to_go = half;
    full_at.retain(|_, at| {
        let goes = to_go > 0 && *at <= *middle;
        to_go -= usize::from(goes);
        !goes
    });
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
        let passed = (0..3 * MOST_KEYS).filter(|key| limiter.take(*key, at(0)).passes).count();
        assert_eq!(passed, 3 * MOST_KEYS, "and nobody else is refused for them");
        assert!(limiter.full_at.lock().unwrap().len() <= MOST_KEYS);
        limiter.take(4 * MOST_KEYS, at(60_001));
        for key in 0..MOST_KEYS {
            limiter.take(key, at(60_001));
        }
        assert!(limiter.full_at.lock().unwrap().len() <= MOST_KEYS, "who is full again is forgotten");
    }

    #[test]
    fn who_used_up_their_reserve_is_not_forgotten_for_others() {
        let limiter = Limiter::per_minute(3);
        for _ in 0..3 {
            limiter.take(0, at(0));
        }
        for key in 1..MOST_KEYS + 50 {
            limiter.take(key, at(0));
        }
        assert!(!limiter.take(0, at(0)).passes);
    }
}
