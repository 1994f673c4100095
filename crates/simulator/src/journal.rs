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
    /// What it did, on what; nothing if it was refused.
    effect: Option<&'static str>,
    on: Option<String>,
    /// Whether anything is different now. A write that comes to the same when it is done twice changes nothing the
    /// second time.
    changed: bool,
    body: String,
}

/// What a write did, as its handler knows it.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    /// Such as `create_issue`.
    pub(crate) effect: &'static str,
    /// The key, the case's number, the channel, …
    pub(crate) on: String,
    /// Whether anything is different now.
    pub(crate) changed: bool,
}

/// The last writes.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    total: u64,
    entries: VecDeque<Entry>,
    deed: Option<Deed>,
}

impl Journal {
    /// Says what the write that is under way did.
    pub(crate) fn did(&mut self, effect: &'static str, on: impl Into<String>, changed: bool) {
        self.deed = Some(Deed { effect, on: on.into(), changed });
    }

    /// A write over HTTP is done.
    pub(crate) fn record(&mut self, at: DateTime<Utc>, ask: &Ask, status: StatusCode) {
        let by = match (ask.basic(), ask.bearer()) {
            (Some((user, _)), _) => user,
            (None, Some(_)) => "bearer".to_owned(),
            (None, None) => "anonymous".to_owned(),
        };
        let path = format!("{}{}", ask.mount.prefix, ask.path);
        self.push(at, (ask.method.to_string(), path), by, status.as_u16(), &ask.body);
    }

    /// A letter was taken.
    pub(crate) fn record_letter(&mut self, at: DateTime<Utc>, by: &str, raw: &str) {
        self.push(at, ("SMTP".to_owned(), "/smtp".to_owned()), by.to_owned(), 250, raw.as_bytes());
    }

    fn push(
        &mut self,
        at: DateTime<Utc>,
        (method, path): (String, String),
        by: String,
        status: u16,
        body: &[u8],
    ) {
        self.total += 1;
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        let body = body.get(..BODY.min(body.len())).unwrap_or_default();
        let body = String::from_utf8_lossy(body).into_owned();
        let deed = self.deed.take();
        let (effect, changed) =
            (deed.as_ref().map(|deed| deed.effect), deed.as_ref().is_some_and(|d| d.changed));
        let on = deed.map(|deed| deed.on);
        self.entries.push_back(Entry {
            number: self.total,
            at,
            method,
            path,
            by,
            status,
            effect,
            on,
            changed,
            body,
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
