//! `issues`: for every open case the portal's list of linked Jira issues, then these issues from Jira in bulk.

mod convert;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryFutureExt, stream};
use t5g_clients::portal::LinkedIssue;
use t5g_model::documents::{Cases, Document, Issue, Issues, read, write};
use t5g_model::names::{CaseNumber, Source};
use t5g_store::ledger::StaleEntry;

use crate::compare::{Changes, count};
use crate::context::SyncContext;
use crate::gather::{Gathered, gather, hopeless, judge};
use crate::mark::{Mark, pass};
use crate::open_cases::{open, stale, to_ask};
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::sources::cases::latest_change;
use crate::sources::jira::FieldIds;
use crate::watch;
use convert::IssueFields;

/// Cases whose links are asked for at once; the portal's client has a limit of its own below that.
const WINDOW: usize = 32;

/// A case's linked issues: key and, if the portal tells, address.
type Links = BTreeMap<CaseNumber, Vec<(String, Option<String>)>>;

/// Fetches the document.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let myself = ctx.jira.myself().map_err(anyhow::Error::from);
    let (_, ids) = tokio::try_join!(myself, FieldIds::resolve(ctx))?;
    let cases: Cases = previous::required(&ctx.documents, Document::Cases, read::cases).await?;
    let before: Previous<Issues> = previous::read(&ctx.documents, Document::Issues, read::issues).await?;
    let fields = IssueFields {
        qa_contact: ids.of(&ctx.rules.fields.qa_contact),
        severity: ids.of(&ctx.rules.fields.severity),
        private_keywords: ids.of(&ctx.rules.fields.private_keywords),
    };
    let capabilities = ctx.portal.capabilities();
    let mark = order.ground(ctx, capabilities.face, before.fingerprint.filter(|_| before.sound)).mark();

    let open = open(&cases);
    let since = mark.as_ref().map(|mark| ctx.rules.reach_back(mark.until));
    let asked = if capabilities.linked_issues {
        let stale_before = watch::known_stale(ctx, Source::Issues).await?;
        to_ask(&open, &cases, since, |_| true, &stale_before)
    } else {
        Vec::new()
    };
    let gathered = ask(ctx, &asked, &order).await?;
    let stale = stale(&gathered.failed);
    let links = links(&open, gathered.found, &before.value);
    let known = read_issues(ctx, &links, &fields, &order).await?;

    let (started, face) = (order.started, capabilities.face);
    let after = join(links, &known, |key| ctx.jira.browse_url(key));
    heavy(move || outcome(&before, &after, stale, mark.as_ref(), (latest_change(&cases, started), face)))
        .await?
}

async fn ask(
    ctx: &SyncContext,
    asked: &[CaseNumber],
    order: &Order,
) -> anyhow::Result<Gathered<CaseNumber, Vec<LinkedIssue>>> {
    order.progress.begin("reading links of cases from the portal", Some(count(asked.len())));
    let ask = |asked: Vec<CaseNumber>| {
        let answers = asked.into_iter().map(|number| async move {
            let links = ctx.portal.linked_issues(number.as_str()).await;
            (number, links)
        });
        stream::iter(answers).buffer_unordered(WINDOW)
    };
    gather(asked.to_vec(), hopeless(1), ask, || order.progress.advance(1), judge).await?.unless_all_failed()
}

/// Links as found, each once, and of all other open cases as they were.
fn links(
    open: &BTreeSet<CaseNumber>,
    mut found: BTreeMap<CaseNumber, Vec<LinkedIssue>>,
    before: &Issues,
) -> Links {
    let of_case = |number: &CaseNumber| -> Vec<_> {
        if let Some(linked) = found.remove(number) {
            let mut seen = HashSet::new();
            let once = linked.into_iter().filter(|link| seen.insert(link.key.clone()));
            return once.map(|link| (link.key, link.url)).collect();
        }
        let old = before.get(number).into_iter().flatten();
        old.map(|issue| (issue.id.clone(), Some(issue.url.clone()))).collect()
    };
    let lists: Vec<Vec<_>> = open.iter().map(of_case).collect();
    open.iter().cloned().zip(lists).filter(|(_, list)| !list.is_empty()).collect()
}

/// Every linked issue that may be read, each once.
async fn read_issues(
    ctx: &SyncContext,
    links: &Links,
    fields: &IssueFields,
    order: &Order,
) -> anyhow::Result<BTreeMap<String, Issue>> {
    let keys: BTreeSet<&str> = links.values().flatten().map(|(key, _)| key.as_str()).collect();
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    order.progress.begin("reading issues from Jira", Some(count(keys.len())));
    let found = ctx.jira.issues_asked_for(&keys, &fields.names()).await?;
    Ok(found.into_iter().map(|(key, one)| (key, convert::issue(&one, fields))).collect())
}

/// The document: the portal's order within a case; an issue that may not be read is left out.
fn join(links: Links, known: &BTreeMap<String, Issue>, browse: impl Fn(&str) -> String) -> Issues {
    let mut all = Issues::new();
    for (case, list) in links {
        let one = |(key, url): (String, Option<String>)| {
            let issue = known.get(&key)?.clone();
            Some(Issue { url: url.unwrap_or_else(|| browse(&key)), ..issue })
        };
        let issues: Vec<_> = list.into_iter().filter_map(one).collect();
        if !issues.is_empty() {
            all.insert(case, issues);
        }
    }
    all
}

fn outcome(
    before: &Previous<Issues>,
    after: &Issues,
    stale: Vec<StaleEntry>,
    mark: Option<&Mark>,
    (reached, face): (DateTime<Utc>, &str),
) -> anyhow::Result<Outcome> {
    let rows = before.fingerprint.map(|_| (before.value.len(), after.len()));
    Ok(Outcome {
        documents: vec![Fetched { document: Document::Issues, json: write::issues(after)?, rows }],
        built_on: Some((Document::Issues, before.fingerprint)),
        pass: pass(mark),
        counts: Changes::between(&before.value, after).counts(after.len()),
        reached: Some((reached, face.to_owned())),
        stale,
        problems: Vec::new(),
    })
}
