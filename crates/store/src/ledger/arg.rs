//! The parameters of statements, alike on both databases.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::ToSql;

/// A parameter of a statement. PostgreSQL cannot keep NUL characters: they become U+FFFD on both.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// BIGINT.
    Int(Option<i64>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
    /// TEXT.
    Text(Option<String>),
}

impl Arg {
    /// The value for a statement that is answered on the spot.
    pub(super) fn to_sql(&self) -> &dyn ToSql {
        match self {
            Self::Int(value) => value,
            Self::Real(value) => value,
            Self::Text(value) => value,
        }
    }
}

fn text(value: &str) -> String {
    value.replace('\0', "\u{fffd}")
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u64> for Arg {
    fn from(value: u64) -> Self {
        Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<f64> for Arg {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(text(value)))
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::Text(Some(text(value)))
    }
}

impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(text))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<DateTime<Utc>> for Arg {
    fn from(value: DateTime<Utc>) -> Self {
        Self::Int(Some(value.timestamp_millis()))
    }
}

impl From<Option<DateTime<Utc>>> for Arg {
    fn from(value: Option<DateTime<Utc>>) -> Self {
        Self::Int(value.map(|time| time.timestamp_millis()))
    }
}

impl From<Duration> for Arg {
    fn from(value: Duration) -> Self {
        Self::Int(Some(i64::try_from(value.as_millis()).unwrap_or(i64::MAX)))
    }
}
