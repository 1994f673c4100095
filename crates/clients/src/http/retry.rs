//! `Retry-After` in its four forms (seconds, date, 0, missing), and when a failed attempt is followed by another.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::RetryPolicy;
use super::answer::{Answer, http_date};
use super::fault::{Again, Fault};
use crate::ErrorKind;

/// How long the upstream asks us to wait. A date is compared with the upstream's own clock where it tells it, so
/// that a clock that is off on either side does no harm. `None`: missing, or unreadable.
pub(super) fn retry_after(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    let text = answer.retry_after()?;
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Some(seconds) = text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0) {
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let until = http_date(text)?;
    let from = answer.date().unwrap_or(now);
    Some((until - from).to_std().unwrap_or(Duration::ZERO))
}

/// What `answer`'s `Retry-After` makes of the fault: wait as told, or give up where that is too long.
pub(super) fn heed(mut fault: Fault, answer: &Answer, now: DateTime<Utc>, policy: &RetryPolicy) -> Fault {
    if fault.again != Again::Backoff || !matches!(answer.status, 403 | 429 | 503) {
        return fault;
    }
    match retry_after(answer, now) {
        Some(wait) if wait > policy.max_retry_after => {
            let (wait, most) = (wait.as_secs(), policy.max_retry_after.as_secs());
            let detail = format!("it asks us to wait {wait} s, and we wait {most} s at most");
            fault.kind = ErrorKind::Throttled { detail };
            fault.again = Again::Never;
        }
        Some(wait) => fault.again = Again::After(wait),
        None => {}
    }
    fault
}

/// The wait before the next attempt, or `None` if there shall be none. `pause` is the backoff's next wait, `None`
/// when the attempts are used up; `spent` is the time that this call has cost so far.
pub(super) fn wait_before_next(
    fault: &Fault,
    repeatable: bool,
    pause: Option<Duration>,
    spent: Duration,
    policy: &RetryPolicy,
) -> Option<Duration> {
    let pause = pause?;
    if !repeatable && !fault.untouched {
        return None;
    }
    let wait = match fault.again {
        Again::Never => return None,
        Again::Backoff => pause,
        // A zero would make all waiting calls come back in the same moment.
        Again::After(wait) => wait + pause.min(policy.first_delay),
    };
    (spent + wait <= policy.max_total).then_some(wait)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Answer {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (reqwest::header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect();
        Answer { status, headers, body: bytes::Bytes::new() }
    }

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn all_forms_of_retry_after_are_read() {
        let of = |headers: &[(&'static str, &str)]| retry_after(&answer(429, headers), now());
        assert_eq!(of(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(of(&[("retry-after", "1.5")]), Some(Duration::from_millis(1500)));
        assert_eq!(of(&[("retry-after", "0")]), Some(Duration::ZERO));
        assert_eq!(of(&[("retry-after", "Mon, 23 Nov 2026 12:00:09 GMT")]), Some(Duration::from_secs(9)));
        assert_eq!(of(&[("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT")]), Some(Duration::ZERO));
        let skewed =
            [("retry-after", "Mon, 23 Nov 2026 15:00:09 GMT"), ("date", "Mon, 23 Nov 2026 15:00:00 GMT")];
        assert_eq!(of(&skewed), Some(Duration::from_secs(9)), "the upstream's own clock counts");
        for unreadable in ["", "soon", "-1", "NaN", "99999999999999999999999999x"] {
            assert_eq!(of(&[("retry-after", unreadable)]), None, "{unreadable}");
        }
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn too_long_a_wait_ends_the_call_and_says_so() {
        let fault = Fault::of(ErrorKind::Throttled { detail: String::new() });
        let heeded = heed(fault, &answer(429, &[("retry-after", "3600")]), now(), &RetryPolicy::default());
        assert_eq!(heeded.again, Again::Never);
        assert!(heeded.kind.to_string().contains("wait 3600 s"), "{}", heeded.kind);
    }

    #[test]
    fn a_write_is_repeated_only_if_it_was_certainly_not_acted_on() {
        let policy = RetryPolicy::default();
        let pause = Some(Duration::from_millis(1));
        let mut fault = Fault::of(ErrorKind::Unavailable { detail: String::new() });
        assert!(wait_before_next(&fault, true, pause, Duration::ZERO, &policy).is_some());
        assert_eq!(wait_before_next(&fault, false, pause, Duration::ZERO, &policy), None);
        fault.untouched = true;
        assert!(wait_before_next(&fault, false, pause, Duration::ZERO, &policy).is_some());
        assert_eq!(wait_before_next(&fault, true, None, Duration::ZERO, &policy), None, "attempts used up");
        assert_eq!(wait_before_next(&fault, true, pause, policy.max_total, &policy), None, "time used up");
    }
}
