//! One tolerant reader for each document. A malformed entry is skipped, counted and named; only a document
//! that is no JSON, or no JSON of the right top-level type, is an error.
//!
//! Memory: each entry is cut out unparsed first, so that one bad entry cannot take the others with it.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use crate::documents::{Bugs, Card, Cards, Cases, Details, Document, Escalations, Issues, LinkedBugs, Stats};
use crate::names::CardKey;
use crate::time;

mod entries;
mod error;
mod problems;
mod salvage;
mod surrogates;

pub use error::ReadError;
pub use problems::{Problem, Problems};

use entries::each_entry;
pub(crate) use entries::{Text, each_member};

/// A document that was read, and what was wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading<T> {
    /// The readable part.
    pub value: T,
    /// What was skipped, and why.
    pub problems: Problems,
}

impl<T> Reading<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: change(self.value), problems: self.problems }
    }
}

/// Reads `cases`.
pub fn cases(bytes: &[u8]) -> Result<Reading<Cases>, ReadError> {
    entries::keyed(&Text::of(Document::Cases, bytes)?)
}

/// Reads `details`.
pub fn details(bytes: &[u8]) -> Result<Reading<Details>, ReadError> {
    entries::keyed(&Text::of(Document::Details, bytes)?)
}

/// Reads `case_bz`.
pub fn case_bz(bytes: &[u8]) -> Result<Reading<LinkedBugs>, ReadError> {
    entries::keyed_lists(&Text::of(Document::CaseBz, bytes)?)
}

/// Reads `bugs`; null means that Bugzilla is not configured.
pub fn bugs(bytes: &[u8]) -> Result<Reading<Bugs>, ReadError> {
    let text = Text::of(Document::Bugs, bytes)?;
    if text.is_null() { Ok(Reading::default()) } else { Ok(entries::keyed_lists(&text)?.map(Some)) }
}

/// Reads `issues`.
pub fn issues(bytes: &[u8]) -> Result<Reading<Issues>, ReadError> {
    entries::keyed_lists(&Text::of(Document::Issues, bytes)?)
}

/// Reads `escalations`; null means that they are not configured.
pub fn escalations(bytes: &[u8]) -> Result<Reading<Escalations>, ReadError> {
    let text = Text::of(Document::Escalations, bytes)?;
    if text.is_null() { Ok(Reading::default()) } else { Ok(entries::list_of_texts(&text)?.map(Some)) }
}

/// Reads `cards`.
pub fn cards(bytes: &[u8]) -> Result<Reading<Cards>, ReadError> {
    let mut cards = Cards::new();
    let problems = each_card(bytes, |key, card, problems| {
        let name = key.to_string();
        if cards.insert(key, card).is_some() {
            problems.note(Document::Cards, &name, Problems::TWICE);
        }
    })?;
    Ok(Reading { value: cards, problems })
}

/// Reads `cards` one by one, in the document's order, without holding more than one of them. A key that
/// occurs twice is handed over twice: whoever takes them must let the last one count, and say so in the
/// problems.
pub(crate) fn each_card(
    bytes: &[u8],
    mut take: impl FnMut(CardKey, Card, &mut Problems),
) -> Result<Problems, ReadError> {
    let text = Text::of(Document::Cards, bytes)?;
    let mut problems = Problems::default();
    each_entry(&text, &mut problems, |key, value, problems| {
        let mut refused = Problems::default();
        let card = entries::entry(Document::Cards, key, value, &mut refused).or_else(|| {
            let (whole, left_out) = salvage::card(key, value)?;
            refused = left_out;
            entries::entry(Document::Cards, key, &whole, &mut refused)
        });
        problems.absorb(&refused);
        if let Some((key, card)) = card {
            take(key, card, problems);
        }
    })?;
    Ok(problems)
}

/// Reads `stats`.
pub fn stats(bytes: &[u8]) -> Result<Reading<Stats>, ReadError> {
    let read = entries::keyed::<Day, _>(&Text::of(Document::Stats, bytes)?)?;
    Ok(read.map(|days| days.into_iter().map(|(day, figures)| (day.0, figures)).collect()))
}

/// Reads `timestamp`: a JSON string, or the bare text.
pub fn timestamp(bytes: &[u8]) -> Result<DateTime<Utc>, ReadError> {
    let text = Text::of(Document::Timestamp, bytes)?;
    let quoted: Result<String, _> = serde_json::from_str(text.as_str());
    time::read(quoted.as_deref().unwrap_or(text.as_str()))
        .map_err(|cause| ReadError::at_start(Document::Timestamp, &cause.to_string()))
}

/// Reads a document only to tell what is wrong with it. Of `users` and `refresh_id` only the top-level
/// type is looked at.
pub fn check(document: Document, bytes: &[u8]) -> Result<Problems, ReadError> {
    Ok(match document {
        Document::Cases => cases(bytes)?.problems,
        Document::Details => details(bytes)?.problems,
        Document::CaseBz => case_bz(bytes)?.problems,
        Document::Bugs => bugs(bytes)?.problems,
        Document::Issues => issues(bytes)?.problems,
        Document::Escalations => escalations(bytes)?.problems,
        Document::Cards => each_card(bytes, |_, _, _| ())?,
        Document::Stats => stats(bytes)?.problems,
        Document::Timestamp => timestamp(bytes).map(|_| Problems::default())?,
        Document::Users => {
            let mut problems = Problems::default();
            each_entry(&Text::of(document, bytes)?, &mut problems, |_, _, _| ())?;
            problems
        }
        Document::RefreshId => {
            let text = Text::of(document, bytes)?;
            text.whole::<Option<String>>()?;
            Problems::default()
        }
    })
}

/// The key of a day in `stats`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Day(NaiveDate);

impl FromStr for Day {
    type Err = time::UnreadableTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = time::read_date(text)?;
        let exact = day.to_string() == text;
        exact
            .then_some(Self(day))
            .ok_or_else(|| time::UnreadableTime { text: text.chars().take(80).collect() })
    }
}
