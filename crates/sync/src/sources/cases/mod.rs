//! `cases`: the portal's search, as a whole or what changed since the last success.

mod convert;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_clients::portal::CaseQuery;
use t5g_model::documents::{Cases, Document, read, write};
use t5g_model::names::Source;
use t5g_model::time;
use t5g_store::ledger::{ProblemEntry, StaleEntry};

use crate::compare::Changes;
use crate::context::SyncContext;
use crate::mark::{Mark, pass};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::watch;
use convert::Taken;

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

    let known = if mark.is_some() { Known::read(ctx).await? } else { Known::default() };
    let started = order.started;
    heavy(move || {
        let mut taken = convert::cases(list, &before.value, capabilities);
        known.add_to(&mut taken);
        if mark.is_some() {
            taken.cases = merged(&before.value, taken.cases);
        }
        outcome(&before, taken, mark.as_ref(), started, scope)
    })
    .await?
}

/// What is known of entries that a pass over the changed ones does not meet.
#[derive(Default)]
struct Known {
    problems: Vec<ProblemEntry>,
    stale: Vec<StaleEntry>,
}

impl Known {
    async fn read(ctx: &SyncContext) -> anyhow::Result<Self> {
        let problems = watch::known_problems(ctx, Source::Cases).await?;
        Ok(Self { problems, stale: watch::known_stale(ctx, Source::Cases).await? })
    }

    /// `taken` holds what was met and nothing else.
    fn add_to(self, taken: &mut Taken) {
        let met = |entry: &str| {
            taken.cases.contains_key(entry) || taken.problems.iter().any(|new| new.entry == entry)
        };
        let problems: Vec<_> = self.problems.into_iter().filter(|old| !met(&old.entry)).collect();
        let stale: Vec<_> = self.stale.into_iter().filter(|old| !met(&old.entry)).collect();
        taken.problems.extend(problems);
        taken.stale.extend(stale);
    }
}

fn merged(before: &Cases, fresh: Cases) -> Cases {
    let mut after = before.clone();
    after.extend(fresh);
    after
}

fn outcome(
    before: &Previous<Cases>,
    taken: Taken,
    mark: Option<&Mark>,
    started: DateTime<Utc>,
    scope: String,
) -> anyhow::Result<Outcome> {
    let Taken { cases: after, stale, problems, again_from } = taken;
    let rows = before.fingerprint.map(|_| (before.value.len(), after.len()));
    let latest = latest_change(&after, started);
    Ok(Outcome {
        documents: vec![Fetched { document: Document::Cases, json: write::cases(&after)?, rows }],
        built_on: Some((Document::Cases, before.fingerprint)),
        pass: pass(mark),
        counts: Changes::between(&before.value, &after).counts(after.len()),
        reached: Some((again_from.map_or(latest, |from| from.min(latest)), scope)),
        stale,
        problems,
    })
}

/// The portal's own time of the latest change, so that clocks that differ do no harm; never in our future.
pub(crate) fn latest_change(cases: &Cases, now: DateTime<Utc>) -> DateTime<Utc> {
    let times = cases.values().filter_map(|case| time::read(&case.last_update).ok());
    times.filter(|at| *at <= now + TimeDelta::minutes(5)).max().unwrap_or(now).min(now)
}
