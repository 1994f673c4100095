//! What was written to the simulated upstreams: the last writes, in order, for tests to look at.

use std::collections::VecDeque;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ask::Ask;

/// How many writes are remembered.
const KEPT: usize = 20_000;
/// How much of a body is remembered, in bytes.
const BODY: usize = 4_096;

/// One write.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    /// Counts from 1 and never repeats.
    number: u64,
    at: DateTime<Utc>,
    method: String,
    path: String,
    /// As whom: user, or the kind of credential.
    by: String,
    status: u16,
    body: String,
}

/// The last writes.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    total: u64,
    entries: VecDeque<Entry>,
}

impl Journal {
    pub(crate) fn record(&mut self, at: DateTime<Utc>, ask: &Ask, status: StatusCode) {
        self.total += 1;
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        let by = match (ask.basic(), ask.bearer()) {
            (Some((user, _)), _) => user,
            (None, Some(_)) => "bearer".to_owned(),
            (None, None) => "anonymous".to_owned(),
        };
        let body = ask.body.get(..BODY.min(ask.body.len())).unwrap_or_default();
        self.entries.push_back(Entry {
            number: self.total,
            at,
            method: ask.method.to_string(),
            path: format!("{}{}", ask.mount.prefix, ask.path),
            by,
            status: status.as_u16(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }

    /// Entries after the `since`-th, at most `limit`.
    pub(crate) fn after(&self, since: u64, limit: usize) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| entry.number > since).take(limit).collect()
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}
