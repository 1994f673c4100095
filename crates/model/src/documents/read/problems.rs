//! What was skipped while reading: all of it counted, the first of it kept.

use crate::documents::Document;

/// One entry that was skipped or mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub document: Document,
    /// Its key, cut to 300 characters; `key, item 3` within a list. Text from outside.
    pub entry: String,
    /// What is wrong with it, cut to 300 characters. May quote text from outside.
    pub reason: String,
}

/// Counts problems and keeps the first [`Problems::KEPT`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    count: u64,
    first: Vec<Problem>,
}

impl Problems {
    pub(crate) const TWICE: &str = "occurs twice in the document; the last readable one counts";

    /// How many are kept with their reasons.
    pub const KEPT: usize = 100;

    /// Notes one.
    pub fn note(&mut self, document: Document, entry: &str, reason: &str) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(Problem { document, entry: cut(entry), reason: cut(reason) });
        }
    }

    /// Adds all of `other`.
    pub fn absorb(&mut self, other: &Self) {
        self.count += other.count;
        let room = Self::KEPT.saturating_sub(self.first.len());
        self.first.extend(other.first.iter().take(room).cloned());
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first of them, at most [`Problems::KEPT`].
    pub fn first(&self) -> &[Problem] {
        &self.first
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// At most 300 characters of `text`.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}
