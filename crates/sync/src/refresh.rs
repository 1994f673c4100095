//! The frame around every source: attempt, fetch, guard, replacement, freshness. Knows no source's content.

use std::time::Duration;

use anyhow::{Context, anyhow};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_queue::{Permanent, Progress, RunContext};
use t5g_store::StoreError;
use t5g_store::documents::{Fingerprint, Guard};
use t5g_store::ledger::{Counts, Freshness, Pass, ProblemEntry, SourceRun, StaleEntry};

use crate::compare::count;
use crate::context::SyncContext;
use crate::mark::{Ground, Mark};
use crate::sources;

/// How often a refresh begins again because somebody else wrote its document meanwhile.
const CONFLICTS: usize = 3;

/// What a refresh is told.
#[derive(Debug)]
pub(crate) struct Order {
    /// What the ledger knows of the source.
    pub(crate) freshness: Freshness,
    /// Whether everything shall be read, whatever is known.
    pub(crate) full: bool,
    /// When it began.
    pub(crate) started: DateTime<Utc>,
    /// Where it reports.
    pub(crate) progress: Progress,
}

impl Order {
    /// What this refresh may build on, given the question and the stored document (if it is sound).
    pub(crate) fn ground<'a>(
        &'a self,
        ctx: &SyncContext,
        scope: &'a str,
        document: Option<Fingerprint>,
    ) -> Ground<'a> {
        Ground {
            freshness: &self.freshness,
            full: self.full,
            scope,
            document,
            now: self.started,
            full_every: ctx.rules.full_every,
        }
    }
}

/// A document as fetched, not yet stored.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Which.
    pub(crate) document: Document,
    /// Its JSON.
    pub(crate) json: Vec<u8>,
    /// Rows before and after, where a loss of many must be doubted.
    pub(crate) rows: Option<(usize, usize)>,
}

/// What a source's fetch came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What is stored, all at once.
    pub(crate) documents: Vec<Fetched>,
    /// The document that it was built on must still look like this.
    pub(crate) built_on: Option<(Document, Option<Fingerprint>)>,
    /// Whether everything was read.
    pub(crate) pass: Pass,
    /// What it found.
    pub(crate) counts: Counts,
    /// From where the next one can go on: time and question; the document is the first one.
    pub(crate) reached: Option<(DateTime<Utc>, String)>,
    /// All entries that are stale now.
    pub(crate) stale: Vec<StaleEntry>,
    /// All data problems there are now.
    pub(crate) problems: Vec<ProblemEntry>,
}

/// Refreshes one source; what it did is the result.
pub(crate) async fn refresh(
    ctx: &SyncContext,
    source: Source,
    limit: Duration,
    run: RunContext,
) -> anyhow::Result<Value> {
    let full = run.arguments.get("full").and_then(Value::as_bool).unwrap_or(false);
    let started = ctx.clock.now();
    ctx.ledger.begin_attempt(source, started).await?;
    let work = with_retries(ctx, source, full, started, &run.progress);
    let late = |_| Err(anyhow!("it took longer than its limit of {} s and was stopped", limit.as_secs_f64()));
    match tokio::time::timeout(limit, work).await.unwrap_or_else(late) {
        Ok(summary) => Ok(summary),
        Err(error) => {
            let error = error.context(format!("{source} not refreshed"));
            ctx.ledger
                .record_failure(source, &format!("{error:#}"), ctx.clock.now())
                .await
                .with_context(|| format!("the ledger could not note this failure: {error:#}"))?;
            Err(error)
        }
    }
}

/// Begins again while somebody else writes the same document in between.
async fn with_retries(
    ctx: &SyncContext,
    source: Source,
    full: bool,
    started: DateTime<Utc>,
    progress: &Progress,
) -> anyhow::Result<Value> {
    for _ in 1..CONFLICTS {
        match once(ctx, source, full, started, progress).await {
            Err(error) if is_conflict(&error) => tracing::warn!(%source, "{error:#}; beginning again"),
            other => return other,
        }
    }
    once(ctx, source, full, started, progress).await
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Conflict { .. }))
}

async fn once(
    ctx: &SyncContext,
    source: Source,
    full: bool,
    started: DateTime<Utc>,
    progress: &Progress,
) -> anyhow::Result<Value> {
    let known = ctx.ledger.freshness().await?;
    let freshness = known.into_iter().find(|one| one.source == source);
    let freshness = freshness.ok_or_else(|| anyhow!("the ledger does not know {source}"))?;
    let known_entries = freshness.counts.entries;
    let mut outcome =
        sources::fetch(ctx, source, Order { freshness, full, started, progress: progress.clone() }).await?;
    progress.begin("storing", None);
    remember(&mut outcome.documents, known_entries);
    doubt(ctx, source, &outcome.documents).await?;
    store(ctx, source, started, outcome).await
}

/// Where nothing of the stored document could be read, the rows before are those that the last success left:
/// a torn document must not open the door to an empty one.
fn remember(documents: &mut [Fetched], known_entries: u64) {
    if let Some((before @ 0, _)) = documents.first_mut().and_then(|main| main.rows.as_mut()) {
        *before = usize::try_from(known_entries).unwrap_or(usize::MAX);
    }
}

/// Holds a replacement back that would lose too much, unless a person approved it.
async fn doubt(ctx: &SyncContext, source: Source, documents: &[Fetched]) -> anyhow::Result<()> {
    for fetched in documents {
        let Some((before, after)) =
            fetched.rows.filter(|(before, after)| ctx.rules.shrink.doubts(*before, *after))
        else {
            continue;
        };
        let document = fetched.document;
        if ctx.ledger.shrink_approved(document, count(after)).await? {
            continue;
        }
        ctx.ledger.hold_shrink(source, document, count(before), count(after), ctx.clock.now()).await?;
        return Err(anyhow!(
            "the upstream now tells of {after} rows for {document}, where there were {before}; the old ones are \
             kept. If the loss is real: t5g sync {source} --approve-shrink"
        )
        .context(Permanent));
    }
    Ok(())
}

async fn store(
    ctx: &SyncContext,
    source: Source,
    started: DateTime<Utc>,
    outcome: Outcome,
) -> anyhow::Result<Value> {
    let batch: Vec<_> =
        outcome.documents.into_iter().map(|fetched| (fetched.document, Bytes::from(fetched.json))).collect();
    // Both stores are asked: the ledger knows first that the lock is lost, the documents refuse last.
    ctx.ledger.still_held().await?;
    let guard = Guard { unchanged: outcome.built_on, fence: ctx.ledger.fence().cloned() };
    ctx.documents.replace(&batch, &guard).await?;
    let high_water = match (outcome.reached, batch.first()) {
        (Some((until, scope)), Some((_, json))) => {
            let document = Fingerprint::of(json).to_string();
            Some(Mark { until, scope, document }.to_text()?)
        }
        _ => None,
    };
    for (document, _) in &batch {
        ctx.ledger.settle_shrink(*document).await?;
    }
    let Outcome { pass, counts, stale, problems, .. } = outcome;
    let summary = json!({
        "source": source.name(),
        "full": pass == Pass::Full,
        "entries": counts.entries,
        "added": counts.added,
        "changed": counts.changed,
        "removed": counts.removed,
        "stale": stale.len(),
        "problems": problems.len(),
    });
    let finished = ctx.clock.now();
    let run = SourceRun { source, started, finished, pass, counts, high_water, stale, problems };
    ctx.ledger.record_success(&run).await?;
    Ok(summary)
}
