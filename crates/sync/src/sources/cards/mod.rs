//! `cards` and `timestamp`: the team's Jira issues, joined with all other documents.

mod convert;
mod join;
mod keep;
mod known;
mod read_jira;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::TryFutureExt;
use t5g_model::documents::{Cards, Document, read, write};
use t5g_model::names::{CardKey, Source};
use t5g_store::documents::Fingerprint;
use t5g_store::ledger::ProblemEntry;

use crate::compare::{Looks, RowWriter};
use crate::context::SyncContext;
use crate::mark::{Mark, pass};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::watch;
pub(crate) use convert::card_status;
pub(crate) use join::case_in_summary;
use join::{Known, LeftOut, Tracked};
pub(crate) use keep::{has, keep};
use read_jira::{CardSearch, Fresh};

/// What is kept in memory of the cards as they were: what Jira said, and what each looked like.
struct Before {
    tracked: BTreeMap<CardKey, Tracked>,
    looks: Looks<CardKey>,
    fingerprint: Option<Fingerprint>,
    sound: bool,
}

impl Before {
    async fn read(ctx: &SyncContext) -> anyhow::Result<Self> {
        let cards: Previous<Cards> = previous::read(&ctx.documents, Document::Cards, read::cards).await?;
        heavy(move || {
            let looks = Looks::of(&cards.value)?;
            let tracked = cards.value.into_iter().map(|(key, card)| (key, Tracked::from(card))).collect();
            Ok(Self { tracked, looks, fingerprint: cards.fingerprint, sound: cards.sound })
        })
        .await?
    }
}

/// Fetches both documents.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let myself = ctx.jira.myself().map_err(anyhow::Error::from);
    let (_, before, search) = tokio::try_join!(myself, Before::read(ctx), CardSearch::prepare(ctx))?;
    let scope = search.scope(ctx);
    let mark = order.ground(ctx, &scope, before.fingerprint.filter(|_| before.sound)).mark();
    let fresh = match &mark {
        None => search.everything(ctx, &order, &before.tracked).await?,
        Some(mark) => {
            let left_out = watch::known_problems(ctx, Source::Cards).await?.into_iter().map(|one| one.entry);
            let stale = watch::known_stale(ctx, Source::Cards).await?.into_iter().map(|one| one.entry);
            let again = left_out.chain(stale).collect();
            search.changed(ctx, &order, mark.until, &before.tracked, again).await?
        }
    };
    order.progress.begin("joining cards", None);
    let known = known::read(ctx).await?;
    let nulls = known::nulls(ctx).await?;
    let started = order.started;
    heavy(move || {
        let mut outcome = outcome(before, fresh, &known, mark.as_ref(), started, scope)?;
        outcome.documents.extend(nulls);
        Ok(outcome)
    })
    .await?
}

fn outcome(
    before: Before,
    fresh: Fresh,
    known: &Known,
    mark: Option<&Mark>,
    started: DateTime<Utc>,
    scope: String,
) -> anyhow::Result<Outcome> {
    let mut tracked = if mark.is_some() { before.tracked } else { BTreeMap::new() };
    // A card whose summary lost its case number is a card no more, either.
    for key in fresh.gone.iter().chain(fresh.left_out.iter().map(LeftOut::key)) {
        tracked.remove(key);
    }
    tracked.extend(fresh.tracked);
    let mut writer = RowWriter::new(&before.looks);
    let unknown = join::join(tracked, known, started, |key, card| writer.push(key, &card))?;
    let (json, entries, changes) = writer.finish();
    let rows = before.fingerprint.map(|_| (before.looks.len(), entries));
    Ok(Outcome {
        documents: vec![
            Fetched { document: Document::Cards, json, rows },
            Fetched { document: Document::Timestamp, json: write::timestamp(started)?, rows: None },
        ],
        built_on: Some((Document::Cards, before.fingerprint)),
        pass: pass(mark),
        counts: changes.counts(entries),
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
