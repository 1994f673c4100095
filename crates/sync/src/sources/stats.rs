//! `stats`: the statistics of now under today's date, beside all days before, which are never touched.

use std::sync::Arc;

use anyhow::ensure;
use chrono::{DateTime, NaiveDate, Utc};
use t5g_model::board::{Raw, RawDocuments, Rules, Scope, load};
use t5g_model::documents::Document;
use t5g_model::figures::{history, statistics};
use t5g_store::documents::Stored;
use t5g_store::ledger::{Counts, Pass};

use crate::context::SyncContext;
use crate::previous::heavy;
use crate::refresh::{Fetched, Order, Outcome};

/// The documents that figures are computed from; without the first two there is nothing to compute.
const FROM: [Document; 4] = [Document::Cards, Document::Cases, Document::Bugs, Document::Issues];
const NEEDED: [Document; 2] = [Document::Cards, Document::Cases];

/// Computes the document anew.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    order.progress.begin("computing statistics", None);
    let mut stored = Vec::new();
    for document in FROM {
        let found = ctx.documents.read(document).await?;
        ensure!(
            found.is_some() || !NEEDED.contains(&document),
            "there is nothing to compute from: document {document} is missing; refresh it first"
        );
        stored.extend(found.map(|found| (document, found)));
    }
    // Read last, so that the time in which somebody else may add a day is short.
    let old = ctx.documents.read(Document::Stats).await?;
    let rules = Arc::new(Rules { time_zone: ctx.rules.time_zone, ..Rules::default() });
    let now = order.started;
    heavy(move || compute(&stored, old, &rules, now)).await?
}

fn compute(
    stored: &[(Document, Stored)],
    old: Option<Stored>,
    rules: &Arc<Rules>,
    now: DateTime<Utc>,
) -> anyhow::Result<Outcome> {
    let mut raw = RawDocuments::default();
    for (document, stored) in stored {
        raw.set(*document, Raw::Bytes(&stored.bytes));
    }
    let mut loaded = load(&raw, rules, None);
    if let Some(unreadable) = loaded.unreadable.pop() {
        return Err(unreadable.into());
    }
    let today = rules.date_of(now);
    let figures = statistics(&loaded.board, Scope::All, now);
    let json = history::with_day(old.as_ref().map(|old| old.bytes.as_ref()), today, &figures)?;
    Ok(Outcome {
        counts: counts(old.as_ref(), &json, today)?,
        documents: vec![Fetched { document: Document::Stats, json, rows: None }],
        built_on: Some((Document::Stats, old.map(|old| old.fingerprint))),
        pass: Pass::Full,
        reached: None,
        stale: Vec::new(),
        problems: Vec::new(),
    })
}

fn counts(old: Option<&Stored>, new: &[u8], today: NaiveDate) -> anyhow::Result<Counts> {
    let days = |bytes: &[u8]| t5g_model::documents::read::stats(bytes).map(|read| read.value);
    let after = days(new)?;
    let before = old.map(|old| days(&old.bytes)).transpose()?.unwrap_or_default();
    let known = before.contains_key(&today);
    Ok(Counts {
        entries: crate::compare::count(after.len()),
        added: u64::from(!known),
        changed: u64::from(known && before.get(&today) != after.get(&today)),
        removed: 0,
    })
}
