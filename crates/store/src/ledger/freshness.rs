//! How fresh each source is: its last attempt, success and failure, and how far an incremental fetch got.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use t5g_model::names::Source;

use super::Row;
use super::bulk::bounded;
use super::{Ledger, ProblemEntry, StaleEntry, problems, stale};
use crate::StoreError;

/// The longest error text that is kept, in bytes.
const ERROR_BYTES: usize = 4_000;

/// What is known about one source's refreshes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// Which source.
    pub source: Source,
    /// When a refresh began last.
    pub last_attempt: Option<DateTime<Utc>>,
    /// When a refresh succeeded last.
    pub last_success: Option<DateTime<Utc>>,
    /// When everything was fetched last, not only what had changed.
    pub last_full: Option<DateTime<Utc>>,
    /// How long the last success took.
    pub duration: Option<Duration>,
    /// What the last success found.
    pub counts: Counts,
    /// Set while the refreshes since the last success failed.
    pub failure: Option<Failure>,
    /// How many entries are older than the rest.
    pub stale: u64,
    /// Up to where the last success read: opaque here, the source's own words.
    pub high_water: Option<String>,
    /// How often the source is meant to be refreshed.
    pub interval: Option<Duration>,
}

/// Entries of a source's documents, and how they changed with a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many there are.
    pub entries: u64,
    /// How many are new.
    pub added: u64,
    /// How many differ from before.
    pub changed: u64,
    /// How many are gone.
    pub removed: u64,
}

/// Failures since the last success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The last one's text.
    pub error: String,
    /// When the first of them happened.
    pub since: DateTime<Utc>,
    /// How many in a row.
    pub times: u64,
}

/// Whether a run fetched everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Everything.
    Full,
    /// What changed since the last success.
    Incremental,
}

/// A run that succeeded; single entries may have failed all the same.
#[derive(Debug, Clone)]
pub struct SourceRun {
    /// Whose.
    pub source: Source,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub finished: DateTime<Utc>,
    /// How much it fetched.
    pub pass: Pass,
    /// What it found.
    pub counts: Counts,
    /// Up to where it read; `None` leaves the mark where it was.
    pub high_water: Option<String>,
    /// All entries that are stale now.
    pub stale: Vec<StaleEntry>,
    /// All data problems there are now.
    pub problems: Vec<ProblemEntry>,
}

impl Ledger {
    /// A refresh of that source begins.
    pub async fn begin_attempt(&self, source: Source, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (mut tx, _) = self.begin_change().await?;
        let sql = "INSERT INTO freshness (source, last_attempt) VALUES ($1, $2) \
                   ON CONFLICT (source) DO UPDATE SET last_attempt = excluded.last_attempt";
        tx.execute(sql, &[source.name().into(), now.into()]).await?;
        tx.commit().await
    }

    /// A refresh succeeded: its freshness, stale entries and problems change at once.
    pub async fn record_success(&self, run: &SourceRun) -> Result<(), StoreError> {
        let (mut tx, generation) = self.begin_change().await?;
        let took = (run.finished - run.started).to_std().unwrap_or_default();
        let full = (run.pass == Pass::Full).then_some(run.finished);
        let sql = "INSERT INTO freshness (source, last_attempt, last_success, last_full, duration_ms, entries, \
                       added, changed, removed, high_water) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   ON CONFLICT (source) DO UPDATE SET last_attempt = excluded.last_attempt, \
                       last_success = excluded.last_success, \
                       last_full = COALESCE(excluded.last_full, freshness.last_full), \
                       duration_ms = excluded.duration_ms, entries = excluded.entries, added = excluded.added, \
                       changed = excluded.changed, removed = excluded.removed, \
                       high_water = COALESCE(excluded.high_water, freshness.high_water), \
                       error = NULL, error_since = NULL, failures = 0";
        let args = [
            run.source.name().into(),
            run.started.into(),
            run.finished.into(),
            full.into(),
            took.into(),
            run.counts.entries.into(),
            run.counts.added.into(),
            run.counts.changed.into(),
            run.counts.removed.into(),
            run.high_water.as_deref().into(),
        ];
        tx.execute(sql, &args).await?;
        stale::replace(&mut tx, generation, run.source, &run.stale, run.finished).await?;
        problems::replace(&mut tx, generation, run.source, &run.problems, run.finished).await?;
        tx.commit().await
    }

    /// A refresh failed; everything else about the source stays as it was.
    pub async fn record_failure(
        &self,
        source: Source,
        error: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (mut tx, _) = self.begin_change().await?;
        let sql = "INSERT INTO freshness (source, error, error_since, failures) VALUES ($1, $2, $3, 1) \
                   ON CONFLICT (source) DO UPDATE SET error = excluded.error, \
                       error_since = COALESCE(freshness.error_since, excluded.error_since), \
                       failures = freshness.failures + 1";
        let error = bounded(error, ERROR_BYTES);
        tx.execute(sql, &[source.name().into(), (&error).into(), now.into()]).await?;
        tx.commit().await
    }

    /// How often the source is meant to be refreshed; `None`: only on demand.
    pub async fn set_interval(&self, source: Source, interval: Option<Duration>) -> Result<(), StoreError> {
        let (mut tx, _) = self.begin_change().await?;
        let sql = "INSERT INTO freshness (source, interval_ms) VALUES ($1, $2) \
                   ON CONFLICT (source) DO UPDATE SET interval_ms = excluded.interval_ms";
        let milliseconds = interval.map(|span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
        tx.execute(sql, &[source.name().into(), milliseconds.into()]).await?;
        tx.commit().await
    }

    /// Forgets how far an incremental fetch got: the next one fetches everything.
    pub async fn forget_high_water(&self, source: Source) -> Result<(), StoreError> {
        let (mut tx, _) = self.begin_change().await?;
        tx.execute("UPDATE freshness SET high_water = NULL WHERE source = $1", &[source.name().into()])
            .await?;
        tx.commit().await
    }

    /// Every source, in cold-start order, those that never ran included.
    pub async fn freshness(&self) -> Result<Vec<Freshness>, StoreError> {
        // Columns by name: PostgreSQL forgets no plan when a later version adds one.
        let sql = "SELECT f.source, f.last_attempt, f.last_success, f.last_full, f.duration_ms, f.entries, \
                       f.added, f.changed, f.removed, f.error, f.error_since, f.failures, f.high_water, \
                       f.interval_ms, (SELECT COUNT(*) FROM stale_entries s WHERE s.source = f.source) AS stale \
                   FROM freshness f";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        let mut known = BTreeMap::new();
        for row in &rows {
            let name: String = row.get("source")?;
            if let Ok(source) = name.parse() {
                known.insert(source, read(source, row)?);
            } else {
                tracing::warn!(source = name, "the freshness of an unknown source is left out");
            }
        }
        Ok(Source::ALL.iter().map(|&source| known.remove(&source).unwrap_or_else(|| never(source))).collect())
    }
}

fn read(source: Source, row: &Row) -> Result<Freshness, StoreError> {
    let failure = match (row.get::<Option<String>>("error")?, row.time("error_since")?) {
        (Some(error), Some(since)) => Some(Failure { error, since, times: row.count("failures")? }),
        _ => None,
    };
    Ok(Freshness {
        source,
        last_attempt: row.time("last_attempt")?,
        last_success: row.time("last_success")?,
        last_full: row.time("last_full")?,
        duration: row.span("duration_ms")?,
        counts: Counts {
            entries: row.count("entries")?,
            added: row.count("added")?,
            changed: row.count("changed")?,
            removed: row.count("removed")?,
        },
        failure,
        stale: row.count("stale")?,
        high_water: row.get("high_water")?,
        interval: row.span("interval_ms")?,
    })
}

/// A source that never ran.
fn never(source: Source) -> Freshness {
    Freshness {
        source,
        last_attempt: None,
        last_success: None,
        last_full: None,
        duration: None,
        counts: Counts::default(),
        failure: None,
        stale: 0,
        high_water: None,
        interval: None,
    }
}
