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

#[cfg(test)]
mod tests {
    use t5g_model::names::Source;
    use t5g_store::ledger::Counts;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn freshness(mark: Option<&Mark>) -> Freshness {
        Freshness {
            source: Source::Cases,
            last_attempt: None,
            last_success: None,
            last_full: Some(at("2026-11-23T00:00:00Z")),
            duration: None,
            counts: Counts::default(),
            failure: None,
            stale: 0,
            high_water: mark.map(|mark| mark.to_text().unwrap()),
            interval: None,
        }
    }

    fn mark() -> Mark {
        let document = Fingerprint::of(b"{}").to_string();
        Mark { until: at("2026-11-23T11:00:00Z"), scope: "ours".into(), document }
    }

    fn ground(freshness: &Freshness) -> Ground<'_> {
        Ground {
            freshness,
            full: false,
            scope: "ours",
            document: Some(Fingerprint::of(b"{}")),
            now: at("2026-11-23T12:00:00Z"),
            full_every: Duration::from_hours(23),
        }
    }

    #[test]
    fn it_goes_on_where_the_last_success_ended() {
        assert_eq!(ground(&freshness(Some(&mark()))).mark(), Some(mark()));
    }

    #[test]
    fn anything_doubtful_means_reading_everything() {
        let known = freshness(Some(&mark()));
        let doubtful = [
            Ground { full: true, ..ground(&known) },
            Ground { scope: "theirs", ..ground(&known) },
            Ground { document: None, ..ground(&known) },
            Ground { document: Some(Fingerprint::of(b"[]")), ..ground(&known) },
            Ground { now: at("2026-11-23T23:00:00Z"), ..ground(&known) },
            Ground { now: at("2026-11-23T10:00:00Z"), ..ground(&known) },
        ];
        for ground in doubtful {
            assert_eq!(ground.mark(), None, "{ground:?}");
        }
        assert_eq!(ground(&freshness(None)).mark(), None);
        let torn = Freshness { high_water: Some("{".into()), ..freshness(None) };
        assert_eq!(ground(&torn).mark(), None);
    }
}
