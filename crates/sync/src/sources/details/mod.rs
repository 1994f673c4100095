//! `details` and `case_bz`: one portal call for every open case (that changed); its comments go to the ledger, where those of
//! cases that are gone are forgotten in time.

mod convert;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use t5g_clients::ClientError;
use t5g_clients::portal::{Capabilities, PortalCaseDetail};
use t5g_model::documents::{Cases, Details, Document, LinkedBugs, read, write};
use t5g_model::names::{CaseNumber, Source};
use t5g_store::StoreError;
use t5g_store::ledger::{ProblemEntry, StaleEntry};

use crate::compare::{Changes, count};
use crate::context::SyncContext;
use crate::gather::{Gathered, Verdict, gather, hopeless, judge};
use crate::mark::{Mark, pass};
use crate::open_cases::{open, stale, to_ask};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::sources::cases::latest_change;
use crate::watch;

/// Batches that are asked for at once; each holds as many cases as the portal's client likes.
const BATCHES: usize = 2;

/// Why one case could not be read.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Portal(#[from] ClientError),
    #[error(transparent)]
    Ledger(#[from] StoreError),
}

type Found = Gathered<CaseNumber, PortalCaseDetail>;

/// Fetches both documents.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let cases: Cases = previous::required(&ctx.documents, Document::Cases, read::cases).await?;
    let before: Previous<Details> = previous::read(&ctx.documents, Document::Details, read::details).await?;
    let linked: Previous<LinkedBugs> =
        previous::read(&ctx.documents, Document::CaseBz, read::case_bz).await?;
    let capabilities = ctx.portal.capabilities();
    let sound = before.sound && linked.sound;
    let mark = order.ground(ctx, capabilities.face, before.fingerprint.filter(|_| sound)).mark();

    let since = mark.as_ref().map(|mark| ctx.rules.reach_back(mark.until));
    let stale_before = watch::known_stale(ctx, Source::Details).await?;
    let open = open(&cases);
    let asked = to_ask(&open, &cases, since, |number| before.value.contains_key(number), &stale_before);
    let gathered = ask(ctx, &asked, &order).await?;

    let started = order.started;
    forget_comments(ctx, &cases, started).await?;
    let kept = if mark.is_some() { watch::known_problems(ctx, Source::Details).await? } else { Vec::new() };
    heavy(move || {
        let stale = stale(&gathered.failed);
        let old = Old { details: &before.value, linked: &linked.value };
        let mut new = New { problems: kept, ..New::default() };
        for number in &open {
            new.add(number, gathered.found.get(number), &old, &cases, capabilities);
        }
        let reached = latest_change(&cases, started);
        outcome(&before, &linked, new, stale, mark.as_ref(), (reached, capabilities.face))
    })
    .await?
}

/// Forgets old comments of cases that are the team's no more.
async fn forget_comments(ctx: &SyncContext, cases: &Cases, now: DateTime<Utc>) -> Result<(), StoreError> {
    let keep = TimeDelta::from_std(ctx.rules.keep_comments).unwrap_or(TimeDelta::MAX);
    let before = now.checked_sub_signed(keep).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let known: BTreeSet<&CaseNumber> = cases.keys().collect();
    let removed = ctx.ledger.forget_comments(&known, before).await?;
    if removed > 0 {
        tracing::info!(removed, "forgot comments of cases that are gone");
    }
    Ok(())
}

/// Asks for every case of `asked`, keeping comments as they come.
async fn ask(ctx: &SyncContext, asked: &[CaseNumber], order: &Order) -> anyhow::Result<Found> {
    order.progress.begin("reading details of cases from the portal", Some(count(asked.len())));
    let batch = ctx.portal.capabilities().batch.max(1);
    let ask = |asked: Vec<CaseNumber>| {
        let batches: Vec<_> = asked.chunks(batch).map(<[_]>::to_vec).collect();
        let answers = stream::iter(batches.into_iter().map(|batch| ask_batch(ctx, batch)));
        answers.buffer_unordered(BATCHES).flat_map(stream::iter)
    };
    let judge = |failure: &Failure| match failure {
        Failure::Portal(error) => judge(error),
        Failure::Ledger(_) => Verdict::Fatal,
    };
    gather(asked.to_vec(), hopeless(batch), ask, || order.progress.advance(1), judge)
        .await?
        .unless_all_failed()
}

/// Asks for a batch and keeps its comments. If these cannot be kept, nothing of the batch is of use.
async fn ask_batch(
    ctx: &SyncContext,
    batch: Vec<CaseNumber>,
) -> Vec<(CaseNumber, Result<PortalCaseDetail, Failure>)> {
    let numbers: Vec<String> = batch.iter().map(ToString::to_string).collect();
    let mut answers: BTreeMap<_, _> = ctx.portal.cases(&numbers).await.into_iter().collect();
    let mut results = Vec::with_capacity(batch.len());
    let mut comments = Vec::with_capacity(batch.len());
    for number in batch {
        // The portal's trait promises an answer to every number.
        let Some(answer) = answers.remove(number.as_str()) else { continue };
        let result = answer.map(|mut detail| {
            let written = convert::comments(&number, std::mem::take(&mut detail.comments));
            comments.push((number.clone(), written));
            detail
        });
        results.push((number, result.map_err(Failure::Portal)));
    }
    match ctx.ledger.keep_comments(&comments).await {
        Ok(()) => results,
        Err(error) => {
            let last = results.pop().map(|(number, _)| (number, Err(Failure::Ledger(error))));
            last.into_iter().collect()
        }
    }
}

/// Both documents as they were.
struct Old<'a> {
    details: &'a Details,
    linked: &'a LinkedBugs,
}

/// Both documents as they become.
#[derive(Default)]
struct New {
    details: Details,
    linked: LinkedBugs,
    problems: Vec<ProblemEntry>,
}

impl New {
    /// Adds an open case: as found, else as it was.
    fn add(
        &mut self,
        number: &CaseNumber,
        found: Option<&PortalCaseDetail>,
        old: &Old<'_>,
        cases: &Cases,
        capabilities: Capabilities,
    ) {
        let (old_detail, old_linked) = (old.details.get(number), old.linked.get(number));
        let Some(found) = found else {
            self.details.extend(old_detail.map(|detail| (number.clone(), detail.clone())));
            self.linked.extend(old_linked.map(|bugs| (number.clone(), bugs.clone())));
            return;
        };
        self.problems.retain(|problem| problem.entry != number.as_str());
        self.details.insert(number.clone(), convert::detail(found, old_detail, capabilities));
        let has_bug = cases.get(number).is_some_and(|case| case.bug.is_some());
        let bugs = match &found.bugzillas {
            Some(bugs) => convert::linked_bugs(number, bugs, &mut self.problems),
            None => old_linked.cloned().unwrap_or_default(),
        };
        if has_bug && !bugs.is_empty() {
            self.linked.insert(number.clone(), bugs);
        }
    }
}

fn outcome(
    before: &Previous<Details>,
    linked_before: &Previous<LinkedBugs>,
    new: New,
    stale: Vec<StaleEntry>,
    mark: Option<&Mark>,
    (reached, face): (DateTime<Utc>, &str),
) -> anyhow::Result<Outcome> {
    let linked_rows = linked_before.fingerprint.map(|_| (linked_before.value.len(), new.linked.len()));
    Ok(Outcome {
        documents: vec![
            // Cases close: that `details` shrinks says nothing, and `cases` is doubted on its own.
            Fetched { document: Document::Details, json: write::details(&new.details)?, rows: None },
            Fetched { document: Document::CaseBz, json: write::case_bz(&new.linked)?, rows: linked_rows },
        ],
        built_on: Some((Document::Details, before.fingerprint)),
        pass: pass(mark),
        counts: Changes::between(&before.value, &new.details).counts(new.details.len()),
        reached: Some((reached, face.to_owned())),
        stale,
        problems: new.problems,
    })
}
