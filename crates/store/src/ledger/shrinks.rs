//! Replacements that were refused because a document would have lost too much. A person approves or rejects
//! each; an approval holds for what was seen, not for a still smaller document.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use t5g_model::documents::Document;
use t5g_model::names::Source;

use super::Ledger;
use crate::StoreError;

/// A refused replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldShrink {
    /// The document that stays as it was.
    pub document: Document,
    /// Whose refresh it was.
    pub source: Source,
    /// How many entries it has.
    pub old_count: u64,
    /// How many it would have had.
    pub new_count: u64,
    /// When it was refused last.
    pub held_at: DateTime<Utc>,
    /// What a person said.
    pub state: ShrinkState,
    /// Who said it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// What became of a refused replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShrinkState {
    /// Waits for a decision.
    Held,
    /// The next one of that size or larger goes through.
    Approved,
    /// Seen, and still refused.
    Rejected,
}

/// What a person can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Let it through.
    Approve,
    /// Keep refusing.
    Reject,
}

impl ShrinkState {
    const ALL: &[Self] = &[Self::Held, Self::Approved, Self::Rejected];

    /// The name in the ledger and in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for ShrinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ShrinkState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|state| state.name() == text);
        found.ok_or_else(|| format!("{text:?} is no state of a refused replacement"))
    }
}

impl Ledger {
    /// Records that a replacement was refused. An earlier decision stands unless the document would be
    /// smaller still: then it waits for a new one.
    pub async fn hold_shrink(
        &self,
        source: Source,
        document: Document,
        old_count: u64,
        new_count: u64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (mut tx, _) = self.begin_change().await?;
        let sql = "INSERT INTO held_shrinks (document, source, old_count, new_count, held_at, state) \
                   VALUES ($1, $2, $3, $4, $5, 'held') \
                   ON CONFLICT (document) DO UPDATE SET source = excluded.source, \
                       old_count = excluded.old_count, new_count = excluded.new_count, \
                       held_at = excluded.held_at, \
                       state = CASE WHEN excluded.new_count < held_shrinks.new_count THEN 'held' \
                                    ELSE held_shrinks.state END, \
                       decided_by = CASE WHEN excluded.new_count < held_shrinks.new_count THEN NULL \
                                         ELSE held_shrinks.decided_by END, \
                       decided_at = CASE WHEN excluded.new_count < held_shrinks.new_count THEN NULL \
                                         ELSE held_shrinks.decided_at END";
        let args =
            [document.name().into(), source.name().into(), old_count.into(), new_count.into(), now.into()];
        tx.execute(sql, &args).await?;
        tx.commit().await
    }

    /// Whether somebody approved that this document shrinks to `new_count` entries.
    pub async fn shrink_approved(&self, document: Document, new_count: u64) -> Result<bool, StoreError> {
        let sql = "SELECT document FROM held_shrinks \
                   WHERE document = $1 AND state = 'approved' AND new_count <= $2";
        Ok(!self.db().await?.fetch(sql, &[document.name().into(), new_count.into()]).await?.is_empty())
    }

    /// Says what shall become of a refused replacement; false if none is held for this document.
    pub async fn decide_shrink(
        &self,
        document: Document,
        decision: Decision,
        who: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let state = match decision {
            Decision::Approve => ShrinkState::Approved,
            Decision::Reject => ShrinkState::Rejected,
        };
        let (mut tx, _) = self.begin_change().await?;
        let sql = "UPDATE held_shrinks SET state = $2, decided_by = $3, decided_at = $4 WHERE document = $1";
        let args = [document.name().into(), state.name().into(), who.into(), now.into()];
        let decided = tx.execute(sql, &args).await?;
        tx.commit().await?;
        Ok(decided == 1)
    }

    /// The document was replaced: whatever was held for it is settled.
    pub async fn settle_shrink(&self, document: Document) -> Result<(), StoreError> {
        let held = "SELECT document FROM held_shrinks WHERE document = $1";
        if self.db().await?.fetch(held, &[document.name().into()]).await?.is_empty() {
            return Ok(());
        }
        let (mut tx, _) = self.begin_change().await?;
        tx.execute("DELETE FROM held_shrinks WHERE document = $1", &[document.name().into()]).await?;
        tx.commit().await
    }

    /// All refused replacements, by document.
    pub async fn held_shrinks(&self) -> Result<Vec<HeldShrink>, StoreError> {
        let sql = "SELECT document, source, old_count, new_count, held_at, state, decided_by, decided_at \
                   FROM held_shrinks";
        let rows = self.db().await?.fetch(sql, &[]).await?;
        let mut shrinks = Vec::with_capacity(rows.len());
        for row in &rows {
            let (document, source): (String, String) = (row.get("document")?, row.get("source")?);
            let (Some(document), Ok(source)) = (Document::by_name(&document), source.parse()) else {
                tracing::warn!(source, document, "a refused replacement of an unknown document is left out");
                continue;
            };
            let state: String = row.get("state")?;
            shrinks.push(HeldShrink {
                document,
                source,
                old_count: row.count("old_count")?,
                new_count: row.count("new_count")?,
                held_at: row.some_time("held_at")?,
                state: state.parse().map_err(|reason: String| row.unreadable("state", &reason))?,
                decided_by: row.get("decided_by")?,
                decided_at: row.time("decided_at")?,
            });
        }
        shrinks.sort_by_key(|shrink| shrink.document);
        Ok(shrinks)
    }
}
