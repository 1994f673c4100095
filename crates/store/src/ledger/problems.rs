//! What the upstreams hold that cannot be shown, such as a card without a case: replaced as a whole by every
//! run of its source.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use t5g_model::documents::Document;
use t5g_model::names::Source;

use super::bulk::{bounded, insert};
use super::{Ledger, Tx};
use crate::StoreError;

/// The longest key and the longest reason that are kept, in bytes; both are in an index.
const ENTRY_BYTES: usize = 200;
const REASON_BYTES: usize = 1_000;

/// An entry that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemEntry {
    /// In which document it would be.
    pub document: Document,
    /// Its key there.
    pub entry: String,
    /// Why it cannot be shown.
    pub reason: String,
}

/// A data problem and when it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataProblem {
    /// Whose refresh found it.
    pub source: Source,
    /// What it is.
    pub problem: ProblemEntry,
    /// When it was found first, and then in every run since.
    pub first_seen: DateTime<Utc>,
    /// When it was found last.
    pub last_seen: DateTime<Utc>,
}

impl Ledger {
    /// All data problems, by source, document and key. A row of a document or source that this version does
    /// not know is left out, with a line in the log.
    pub async fn data_problems(&self) -> Result<Vec<DataProblem>, StoreError> {
        let sql = "SELECT source, document, entry, reason, first_seen, last_seen FROM data_problems";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        let mut problems = Vec::with_capacity(rows.len());
        for row in &rows {
            let (source, document): (String, String) = (row.get("source")?, row.get("document")?);
            let (Ok(source), Some(document)) = (source.parse(), Document::by_name(&document)) else {
                tracing::warn!(
                    source,
                    document,
                    "a data problem of an unknown source or document is left out"
                );
                continue;
            };
            problems.push(DataProblem {
                source,
                problem: ProblemEntry { document, entry: row.get("entry")?, reason: row.get("reason")? },
                first_seen: row.some_time("first_seen")?,
                last_seen: row.some_time("last_seen")?,
            });
        }
        // Sorted here: the databases do not agree on the order of text.
        problems.sort_by(|one, other| (one.source, &one.problem).cmp(&(other.source, &other.problem)));
        Ok(problems)
    }
}

/// Makes `problems` the source's problems; those known before keep their first time.
pub(super) async fn replace(
    tx: &mut Tx,
    generation: i64,
    source: Source,
    problems: &[ProblemEntry],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let unique: BTreeSet<_> = problems
        .iter()
        .map(|one| (one.document, bounded(&one.entry, ENTRY_BYTES), bounded(&one.reason, REASON_BYTES)))
        .collect();
    let rows = unique
        .iter()
        .map(|(document, entry, reason)| {
            [
                source.name().into(),
                document.name().into(),
                entry.into(),
                reason.into(),
                now.into(),
                now.into(),
                generation.into(),
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO data_problems (source, document, entry, reason, first_seen, last_seen, generation)",
        rows,
        "ON CONFLICT (source, document, entry, reason) \
         DO UPDATE SET last_seen = excluded.last_seen, generation = excluded.generation",
    )
    .await?;
    let gone = "DELETE FROM data_problems WHERE source = $1 AND generation <> $2";
    tx.execute(gone, &[source.name().into(), generation.into()]).await.map(drop)
}
