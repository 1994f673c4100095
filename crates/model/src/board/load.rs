//! From the store's bytes to a board. A document that cannot be read never replaces the good one: the part
//! of the previous board stays, and the error names the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::board::cards::CardsBuilder;
use crate::board::case::CaseTable;
use crate::board::trackers::TrackerTable;
use crate::board::{Board, Part, Parts, Rules};
use crate::documents::Document;
use crate::documents::read::{self, Problems, ReadError};

/// What the store has of one document.
#[derive(Debug, Clone, Copy, Default)]
pub enum Raw<'a> {
    /// Nothing: it was never fetched.
    #[default]
    Absent,
    /// These bytes.
    Bytes(&'a [u8]),
    /// The same as when the previous board was loaded. Without a previous board the same as `Absent`.
    Unchanged,
}

/// The store's documents as bytes. Those that are not set are [`Raw::Absent`].
#[derive(Debug, Clone, Default)]
pub struct RawDocuments<'a>(BTreeMap<Document, Raw<'a>>);

impl<'a> RawDocuments<'a> {
    /// Sets one. Documents beside [`Board::DOCUMENTS`] may be set and are not looked at.
    pub fn set(&mut self, document: Document, raw: Raw<'a>) {
        self.0.insert(document, raw);
    }

    fn get(&self, document: Document) -> Raw<'a> {
        self.0.get(&document).copied().unwrap_or_default()
    }
}

/// A board, and which documents could not be read for it.
#[derive(Debug)]
pub struct Loaded {
    /// The board; in place of an unreadable document it has the previous board's part, or none.
    pub board: Board,
    /// One error for each unreadable document.
    pub unreadable: Vec<ReadError>,
}

/// Builds a board from the store's bytes. `rules` must be those of `previous`.
///
/// Heavy at scale (half a second for 20,000 cards): keep it off the async threads.
pub fn load(raw: &RawDocuments<'_>, rules: &Arc<Rules>, previous: Option<&Board>) -> Loaded {
    let mut unreadable = Vec::new();
    let cases = part(Document::Cases, raw, previous.map(|b| &b.cases), &mut unreadable, |bytes| {
        let mut read = read::cases(bytes)?;
        Ok((CaseTable::build(read.value, rules, &mut read.problems), read.problems))
    });
    let bugs = part(Document::Bugs, raw, previous.map(|b| &b.bugs), &mut unreadable, |bytes| {
        let read = read::bugs(bytes)?;
        Ok((TrackerTable::build(read.value), read.problems))
    });
    let issues = part(Document::Issues, raw, previous.map(|b| &b.issues), &mut unreadable, |bytes| {
        let read = read::issues(bytes)?;
        Ok((TrackerTable::build(Some(read.value)), read.problems))
    });
    let cards = part(Document::Cards, raw, previous.map(|b| &b.cards), &mut unreadable, |bytes| {
        let mut builder = CardsBuilder::new(rules, &cases.table, &bugs.table, &issues.table);
        let problems = read::each_card(bytes, |key, card, problems| builder.add(key, card, problems))?;
        Ok((builder.finish(), problems))
    });
    let history = part(Document::Stats, raw, previous.map(|b| &b.history), &mut unreadable, |bytes| {
        let read = read::stats(bytes)?;
        Ok((read.value, read.problems))
    });
    let refreshed =
        part(Document::Timestamp, raw, previous.map(|b| &b.refreshed), &mut unreadable, |bytes| {
            Ok((Some(read::timestamp(bytes)?), Problems::default()))
        });
    let parts = Parts { cases, bugs, issues, cards, history, refreshed };
    Loaded { board: Board::join(parts, rules), unreadable }
}

fn part<T: Default>(
    document: Document,
    raw: &RawDocuments<'_>,
    previous: Option<&Part<T>>,
    unreadable: &mut Vec<ReadError>,
    read: impl FnOnce(&[u8]) -> Result<(T, Problems), ReadError>,
) -> Part<T> {
    match raw.get(document) {
        Raw::Absent => Part::default(),
        Raw::Unchanged => previous.cloned().unwrap_or_default(),
        Raw::Bytes(bytes) => match read(bytes) {
            Ok((table, problems)) => Part::new(table, problems),
            Err(error) => {
                unreadable.push(error);
                previous.cloned().unwrap_or_default()
            }
        },
    }
}
