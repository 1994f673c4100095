//! Times and spans in words.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use t5g_model::time::Moment;

use crate::text::neutral;

/// A moment as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct When {
    /// `5 min ago`, `in 2 h`.
    pub words: String,
    /// `2026-11-23 14:05`, in the team's time zone.
    pub local: String,
    /// For machines, UTC.
    pub iso: String,
}

impl When {
    /// This moment, seen from `now`.
    pub(crate) fn of(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> Self {
        let span = now.signed_duration_since(at);
        let words = if span.abs() < TimeDelta::seconds(45) {
            if span < TimeDelta::zero() { "in a moment" } else { "just now" }.to_owned()
        } else if span < TimeDelta::zero() {
            format!("in {}", self::span(-span))
        } else {
            format!("{} ago", self::span(span))
        };
        let local = at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
        Self { words, local, iso: at.format("%Y-%m-%dT%H:%M:%SZ").to_string() }
    }

    /// The same to the second.
    pub(crate) fn exact(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> Self {
        Self { local: exact(at, zone), ..Self::of(at, now, zone) }
    }
}

/// A span in its largest fitting unit: `40 s`, `5 min`, `3 h`, `12 d`.
pub(crate) fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long something took: `340 ms`, `4.2 s`, `42 s`, `2 min 5 s`, `3 h 12 min`, `4 d 2 h`.
pub(crate) fn took(took: Duration) -> String {
    let seconds = took.as_secs();
    let two = |whole: u64, unit: &str, rest: u64, small: &str| match rest {
        0 => format!("{whole} {unit}"),
        rest => format!("{whole} {unit} {rest} {small}"),
    };
    match seconds {
        0 => format!("{} ms", took.as_millis()),
        1..10 => format!("{:.1} s", took.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// How long lies between two moments; nothing if they are the wrong way round, as clocks of two machines may tell.
pub(crate) fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    to.signed_duration_since(from).to_std().unwrap_or_default()
}

/// A moment to the second in the team's zone, `2026-11-23 14:05:09`.
pub(crate) fn exact(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A document's time in the team's zone, `2026-11-23 14:05`; text that is no time as it stands there.
pub(crate) fn local(moment: &Moment, zone: Tz) -> String {
    shown(moment, zone, "%Y-%m-%d %H:%M")
}

/// The same, the day only.
pub(crate) fn day(moment: &Moment, zone: Tz) -> String {
    shown(moment, zone, "%Y-%m-%d")
}

fn shown(moment: &Moment, zone: Tz, format: &str) -> String {
    match moment.known() {
        Some(at) => at.with_timezone(&zone).format(format).to_string(),
        None => moment.unreadable().map_or_else(
            || "—".to_owned(),
            |text| neutral(&text.chars().take(40).collect::<String>()).into_owned(),
        ),
    }
}

/// `1 card`, `2 cards`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_use_their_largest_fitting_unit() {
        let words: Vec<_> =
            [-5, 0, 59, 60, 3_599, 3_600, 172_799, 172_800].map(|s| span(TimeDelta::seconds(s))).into();
        assert_eq!(words, ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 d"]);
    }

    #[test]
    fn durations_are_told_in_at_most_two_units() {
        let words: Vec<_> =
            [0, 999, 9_960, 10_000, 59_999, 60_000, 125_000, 3_600_000, 11_520_000, 360_000_000]
                .map(|ms| took(Duration::from_millis(ms)))
                .into();
        let expected = [
            "0 ms",
            "999 ms",
            "10.0 s",
            "10 s",
            "59 s",
            "1 min",
            "2 min 5 s",
            "1 h",
            "3 h 12 min",
            "4 d 4 h",
        ];
        assert_eq!(words, expected);
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(between(at("2026-11-23T12:00:01Z"), at("2026-11-23T12:00:00Z")), Duration::ZERO);
        assert_eq!(exact(at("2026-11-23T12:00:01Z"), Tz::Europe__Berlin), "2026-11-23 13:00:01");
    }

    #[test]
    fn moments_are_told_from_now_and_in_the_zone() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let of = |seconds| When::of(now - TimeDelta::seconds(seconds), now, Tz::Europe__Berlin);
        assert_eq!(of(10).words, "just now");
        assert_eq!(of(-10).words, "in a moment");
        assert_eq!(of(600).words, "10 min ago");
        assert_eq!(of(-600).words, "in 10 min");
        assert_eq!(of(0).local, "2027-01-15 09:00");
        assert_eq!(of(0).iso, "2027-01-15T08:00:00Z");
    }
}
