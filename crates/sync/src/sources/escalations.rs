//! `escalations`: the case links of every open issue that is labelled as an escalation.

use anyhow::anyhow;
use serde_json::Value;
use t5g_clients::jira::jql::quote;
use t5g_clients::jira::{SearchQuery, WireIssue};
use t5g_model::documents::{Document, Escalations, read, write};
use t5g_model::names::Source;
use t5g_store::ledger::{Pass, ProblemEntry};

use crate::compare::Changes;
use crate::context::SyncContext;
use crate::previous::{self, Previous, heavy};
use crate::refresh::{Fetched, Order, Outcome};
use crate::sources::jira::FieldIds;
use crate::watch;

/// Fetches the document.
pub(crate) async fn fetch(ctx: &SyncContext, order: Order) -> anyhow::Result<Outcome> {
    let both = ctx.rules.escalations.both();
    let (project, label) = both.ok_or_else(|| {
        anyhow!(ctx.unconfigured(Source::Escalations).unwrap_or("escalations are not configured"))
    })?;
    ctx.jira.myself().await?;
    let before: Previous<Escalations> =
        previous::read(&ctx.documents, Document::Escalations, read::escalations).await?;
    let field = FieldIds::resolve(ctx).await?.of(&ctx.rules.fields.case_links);
    let jql = format!("project = {} AND labels = {} AND status != Closed", quote(project), quote(label));
    let query = SearchQuery { jql, fields: vec![field.clone()], rendered: true, ..SearchQuery::default() };
    order.progress.begin("reading escalations from Jira", None);
    let issues = ctx.jira.search(&query, &watch::counting(&order.progress)).await?;
    let mut problems = Vec::new();
    let mut links = Vec::new();
    for issue in issues {
        match case_links(&issue, &field) {
            Some(link) => links.push(link),
            None => problems.push(ProblemEntry {
                document: Document::Escalations,
                entry: issue.key,
                reason: "the escalation names no case".to_owned(),
            }),
        }
    }
    heavy(move || outcome(&before, links, problems)).await?
}

/// The field as Jira renders it, or as it is where nothing is rendered.
fn case_links(issue: &WireIssue, field: &str) -> Option<String> {
    let rendered = issue.html(field).filter(|html| !html.trim().is_empty()).map(str::to_owned);
    rendered.or_else(|| match issue.field(field)? {
        Value::String(plain) if !plain.trim().is_empty() => Some(plain.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn outcome(
    before: &Previous<Escalations>,
    links: Vec<String>,
    problems: Vec<ProblemEntry>,
) -> anyhow::Result<Outcome> {
    let old = before.value.clone().unwrap_or_default();
    let rows = before.fingerprint.map(|_| (old.len(), links.len()));
    let counts = Changes::between_lists(&old, &links).counts(links.len());
    let json = write::escalations(&Some(links))?;
    Ok(Outcome {
        documents: vec![Fetched { document: Document::Escalations, json, rows }],
        built_on: Some((Document::Escalations, before.fingerprint)),
        pass: Pass::Full,
        counts,
        reached: None,
        stale: Vec::new(),
        problems,
    })
}
