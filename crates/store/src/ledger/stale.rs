//! Entries of documents that are older than the rest, because fetching them again failed: replaced as a whole
//! by every run of their source.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use t5g_model::names::Source;

use super::bulk::{bounded, insert};
use super::{Ledger, Tx};
use crate::StoreError;

/// The longest key and the longest reason that are kept, in bytes.
const ENTRY_BYTES: usize = 200;
const REASON_BYTES: usize = 1_000;

/// An entry that kept its previous value in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleEntry {
    /// Its key in the document.
    pub entry: String,
    /// Why it could not be fetched.
    pub reason: String,
}

/// An entry that is stale, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleSince {
    /// Whose it is.
    pub source: Source,
    /// What it is.
    pub entry: StaleEntry,
    /// When fetching it failed first, without a success since.
    pub since: DateTime<Utc>,
}

impl Ledger {
    /// All stale entries of a source, by key.
    pub async fn stale_entries(&self, source: Source) -> Result<Vec<StaleSince>, StoreError> {
        let sql = "SELECT entry, reason, since FROM stale_entries WHERE source = $1";
        let rows = self.db().await?.fetch(sql, &[source.name().into()]).await?;
        let mut entries = rows
            .iter()
            .map(|row| {
                let entry = StaleEntry { entry: row.get("entry")?, reason: row.get("reason")? };
                Ok(StaleSince { source, entry, since: row.some_time("since")? })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        // Sorted here: the databases do not agree on the order of text.
        entries.sort_by(|one, other| one.entry.entry.cmp(&other.entry.entry));
        Ok(entries)
    }
}

/// Makes `entries` the source's stale ones; those that were stale before keep their time.
pub(super) async fn replace(
    tx: &mut Tx,
    generation: i64,
    source: Source,
    entries: &[StaleEntry],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let unique: BTreeMap<_, _> =
        entries.iter().map(|entry| (bounded(&entry.entry, ENTRY_BYTES), entry)).collect();
    let rows = unique
        .iter()
        .map(|(key, entry)| {
            let reason = bounded(&entry.reason, REASON_BYTES);
            [source.name().into(), key.into(), (&reason).into(), now.into(), generation.into()]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO stale_entries (source, entry, reason, since, generation)",
        rows,
        "ON CONFLICT (source, entry) DO UPDATE SET reason = excluded.reason, generation = excluded.generation",
    )
    .await?;
    let gone = "DELETE FROM stale_entries WHERE source = $1 AND generation <> $2";
    tx.execute(gone, &[source.name().into(), generation.into()]).await.map(drop)
}
