//! `bugs`: what Bugzilla knows of the bugs in `case_bz`, many a request.

mod convert;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use futures_util::{StreamExt, stream};
use t5g_clients::bugzilla::BugzillaClient;
use t5g_model::documents::{Bug, Bugs, Document, LinkedBugs, read, write};
use t5g_model::names::{CaseNumber, Source};
use t5g_store::ledger::{Pass, StaleEntry};

use crate::compare::{Changes, count};
use crate::context::SyncContext;
use crate::gather::{gather, hopeless, judge};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use convert::Known;

/// Bugs that one call asks for; a call that fails concerns these only.
const BATCH: usize = 100;
/// Calls at once; Bugzilla's client has a limit of its own.
const BATCHES: usize = 8;

/// The document's rows.
type Rows = BTreeMap<CaseNumber, Vec<Bug>>;

/// Fetches the document.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let bugzilla = ctx.bugzilla.as_ref();
    let bugzilla = bugzilla
        .ok_or_else(|| anyhow!(ctx.unconfigured(Source::Bugs).unwrap_or("Bugzilla is not configured")))?;
    let linked: LinkedBugs = previous::required(&ctx.documents, Document::CaseBz, read::case_bz).await?;
    let before: Previous<Bugs> = previous::read(&ctx.documents, Document::Bugs, read::bugs).await?;
    let (known, stale) = ask(bugzilla, &linked, &order).await?;
    heavy(move || {
        let old: Rows = before.value.clone().unwrap_or_default();
        let after = convert::join(&linked, &known, &old);
        outcome(&before, &old, after, stale)
    })
    .await?
}

fn outcome(
    before: &Previous<Bugs>,
    old: &Rows,
    after: Rows,
    stale: Vec<StaleEntry>,
) -> anyhow::Result<Outcome> {
    let counts = Changes::between(old, &after).counts(after.len());
    let json = write::bugs(&Some(after))?;
    Ok(Outcome {
        // It has a row for each of `case_bz`, which is doubted on its own.
        documents: vec![Fetched { document: Document::Bugs, json, rows: None }],
        built_on: Some((Document::Bugs, before.fingerprint)),
        pass: Pass::Full,
        counts,
        reached: None,
        stale,
        problems: Vec::new(),
    })
}

/// What Bugzilla knows of each linked bug, and which bugs could not be asked for.
async fn ask(
    bugzilla: &BugzillaClient,
    linked: &LinkedBugs,
    order: &Order,
) -> anyhow::Result<(BTreeMap<String, Known>, Vec<StaleEntry>)> {
    let names: BTreeSet<&str> = linked.values().flatten().map(|bug| bug.bugzilla_number.as_str()).collect();
    // What is no number is no bug of this Bugzilla.
    let mut known: BTreeMap<_, _> =
        names.iter().map(|name| ((*name).to_owned(), Known::Restricted)).collect();
    let ids: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
    order.progress.begin("reading bugs from Bugzilla", Some(count(ids.len())));
    let batches: Vec<_> = ids.chunks(BATCH).map(<[_]>::to_vec).collect();
    let ask = |batches: Vec<Vec<u64>>| {
        let answers = batches.into_iter().map(|batch| async move {
            let answer = bugzilla.bugs(&batch).await;
            order.progress.advance(count(batch.len()));
            (batch, answer)
        });
        stream::iter(answers).buffer_unordered(BATCHES)
    };
    let gathered = gather(batches, hopeless(1), ask, || (), judge).await?.unless_all_failed()?;
    for answer in gathered.found.into_values() {
        known.extend(answer.found.iter().map(|bug| (bug.id.to_string(), convert::told(bug))));
    }
    let mut stale = Vec::new();
    for (batch, reason) in gathered.failed {
        for id in batch {
            known.insert(id.to_string(), Known::Failed);
            stale.push(StaleEntry { entry: id.to_string(), reason: reason.clone() });
        }
    }
    Ok((known, stale))
}
