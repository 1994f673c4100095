//! Searching issues: by page token on Cloud, by offset on Data Center, in bulk by key.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::{Caller, caller, messages};
use super::fields::Wanted;
use super::matching;
use super::render::issue_json;
use super::view::View;
use super::{access, jql};
use crate::ask::Ask;
use crate::faults::SHORT_PAGE;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::{IssueRef, JiraIssue};

/// The most issues on one page with fields, and how many come unasked.
const PAGE: usize = 100;
const DEFAULT_PAGE: usize = 50;
/// The most issues that a search may reconcile.
const MOST_RECONCILED: usize = 50;
/// How many searches are remembered, so that paging through one does not search again for every page.
const REMEMBERED: usize = 6;

type Found = Arc<Vec<IssueRef>>;

/// The last searches' results.
#[derive(Debug, Default)]
pub(crate) struct SearchMemory(Mutex<VecDeque<(String, Found)>>);

impl SearchMemory {
    fn get(&self, key: &str, make: impl FnOnce() -> Result<Vec<IssueRef>, Reply>) -> Result<Found, Reply> {
        let known = || {
            let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            memory.iter().find(|(known, _)| known == key).map(|(_, found)| found.clone())
        };
        if let Some(found) = known() {
            return Ok(found);
        }
        let found = Arc::new(make()?);
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= REMEMBERED {
            memory.pop_front();
        }
        memory.push_back((key.to_owned(), found.clone()));
        Ok(found)
    }
}

/// All readable issues that a query asks for, in its order.
fn find(ground: &Ground, ask: &Ask, text: &str, strict: bool, reconciled: &[u32]) -> Result<Found, Reply> {
    if caller(ask)? == Caller::Anonymous {
        return Ok(Found::default());
    }
    // With a lag, what is found changes by the second.
    let lag = ground.written.search_lag;
    let moment = ground.now().timestamp() / if lag == 0 { 60 } else { 1 };
    let state = (ground.world.hours_lived(), ground.written.version, moment, strict, lag, reconciled);
    ground.searches.get(&format!("{state:?} {text}"), || {
        let wrong = |errors: &[String]| {
            let errors: Vec<&str> = errors.iter().map(String::as_str).collect();
            messages(StatusCode::BAD_REQUEST, &errors)
        };
        let query = jql::read(text, ground.now()).map_err(|error| wrong(&[error]))?;
        let view = View(ground);
        let projects = matching::projects(&view, &query, strict).map_err(|errors| wrong(&errors))?;
        let wanted = |issue: &JiraIssue| {
            issue.readable
                && view.is_indexed(issue, reconciled)
                && query.clause.as_ref().is_none_or(|clause| matching::matches(&view, clause, issue))
        };
        let mut found: Vec<JiraIssue> = Vec::new();
        let mut refs = Vec::new();
        let named = query.clause.as_ref().and_then(matching::named);
        let candidates: Box<dyn Iterator<Item = IssueRef>> = match named {
            Some(refs) => Box::new(refs.into_iter()),
            None => Box::new(view.all(&projects)),
        };
        for issue in candidates.filter_map(|at| view.issue(at)).filter(wanted) {
            if query.order.is_empty() { refs.push(issue.at) } else { found.push(issue) }
        }
        found.sort_by(|a, b| matching::compare(&query.order, a, b));
        refs.extend(found.into_iter().map(|issue| issue.at));
        Ok(refs)
    })
}

/// Cloud's refusal of the old search.
pub(super) fn gone(_: &Ground, _: &Ask) -> Answer {
    Err(messages(
        StatusCode::GONE,
        &["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."],
    ))
}

pub(super) fn cloud_get(ground: &Ground, ask: &Ask) -> Answer {
    const KNOWN: [&str; 9] = [
        "jql",
        "fields",
        "maxResults",
        "nextPageToken",
        "expand",
        "properties",
        "fieldsByKeys",
        "failFast",
        "reconcileIssues",
    ];
    if let Some((name, _)) = ask.query.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        return Err(messages(StatusCode::BAD_REQUEST, &[&format!("Unknown query parameter '{name}'")]));
    }
    let fields: Vec<String> =
        ask.query.iter().filter(|(name, _)| name == "fields").map(|(_, value)| value.clone()).collect();
    let asked = Asked {
        jql: ask.get("jql").unwrap_or_default().to_owned(),
        wanted: Wanted::read(
            &fields.join(",").split(',').collect::<Vec<_>>(),
            ask.get("expand").unwrap_or_default(),
        ),
        most: ask.number("maxResults", DEFAULT_PAGE),
        token: ask.get("nextPageToken").map(str::to_owned),
        reconciled: ask
            .query
            .iter()
            .filter(|(name, _)| name == "reconcileIssues")
            .flat_map(|(_, value)| value.split(','))
            .filter_map(|id| id.parse().ok())
            .collect(),
    };
    cloud(ground, ask, &asked)
}

/// What a search on Cloud asks for.
struct Asked {
    jql: String,
    wanted: Wanted,
    most: usize,
    token: Option<String>,
    /// Issues, by number, that must be found as they are now.
    reconciled: Vec<u32>,
}

fn object(ask: &Ask, known: &[&str]) -> Result<Map<String, Value>, Reply> {
    let invalid = || {
        messages(
            StatusCode::BAD_REQUEST,
            &["Invalid request payload. Refer to the REST API documentation and try again."],
        )
    };
    match ask.json() {
        Ok(Value::Object(body)) if body.keys().all(|name| known.contains(&name.as_str())) => Ok(body),
        _ => Err(invalid()),
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => text.split(',').collect(),
        _ => Vec::new(),
    }
}

fn ids(value: Option<&Value>) -> Vec<u32> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_u64).filter_map(|id| u32::try_from(id).ok()).collect()
}

fn number(body: &Map<String, Value>, name: &str, default: usize) -> usize {
    body.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(default)
}

pub(super) fn cloud_post(ground: &Ground, ask: &Ask) -> Answer {
    let body = object(
        ask,
        &[
            "jql",
            "fields",
            "maxResults",
            "nextPageToken",
            "expand",
            "properties",
            "fieldsByKeys",
            "reconcileIssues",
        ],
    )?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let asked = Asked {
        jql: text("jql").unwrap_or_default().to_owned(),
        wanted: Wanted::read(&strings(body.get("fields")), text("expand").unwrap_or_default()),
        most: number(&body, "maxResults", DEFAULT_PAGE),
        token: text("nextPageToken").map(str::to_owned),
        reconciled: ids(body.get("reconcileIssues")),
    };
    cloud(ground, ask, &asked)
}

fn cloud(ground: &Ground, ask: &Ask, asked: &Asked) -> Answer {
    if asked.reconciled.len() > MOST_RECONCILED {
        return Err(messages(StatusCode::BAD_REQUEST, &["reconcileIssues must hold at most 50 issues."]));
    }
    let restricted = jql::read(&asked.jql, ground.now()).map_or(true, |query| query.clause.is_some());
    if !restricted {
        return Err(messages(
            StatusCode::BAD_REQUEST,
            &["Unbounded JQL queries are not allowed here. Please add a search restriction to your query."],
        ));
    }
    let found = find(ground, ask, &asked.jql, true, &asked.reconciled)?;
    let start = match &asked.token {
        None => 0,
        Some(token) => page_token(token).ok_or_else(|| {
            messages(StatusCode::BAD_REQUEST, &["The provided next page token is invalid or expired."])
        })?,
    };
    let most = if asked.wanted.needs_fields() { asked.most.min(PAGE) } else { asked.most.min(5_000) };
    let most = if ask.headers.contains_key(SHORT_PAGE) { most / 2 } else { most };
    let end = start.saturating_add(most.max(1)).min(found.len());
    let mut page = json!({ "issues": issues(ground, ask, found.get(start.min(end)..end), &asked.wanted), "isLast": end >= found.len() });
    if end < found.len()
        && let Some(page) = page.as_object_mut()
    {
        page.insert("nextPageToken".into(), json!(format!("sim-page-{end}")));
    }
    Ok(Reply::ok(&page))
}

fn page_token(token: &str) -> Option<usize> {
    token.strip_prefix("sim-page-")?.parse().ok()
}

fn issues(ground: &Ground, ask: &Ask, found: Option<&[IssueRef]>, wanted: &Wanted) -> Vec<Value> {
    let view = View(ground);
    let issues = found.unwrap_or_default().iter().filter_map(|at| view.issue(*at));
    issues.map(|issue| issue_json(&view, ask, &issue, wanted)).collect()
}

pub(super) fn count(ground: &Ground, ask: &Ask) -> Answer {
    let body = object(ask, &["jql"])?;
    let text = body.get("jql").and_then(Value::as_str).unwrap_or_default();
    Ok(Reply::ok(&json!({ "count": find(ground, ask, text, true, &[])?.len() })))
}

/// Many issues by key or id; those one may not see are silently missing, and the order is the server's.
pub(super) fn bulk(ground: &Ground, ask: &Ask) -> Answer {
    access::bot(ask)?;
    let body = object(ask, &["issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"])?;
    let names = strings(body.get("issueIdsOrKeys"));
    if names.is_empty() || names.len() > PAGE {
        return Err(messages(StatusCode::BAD_REQUEST, &["issueIdsOrKeys must hold 1 to 100 entries."]));
    }
    let expand = strings(body.get("expand")).join(",");
    let wanted = Wanted::read(&strings(body.get("fields")), &expand).or_all();
    let view = View(ground);
    let mut found: Vec<JiraIssue> = names.iter().filter_map(|name| view.readable(name)).collect();
    found.sort_by_key(|issue| issue.at.id());
    found.dedup_by_key(|issue| issue.at);
    let list: Vec<Value> = found.iter().map(|issue| issue_json(&view, ask, issue, &wanted)).collect();
    Ok(Reply::ok(&json!({ "issues": list, "issueErrors": [] })))
}

pub(super) fn center_get(ground: &Ground, ask: &Ask) -> Answer {
    let fields: Vec<&str> = ask
        .query
        .iter()
        .filter(|(name, _)| name == "fields")
        .flat_map(|(_, value)| value.split(','))
        .collect();
    let wanted = Wanted::read(&fields, ask.get("expand").unwrap_or_default()).or_navigable();
    let strict = !matches!(ask.get("validateQuery"), Some("false" | "none" | "warn" | "False"));
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", DEFAULT_PAGE));
    center(ground, ask, ask.get("jql").unwrap_or_default(), (start, most), &wanted, strict)
}

pub(super) fn center_post(ground: &Ground, ask: &Ask) -> Answer {
    let body =
        object(ask, &["jql", "fields", "maxResults", "startAt", "expand", "validateQuery", "fieldsByKeys"])?;
    let wanted =
        Wanted::read(&strings(body.get("fields")), &strings(body.get("expand")).join(",")).or_navigable();
    let strict = body.get("validateQuery").and_then(Value::as_bool).unwrap_or(true);
    let text = body.get("jql").and_then(Value::as_str).unwrap_or_default();
    let page = (number(&body, "startAt", 0), number(&body, "maxResults", DEFAULT_PAGE));
    center(ground, ask, text, page, &wanted, strict)
}

fn center(
    ground: &Ground,
    ask: &Ask,
    text: &str,
    page: (usize, usize),
    wanted: &Wanted,
    strict: bool,
) -> Answer {
    let found = find(ground, ask, text, strict, &[])?;
    // The server lowers what is asked to its own limit, and says so.
    let most = page.1.min(PAGE);
    let (start, most) = (page.0, if ask.headers.contains_key(SHORT_PAGE) { most.div_ceil(2) } else { most });
    let end = start.saturating_add(most).min(found.len());
    let list = issues(ground, ask, found.get(start.min(end)..end), wanted);
    let mut body = json!({ "startAt": start, "maxResults": most, "total": found.len(), "issues": list });
    if let Some(body) = body.as_object_mut() {
        body.insert("expand".into(), json!("schema,names"));
    }
    Ok(Reply::ok(&body))
}
