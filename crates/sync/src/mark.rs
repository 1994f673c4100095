//! How far an incremental source has read: its own words in the ledger's high-water mark. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use t5g_store::documents::Fingerprint;
use t5g_store::ledger::{Freshness, Pass};

/// Up to where the last success read, and what it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Everything that changed before this is in the document.
    pub(crate) until: DateTime<Utc>,
    /// The question that was asked; with another, nothing is known.
    pub(crate) scope: String,
    /// The document that was written; with another, nothing is known of what is in it.
    pub(crate) document: String,
}

impl Mark {
    /// As kept in the ledger.
    pub(crate) fn to_text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// A mark from the ledger; one that cannot be read means: read everything.
    fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text)
            .inspect_err(
                |error| tracing::warn!(%error, "the high-water mark cannot be read; reading everything"),
            )
            .ok()
    }
}

/// What a refresh may build on.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    /// What the ledger knows of the source.
    pub(crate) freshness: &'a Freshness,
    /// Whether somebody asked for everything.
    pub(crate) full: bool,
    /// The question of now.
    pub(crate) scope: &'a str,
    /// The stored document, if every entry of it can be read.
    pub(crate) document: Option<Fingerprint>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// After which time everything is read again.
    pub(crate) full_every: Duration,
}

impl Ground<'_> {
    /// The mark to go on from; `None`: everything must be read.
    pub(crate) fn mark(&self) -> Option<Mark> {
        let mark = Mark::from_text(self.freshness.high_water.as_deref()?)?;
        let full_every = TimeDelta::from_std(self.full_every).unwrap_or(TimeDelta::MAX);
        let age = self.now - self.freshness.last_full?;
        let recent = (TimeDelta::zero()..full_every).contains(&age) && mark.until <= self.now;
        let same = mark.scope == self.scope && Some(mark.document.as_str()) == self.fingerprint().as_deref();
        (!self.full && recent && same).then_some(mark)
    }

    fn fingerprint(&self) -> Option<String> {
        self.document.map(|document| document.to_string())
    }
}

/// What a refresh with that mark is.
pub(crate) fn pass(mark: Option<&Mark>) -> Pass {
    if mark.is_some() { Pass::Incremental } else { Pass::Full }
}
