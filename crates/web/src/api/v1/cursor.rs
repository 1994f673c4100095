//! Where a page of a list ended: the sort keys of its last row, so that the next one begins after them whatever has
//! come, gone or changed meanwhile. Opaque to clients; anything but one of ours is an error.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The longest cursor that is read, in bytes.
const LENGTH: usize = 8_192;
/// So much of a text counts for the order, in characters.
const KEY: usize = 100;

/// What a row is sorted by. The unknown comes last, whichever way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    /// Nothing is known.
    Unknown,
    /// A number, a time, a rank.
    Number(i64),
    /// A text, in lower case.
    Text(String),
}

impl Key {
    /// A text as it is sorted by.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.chars().take(KEY).flat_map(char::to_lowercase).collect())
    }

    /// A time.
    pub(crate) fn time(at: Option<chrono::DateTime<chrono::Utc>>) -> Self {
        at.map_or(Self::Unknown, |at| Self::Number(at.timestamp_millis()))
    }

    /// A day.
    pub(crate) fn day(on: Option<chrono::NaiveDate>) -> Self {
        on.map_or(Self::Unknown, |on| Self::Number(chrono::Datelike::num_days_from_ce(&on).into()))
    }

    /// A count.
    pub(crate) fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Which of two comes first, ascending or descending.
    pub(crate) fn compare(&self, other: &Self, descending: bool) -> std::cmp::Ordering {
        let unknown = |key: &Self| *key == Self::Unknown;
        let order = unknown(self).cmp(&unknown(other));
        let known = if descending { other.cmp(self) } else { self.cmp(other) };
        order.then(known)
    }
}

/// The place after which a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// Tells what it is good for: list, filters, order.
    pub(crate) of: String,
    /// By what the last row was sorted.
    pub(crate) keys: Vec<Key>,
    /// What told it apart from the others.
    pub(crate) id: String,
}

impl Cursor {
    /// As clients get it.
    pub(crate) fn write(&self) -> Result<String, AppError> {
        let json = serde_json::to_vec(self).map_err(AppError::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads one that was given out for the same question, with so many sort keys.
    pub(crate) fn read(text: &str, of: &str, keys: usize) -> Result<Self, AppError> {
        let none = || {
            AppError::BadRequest(
                "The cursor is none of ours. Take the one of the page before, as it is.".to_owned(),
            )
        };
        if text.len() > LENGTH {
            return Err(none());
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| none())?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| none())?;
        if cursor.of != of || cursor.keys.len() != keys {
            return Err(AppError::BadRequest(
                "The cursor belongs to another list, filter or order. Begin at the first page again."
                    .to_owned(),
            ));
        }
        Ok(cursor)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    #[test]
    fn a_cursor_comes_back_and_nothing_else_does() {
        let keys = vec![Key::Unknown, Key::Number(-3), Key::text("ÄB 한")];
        let cursor = Cursor { of: "x".into(), keys, id: "K-1".into() };
        let text = cursor.write().unwrap();
        assert_eq!(Cursor::read(&text, "x", 3).unwrap(), cursor);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        for (bad, of, keys) in [
            (text.as_str(), "y", 3),
            (text.as_str(), "x", 2),
            (&text[1..], "x", 3),
            ("", "x", 0),
            ("!", "x", 0),
            ("e30", "x", 0),
            (&"A".repeat(10_000), "x", 0),
        ] {
            assert!(Cursor::read(bad, of, keys).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_unknown_comes_last_both_ways() {
        let (one, two) = (Key::Number(1), Key::Number(2));
        assert_eq!(one.compare(&two, false), Ordering::Less);
        assert_eq!(one.compare(&two, true), Ordering::Greater);
        for descending in [false, true] {
            assert_eq!(Key::Unknown.compare(&two, descending), Ordering::Greater);
            assert_eq!(Key::text("A").compare(&Key::text("a"), descending), Ordering::Equal);
        }
    }
}
