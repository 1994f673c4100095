//! `cards` and `timestamp`: the team's Jira issues, joined with all other documents.

mod convert;
mod join;
mod known;
mod read_jira;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use t5g_model::documents::{Cards, Document, read, write};
use t5g_model::names::{CardKey, Source};
use t5g_store::ledger::ProblemEntry;

use crate::compare::Changes;
use crate::context::SyncContext;
use crate::mark::{Mark, pass};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::watch;
use join::{Known, LeftOut, Tracked};
use read_jira::{CardSearch, Fresh};

/// Fetches both documents.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    ctx.jira.myself().await?;
    let before: Previous<Cards> = previous::read(&ctx.documents, Document::Cards, read::cards).await?;
    let search = CardSearch::prepare(ctx).await?;
    let scope = search.scope(ctx);
    let mark = order.ground(ctx, &scope, before.fingerprint.filter(|_| before.sound)).mark();
    order.progress.begin("reading cards from Jira", None);
    let fresh = match &mark {
        None => search.everything(ctx, &order).await?,
        Some(mark) => {
            let left_out = watch::known_problems(ctx, Source::Cards).await?.into_iter().map(|one| one.entry);
            let stale = watch::known_stale(ctx, Source::Cards).await?.into_iter().map(|one| one.entry);
            search.changed(ctx, &order, mark.until, &before.value, left_out.chain(stale).collect()).await?
        }
    };
    order.progress.begin("joining cards", None);
    let known = known::read(ctx).await?;
    let nulls = known::nulls(ctx).await?;
    let started = order.started;
    heavy(move || {
        let mut outcome = outcome(&before, fresh, &known, mark.as_ref(), started, scope)?;
        outcome.documents.extend(nulls);
        Ok(outcome)
    })
    .await?
}

fn outcome(
    before: &Previous<Cards>,
    fresh: Fresh,
    known: &Known,
    mark: Option<&Mark>,
    started: DateTime<Utc>,
    scope: String,
) -> anyhow::Result<Outcome> {
    let mut tracked: BTreeMap<CardKey, Tracked> = BTreeMap::new();
    if mark.is_some() {
        let kept = before.value.iter().filter(|(key, _)| !fresh.gone.contains(*key));
        tracked.extend(kept.map(|(key, card)| (key.clone(), Tracked::from(card.clone()))));
    }
    // A card whose summary lost its case number is a card no more.
    for left_out in &fresh.left_out {
        tracked.remove(left_out.key());
    }
    tracked.extend(fresh.tracked);
    let (cards, unknown) = join::join(tracked, known, started);
    let rows = before.fingerprint.map(|_| (before.value.len(), cards.len()));
    Ok(Outcome {
        documents: vec![
            Fetched { document: Document::Cards, json: write::cards(&cards)?, rows },
            Fetched { document: Document::Timestamp, json: write::timestamp(started)?, rows: None },
        ],
        built_on: Some((Document::Cards, before.fingerprint)),
        pass: pass(mark),
        counts: Changes::between(&before.value, &cards).counts(cards.len()),
        reached: Some((started, scope)),
        stale: fresh.stale,
        problems: fresh.left_out.iter().chain(&unknown).map(problem).collect(),
    })
}

fn problem(left_out: &LeftOut) -> ProblemEntry {
    ProblemEntry {
        document: Document::Cards,
        entry: left_out.key().to_string(),
        reason: left_out.to_string(),
    }
}
