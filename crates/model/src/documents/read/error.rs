//! Why a whole document could not be read.

use crate::documents::Document;
use crate::documents::read::problems::cut;

/// A document that is no JSON, cut off in the middle, or of the wrong type at the top.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "document `{document}` cannot be read at line {line}, column {column}: {reason}; \
     refresh it, or restore it from an export"
)]
pub struct ReadError {
    /// Which one.
    pub document: Document,
    /// Line of the fault, from 1.
    pub line: usize,
    /// Column of the fault in bytes, from 0.
    pub column: usize,
    /// What is wrong there.
    pub reason: String,
}

impl ReadError {
    pub(super) fn of_json(document: Document, error: &serde_json::Error) -> Self {
        Self { document, line: error.line(), column: error.column(), reason: reason(error) }
    }

    pub(super) fn at_start(document: Document, reason: &str) -> Self {
        Self { document, line: 1, column: 0, reason: cut(reason) }
    }

    /// Of bytes that are no UTF-8 from `valid` on.
    pub(super) fn of_encoding(document: Document, valid: &[u8]) -> Self {
        let line = valid.split(|byte| *byte == b'\n').count();
        let column = valid.iter().rev().take_while(|byte| **byte != b'\n').count();
        Self { document, line, column, reason: "not UTF-8, hence no JSON".to_owned() }
    }
}

/// What an error of the JSON reader says, without the position.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    cut(text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason))
}
