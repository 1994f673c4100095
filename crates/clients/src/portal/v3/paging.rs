//! The list of v3: `POST cases/filter` by offset. A count without rows is an error, not an empty list.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::wire::{WireFilterAnswer, case};
use crate::http::{Answer, Call, Fault, Upstream};
use crate::portal::{CaseList, CaseQuery, PortalCase};
use crate::{ClientError, ErrorKind, Progress};

const ROUTE: &str = "POST cases/filter";

/// How often a list that changes while it is read is begun again.
const READINGS: u32 = 3;

/// Total, cases, and rows without a number.
type Page = (usize, Vec<PortalCase>, usize);

pub(super) async fn list(
    upstream: &Upstream,
    query: &CaseQuery,
    progress: Progress<'_>,
) -> Result<CaseList, ClientError> {
    let filter = filter(&query.query).map_err(|fault| upstream.fail(ROUTE, fault, 1))?;
    let mut whole = None;
    for _ in 0..READINGS {
        whole = reading(upstream, &filter, query.rows, progress).await?;
        if whole.is_some() {
            break;
        }
    }
    let mut list = whole.ok_or_else(|| {
        let what = format!("its list changed under our feet {READINGS} times");
        upstream.error(ROUTE, ErrorKind::Invalid { what })
    })?;
    // v3 has no filter by change; what did not change is left out here.
    list.cases.retain(|case| changed_since(case, query.modified_since));
    list.cases.sort_by(|a, b| (&a.created, &a.number).cmp(&(&b.created, &b.number)));
    Ok(list)
}

/// Every page of the list; `None` if it changed meanwhile: a case that leaves it pulls others over a page's edge, unseen.
async fn reading(
    upstream: &Upstream,
    filter: &Map<String, Value>,
    rows: u32,
    progress: Progress<'_>,
) -> Result<Option<CaseList>, ClientError> {
    let mut list = CaseList::default();
    let mut seen = HashSet::new();
    let mut counted = None;
    loop {
        let start = list.cases.len() + list.skipped;
        let (total, page, skipped) = page(upstream, filter, start, rows).await?;
        if *counted.get_or_insert(total) != total {
            return Ok(None);
        }
        list.cases.extend(page.into_iter().filter(|row| seen.insert(row.number.clone())));
        list.skipped += skipped;
        upstream.bounded(ROUTE, total)?;
        let now = list.cases.len() + list.skipped;
        progress(list.cases.len(), Some(total));
        if now >= total {
            return Ok(Some(list));
        }
        if now == start {
            let what = format!(
                "v3 counts {total} cases but lists {now}; set the portal's face to `graphql`, which lists them"
            );
            return Err(upstream.error(ROUTE, ErrorKind::Invalid { what }));
        }
    }
}

/// Asks for the count alone, for `doctor`.
pub(super) async fn count(upstream: &Upstream) -> Result<usize, ClientError> {
    let (total, ..) = page(upstream, &Map::new(), 0, 1).await?;
    Ok(total)
}

async fn page(
    upstream: &Upstream,
    filter: &Map<String, Value>,
    start: usize,
    rows: u32,
) -> Result<Page, ClientError> {
    let mut body = filter.clone();
    // Closed cases belong to the list; a filter that does not want them says so.
    body.entry("includeClosed").or_insert(json!(true));
    body.insert("offset".into(), json!(start));
    body.insert("maxResults".into(), json!(rows.max(1)));
    body.insert("sortField".into(), json!("createdDate"));
    body.insert("sortOrder".into(), json!("ASC"));
    let call = Call::post(ROUTE, ["cases", "filter"])
        .json(&body)
        .map_err(|fault| upstream.fail(ROUTE, fault, 1))?
        .reads()
        .large();
    upstream.read(call, read_page).await
}

fn read_page(answer: &Answer) -> Result<Page, Fault> {
    let page: WireFilterAnswer = answer.json()?;
    let docs = page.cases.unwrap_or_default();
    let rows: Vec<PortalCase> = docs.iter().filter_map(case).collect();
    let skipped = docs.len() - rows.len();
    Ok((page.total_count, rows, skipped))
}

/// The configured query: a JSON object of the filter's members, or words to look for.
fn filter(query: &str) -> Result<Map<String, Value>, Fault> {
    let query = query.trim();
    if !query.starts_with('{') {
        return Ok(if query.is_empty() {
            Map::new()
        } else {
            Map::from_iter([("keyword".into(), json!(query))])
        });
    }
    serde_json::from_str(query).map_err(|error| {
        let what = format!("`case_query` begins like a JSON object for the v3 filter but is none: {error}");
        Fault::of(ErrorKind::Setting { what })
    })
}

/// A case without a readable date counts as changed: better fetched once too often.
fn changed_since(case: &PortalCase, since: Option<DateTime<Utc>>) -> bool {
    let Some(since) = since else { return true };
    let modified = case.modified.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    modified.is_none_or(|modified| modified >= since)
}
