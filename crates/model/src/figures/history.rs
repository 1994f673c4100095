//! Puts a day into the history of the statistics without touching the other days.

use chrono::NaiveDate;

use crate::documents::Document;
use crate::documents::read::{ReadError, Text, each_member};
use crate::figures::Statistics;

/// Why the history was not changed. It must then stay as it is.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// What is there is no history; writing would lose it.
    #[error("the statistics of {day} are not added, as what is there would be lost: {source}")]
    Unreadable {
        /// The day that was to be added.
        day: NaiveDate,
        /// What is wrong with the document.
        source: ReadError,
    },
    /// The figures have no JSON form. They always have today.
    #[error("the statistics of {day} cannot be written: {source}")]
    Unwritable {
        /// The day that was to be added.
        day: NaiveDate,
        /// What is wrong with them.
        source: serde_json::Error,
    },
}

/// The document `stats` with the day's entry added, or replaced if it is there already. Every other member
/// stays as it is to the byte, be it readable or not. `old` is `None` if there is no document yet.
pub fn with_day(old: Option<&[u8]>, day: NaiveDate, figures: &Statistics) -> Result<Vec<u8>, HistoryError> {
    let new = serde_json::to_string(figures).map_err(|source| HistoryError::Unwritable { day, source })?;
    let (own_key, mut written) = (format!("\"{day}\""), false);
    let mut document = String::from("{");
    let mut write = |key: &str, value: &str| {
        let comma = if document.len() > 1 { "," } else { "" };
        document.extend([comma, key, ":", value]);
    };
    let mut keep = |text: &Text<'_>| {
        each_member(text, |key, value| {
            if key.get() != own_key {
                write(key.get(), value.get());
            } else if !written {
                write(&own_key, &new);
                written = true;
            }
        })
    };
    Text::of(Document::Stats, old.unwrap_or(b"{}"))
        .and_then(|text| keep(&text))
        .map_err(|source| HistoryError::Unreadable { day, source })?;
    if !written {
        write(&own_key, &new);
    }
    document.push('}');
    Ok(document.into_bytes())
}
