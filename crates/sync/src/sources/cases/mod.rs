//! `cases`: the portal's search, as a whole or what changed since the last success.

mod convert;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_clients::portal::CaseQuery;
use t5g_model::documents::{Cases, Document, read, write};
use t5g_model::names::Source;
use t5g_model::time;
use t5g_store::ledger::ProblemEntry;

use crate::compare::Changes;
use crate::context::SyncContext;
use crate::mark::{Mark, pass};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::watch;

/// Fetches the document.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let before: Previous<Cases> = previous::read(&ctx.documents, Document::Cases, read::cases).await?;
    let capabilities = ctx.portal.capabilities();
    let scope = format!("{}: {}", capabilities.face, ctx.rules.case_query);
    let mark = order.ground(ctx, &scope, before.sound.then_some(before.fingerprint).flatten()).mark();
    let query = CaseQuery {
        query: ctx.rules.case_query.clone(),
        rows: ctx.rules.page_rows,
        modified_since: mark.as_ref().map(|mark| ctx.rules.reach_back(mark.until)),
    };
    order.progress.begin("reading cases from the portal", None);
    let list = ctx.portal.search_cases(&query, &watch::counting(&order.progress)).await?;

    let kept = if mark.is_some() { watch::known_problems(ctx, Source::Cases).await? } else { Vec::new() };
    let started = order.started;
    heavy(move || {
        let (fresh, mut problems) = convert::cases(list, &before.value, capabilities);
        problems
            .extend(kept.into_iter().filter(|old: &ProblemEntry| !fresh.contains_key(old.entry.as_str())));
        let after = if mark.is_some() { merged(&before.value, fresh) } else { fresh };
        outcome(&before, &after, mark.as_ref(), started, scope, problems)
    })
    .await?
}

fn merged(before: &Cases, fresh: Cases) -> Cases {
    let mut after = before.clone();
    after.extend(fresh);
    after
}

fn outcome(
    before: &Previous<Cases>,
    after: &Cases,
    mark: Option<&Mark>,
    started: DateTime<Utc>,
    scope: String,
    problems: Vec<ProblemEntry>,
) -> anyhow::Result<Outcome> {
    let rows = before.fingerprint.map(|_| (before.value.len(), after.len()));
    Ok(Outcome {
        documents: vec![Fetched { document: Document::Cases, json: write::cases(after)?, rows }],
        built_on: Some((Document::Cases, before.fingerprint)),
        pass: pass(mark),
        counts: Changes::between(&before.value, after).counts(after.len()),
        reached: Some((latest_change(after, started), scope)),
        stale: Vec::new(),
        problems,
    })
}

/// The portal's own time of the latest change, so that clocks that differ do no harm; never in our future.
pub(crate) fn latest_change(cases: &Cases, now: DateTime<Utc>) -> DateTime<Utc> {
    let times = cases.values().filter_map(|case| time::read(&case.last_update).ok());
    times.filter(|at| *at <= now + TimeDelta::minutes(5)).max().unwrap_or(now).min(now)
}
