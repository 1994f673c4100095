//! The strict writers: compact JSON exactly in the contract's shape, which the Python dashboard reads.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::documents::{Bugs, Cards, Cases, Details, Document, Escalations, Issues, LinkedBugs};

/// A value that has no JSON form. None of the document types has such values today.
#[derive(Debug, thiserror::Error)]
#[error("document `{document}` cannot be written: {reason}")]
pub struct WriteError {
    document: Document,
    reason: serde_json::Error,
}

/// Writes `cases`.
pub fn cases(cases: &Cases) -> Result<Vec<u8>, WriteError> {
    json(Document::Cases, cases)
}

/// Writes `details`.
pub fn details(details: &Details) -> Result<Vec<u8>, WriteError> {
    json(Document::Details, details)
}

/// Writes `case_bz`.
pub fn case_bz(linked: &LinkedBugs) -> Result<Vec<u8>, WriteError> {
    json(Document::CaseBz, linked)
}

/// Writes `bugs`; `None` as null.
pub fn bugs(bugs: &Bugs) -> Result<Vec<u8>, WriteError> {
    json(Document::Bugs, bugs)
}

/// Writes `issues`.
pub fn issues(issues: &Issues) -> Result<Vec<u8>, WriteError> {
    json(Document::Issues, issues)
}

/// Writes `escalations`; `None` as null.
pub fn escalations(escalations: &Escalations) -> Result<Vec<u8>, WriteError> {
    json(Document::Escalations, escalations)
}

/// Writes `cards`.
pub fn cards(cards: &Cards) -> Result<Vec<u8>, WriteError> {
    json(Document::Cards, cards)
}

/// Writes `timestamp` as Python does: `"2026-11-23 14:05:00.123456+00:00"`.
pub fn timestamp(at: DateTime<Utc>) -> Result<Vec<u8>, WriteError> {
    json(Document::Timestamp, &at.format("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string())
}

fn json(document: Document, value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    serde_json::to_vec(value).map_err(|reason| WriteError { document, reason })
}
