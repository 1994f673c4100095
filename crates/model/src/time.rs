//! Tolerant readers of the timestamps that the documents hold, whoever wrote them.
//!
//! A time outside of 1970 to 2199 is taken for what it is, a mistake; nothing here panics or overflows.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The years that a time in a document may lie in. `0001-01-01` and `9999-12-31` are other programs' words
/// for "none", not times.
pub const YEARS: RangeInclusive<i32> = 1970..=2199;

/// A text that is not a time, or one outside of [`YEARS`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a time between 1970 and 2199 such as 2026-11-23T14:05:00Z")]
pub struct UnreadableTime {
    /// The text, cut to 80 characters.
    pub text: String,
}

impl UnreadableTime {
    fn new(text: &str) -> Self {
        Self { text: text.chars().take(80).collect() }
    }
}

/// Reads `2026-11-23T14:05:00Z`, Jira's `2026-11-23T14:05:00.123+0000`, Python's
/// `2026-11-23 14:05:00.123456+00:00`, `2026-11-23 14:05`, `2026-11-23`; fractions of any length, even
/// repeated ones (`.772409.000`, made-up data of the Python project). Without a zone, UTC is meant.
pub fn read(text: &str) -> Result<DateTime<Utc>, UnreadableTime> {
    parse(text).ok_or_else(|| UnreadableTime::new(text))
}

/// Reads the date that `text` starts with, whatever follows it.
pub fn read_date(text: &str) -> Result<NaiveDate, UnreadableTime> {
    let date = Cursor(text.trim_start().as_bytes()).date();
    date.filter(|date| YEARS.contains(&date.year())).ok_or_else(|| UnreadableTime::new(text))
}

/// Like [`read`]; of a text that only starts with a date, midnight of that day.
pub fn read_loosely(text: &str) -> Result<DateTime<Utc>, UnreadableTime> {
    read(text).or_else(|_| Ok(read_date(text)?.and_time(NaiveTime::MIN).and_utc()))
}

/// Reads milliseconds since 1970, UTC.
pub fn from_millis(millis: i64) -> Result<DateTime<Utc>, UnreadableTime> {
    DateTime::from_timestamp_millis(millis)
        .filter(in_years)
        .ok_or_else(|| UnreadableTime::new(&millis.to_string()))
}

/// Writes the documents' usual form, `2026-11-23T14:05:00Z`; the fraction is cut.
pub fn write(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time as a document told it: read, or kept as the text that could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A time, UTC.
    Known(DateTime<Utc>),
    /// What stood there; empty if nothing did.
    Unreadable(Box<str>),
}

impl Moment {
    /// Reads `text` as [`read`] does.
    pub fn of(text: &str) -> Self {
        read(text).map_or_else(|_| Self::Unreadable(text.into()), Self::Known)
    }

    /// Reads `text` as [`read_loosely`] does.
    pub fn loosely_of(text: &str) -> Self {
        read_loosely(text).map_or_else(|_| Self::Unreadable(text.into()), Self::Known)
    }

    /// The time, if it was readable.
    pub fn known(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Known(at) => Some(*at),
            Self::Unreadable(_) => None,
        }
    }

    /// The text that was there but is no time.
    pub fn unreadable(&self) -> Option<&str> {
        match self {
            Self::Unreadable(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

impl Default for Moment {
    /// Nothing stood there.
    fn default() -> Self {
        Self::Unreadable("".into())
    }
}

fn in_years(at: &DateTime<Utc>) -> bool {
    YEARS.contains(&at.year())
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    let mut rest = Cursor(text.trim().as_bytes());
    let date = rest.date()?;
    let (mut time, mut east) = (NaiveTime::MIN, TimeDelta::zero());
    if !rest.0.is_empty() {
        rest.one_of(b"Tt ")?;
        time = rest.time()?;
        east = rest.offset()?;
    }
    if !rest.0.is_empty() {
        return None;
    }
    let utc = date.and_time(time).checked_sub_signed(east)?.and_utc();
    in_years(&utc).then_some(utc)
}

/// What is left to read.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// Exactly `count` digits as a number; `count` is at most 4.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (head, rest) = self.0.split_at_checked(count)?;
        let number = head
            .iter()
            .try_fold(0, |sum: u32, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))?;
        self.0 = rest;
        Some(number)
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let year = self.digits(4)?;
        self.one_of(b"-")?;
        let month = self.digits(2)?;
        self.one_of(b"-")?;
        let day = self.digits(2)?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let hour = self.digits(2)?;
        self.one_of(b":")?;
        let minute = self.digits(2)?;
        if self.one_of(b":").is_none() {
            return NaiveTime::from_hms_opt(hour, minute, 0);
        }
        // A leap second is told as 60; no document needs it told apart from 59.
        let second = self.digits(2).filter(|second| *second <= 60)?.min(59);
        let nanos = if self.one_of(b".,").is_some() { self.fraction()? } else { 0 };
        while self.one_of(b".").is_some() {
            self.fraction()?;
        }
        NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)
    }

    /// One digit or more as nanoseconds; what is finer is cut.
    fn fraction(&mut self) -> Option<u32> {
        let (mut nanos, mut unit) = (self.digits(1)? * 100_000_000, 100_000_000);
        while let Some(digit) = self.digits(1) {
            unit /= 10;
            nanos += digit * unit;
        }
        Some(nanos)
    }

    /// `Z`, `+hhmm`, `+hh:mm`, `+hh`, `UTC` or nothing, as the distance east of UTC.
    fn offset(&mut self) -> Option<TimeDelta> {
        let blank = self.one_of(b" ").is_some();
        if self.0.is_empty() && !blank || self.one_of(b"Zz").is_some() {
            return Some(TimeDelta::zero());
        }
        if let Some(rest) = self.0.strip_prefix(b"UTC") {
            self.0 = rest;
            return Some(TimeDelta::zero());
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2).filter(|hours| *hours < 24)?;
        let colon = self.one_of(b":").is_some();
        let minutes = if self.0.is_empty() && !colon { 0 } else { self.digits(2)? };
        (minutes < 60).then(|| TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writers_form_is_read() {
        for (text, expected) in [
            ("2026-11-23T14:05:00Z", "2026-11-23T14:05:00+00:00"),
            ("2026-11-23T14:05:00.123+0000", "2026-11-23T14:05:00.123+00:00"),
            ("2026-11-23T14:05:00+0000", "2026-11-23T14:05:00+00:00"),
            ("2026-11-23T14:05:00.5+05:30", "2026-11-23T08:35:00.500+00:00"),
            ("2026-11-23T00:05:00-0200", "2026-11-23T02:05:00+00:00"),
            ("2026-11-23T00:05:00+02", "2026-11-22T22:05:00+00:00"),
            ("2026-11-23 14:05", "2026-11-23T14:05:00+00:00"),
            ("2026-11-23 14:05:00.123456+00:00", "2026-11-23T14:05:00.123456+00:00"),
            ("2026-11-23 14:05:00+00:00", "2026-11-23T14:05:00+00:00"),
            ("2024-12-30T17:37:18.772409.000+0000", "2024-12-30T17:37:18.772409+00:00"),
            ("2022-06-28T13:43:23.964756", "2022-06-28T13:43:23.964756+00:00"),
            ("2026-11-23T14:05:00.12345678901234567890Z", "2026-11-23T14:05:00.123456789+00:00"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
            ("2026-11-23", "2026-11-23T00:00:00+00:00"),
            (" 2026-11-23 14:05:00 UTC\n", "2026-11-23T14:05:00+00:00"),
        ] {
            assert_eq!(read(text).map(|at| at.to_rfc3339()).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn absurd_and_broken_times_are_refused() {
        for text in [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "2026-13-01",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "1970-01-01T00:00:00+0100",
            "2026-11-23T24:00:00Z",
            "2026-11-23T14:60:00Z",
            "2026-11-23T14:05:61Z",
            "2026-11-23T14:05:00.Z",
            "2026-11-23T14:05:00+2500",
            "2026-11-23T14:05:00Zjunk",
            "2026-11-23T14:05:00+00:",
            "２０２６-11-23",
            "+2026-11-23",
            "2026-11-23T14:05:00\0",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(from_millis(i64::MAX).is_err());
        assert!(from_millis(-1).is_err());
        assert_eq!(from_millis(1_795_442_700_123).unwrap().to_rfc3339(), "2026-11-23T14:05:00.123+00:00");
    }

    #[test]
    fn anything_that_starts_with_a_date_has_one() {
        assert_eq!(read_loosely("2026-11-23 or so").unwrap(), read("2026-11-23").unwrap());
        assert_eq!(read_loosely("2026-11-23T10:00Z").unwrap(), read("2026-11-23 10:00").unwrap());
        assert!(read_loosely("9999-12-31").is_err());
        assert_eq!(read_date("2026-11-23Tnever").unwrap().to_string(), "2026-11-23");
    }
}
