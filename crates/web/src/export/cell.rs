//! One cell of a file, before a format has its way of writing it.

use chrono::{DateTime, SecondsFormat, Utc};

/// The cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Not known, or not there.
    Missing,
    /// From outside: hostile.
    Text(String),
    /// Of our own making: no format needs to be afraid of it.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Time(DateTime<Utc>),
    /// Words that lead somewhere, where a format has links. The words come from outside; the address was checked.
    Link {
        /// What it says.
        words: String,
        /// Where it leads.
        to: String,
    },
    /// Several texts from outside.
    List(Vec<String>),
}

impl Cell {
    /// Text; empty text is a missing cell.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Missing } else { Self::Text(text) }
    }

    /// A link where there is an address, else text.
    pub(crate) fn link(words: impl Into<String>, to: Option<String>) -> Self {
        match (Self::text(words), to) {
            (Self::Text(words), Some(to)) => Self::Link { words, to },
            (cell, _) => cell,
        }
    }

    /// As one text, for formats that know nothing else.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Text(text) | Self::Link { words: text, .. } => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "Yes" } else { "No" }.to_owned(),
            Self::Time(at) => iso(*at),
            Self::List(texts) => texts.join("; "),
        }
    }

    /// Whether its words are ours, not somebody's.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(self, Self::Missing | Self::Number(_) | Self::Flag(_) | Self::Time(_))
    }
}

/// `2026-11-23T14:05:00Z`.
pub(super) fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
