//! The portal's v1 face ("hydra"): search, one case, its Jira issues, its attachments, its watchers.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, get};
use serde_json::{Value, json};

use super::query::{self, Query};
use super::{files, render, watchers};
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::{reading, writing};
use crate::sso::check_bearer;
use crate::state::{Ground, Shared};
use crate::world::{CaseState, IssueRef};

/// The search never shows a row beyond this one.
const WINDOW: usize = 9_999;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/search/cases", reading(search))
        .route("/v1/cases/{number}", reading(one))
        .route("/v1/cases/{number}/comments", reading(comments))
        .route("/v1/cases/{number}/notifiedusers", writing(MethodFilter::POST, watchers::add))
        .route("/v1/cases/{number}/notifiedusers/{login}", writing(MethodFilter::DELETE, watchers::remove))
        .route("/cases/{number}/jiras", reading(jiras))
        .route("/cases/{number}/attachments", reading(files::list))
        .route("/cases/{number}/attachments/", reading(files::list))
        .route("/cases/{number}/attachments/{uuid}", get(files::send))
}

/// The case of the path; an unknown one is an HTML page, as the portal's front end answers.
pub(super) fn known_case(ground: &Ground, ask: &Ask) -> Result<CaseState, Reply> {
    check_bearer(ground, ask)?;
    let found = ground.world.case(ask.param("number"));
    found.ok_or_else(|| Reply::html(StatusCode::NOT_FOUND, "404 - Page Not Found - Red Hat Customer Portal"))
}

fn search(ground: &Ground, ask: &Ask) -> Answer {
    check_bearer(ground, ask)?;
    let text = ask.get("q").unwrap_or("*:*");
    let wrong = |message: String| {
        Reply::json(
            StatusCode::BAD_REQUEST,
            &json!({ "error": { "msg": format!("Cannot parse '{text}': {message}"), "code": 400 } }),
        )
    };
    let query = query::read(text, ground.now()).map_err(wrong)?;
    let order = Order::read(ask.get("sort").unwrap_or_default()).map_err(wrong)?;
    let (start, rows) = (ask.number("start", 0), ask.number("rows", 10));
    let found = matching(ground, &query, &order);
    let end = start.saturating_add(rows).min(WINDOW).min(found.len());
    let wanted: Vec<&str> =
        ask.get("fl").unwrap_or_default().split(',').filter(|name| !name.is_empty()).collect();
    let world = &ground.world;
    let page = found.get(start.min(end)..end).unwrap_or_default();
    let docs: Vec<Value> =
        page.iter().map(|index| render::search_doc(world, &world.case_of(*index), &wanted)).collect();
    Ok(Reply::ok(
        &json!({ "response": { "numFound": found.len(), "start": start, "maxScore": 1.0, "docs": docs } }),
    ))
}

fn matching(ground: &Ground, query: &Query, order: &Order) -> Vec<u32> {
    let world = &ground.world;
    let mut found: Vec<(i64, i64, u32)> = world
        .cases()
        .filter(|case| query.matches(world, case))
        .map(|case| {
            let shown = |tick| world.shown(tick).timestamp();
            (shown(case.life.born), shown(case.changed), case.life.index)
        })
        .collect();
    found.sort_by(|a, b| order.compare(a, b));
    found.into_iter().map(|(_, _, index)| index).collect()
}

/// By which keys a search is sorted, and whether downwards.
struct Order(Vec<(Key, bool)>);

enum Key {
    Created,
    Modified,
    Number,
}

impl Order {
    fn read(text: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, direction) = part.split_once(' ').unwrap_or((part, "asc"));
            let key = match name {
                "case_createdDate" => Key::Created,
                "case_lastModifiedDate" => Key::Modified,
                "case_number" | "id" => Key::Number,
                "score" => continue,
                other => return Err(format!("sort param field can't be found: {other}")),
            };
            keys.push((key, direction.trim().eq_ignore_ascii_case("desc")));
        }
        Ok(Self(keys))
    }

    fn compare(&self, a: &(i64, i64, u32), b: &(i64, i64, u32)) -> std::cmp::Ordering {
        let keys = self.0.iter().map(|(key, down)| {
            let order = match key {
                Key::Created => a.0.cmp(&b.0),
                Key::Modified => a.1.cmp(&b.1),
                Key::Number => a.2.cmp(&b.2),
            };
            if *down { order.reverse() } else { order }
        });
        keys.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    }
}

fn one(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    Ok(Reply::ok(&render::case(ground, &case)))
}

fn comments(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    Ok(Reply::ok(&json!(render::comments(&ground.world, &case))))
}

fn jiras(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let list: Vec<Value> = case.linked_issues().filter_map(|at| jira(ground, ask, at)).collect();
    Ok(Reply::ok(&json!(list)))
}

/// One of the case's Jira issues; of one that may not be seen the title is absent.
fn jira(ground: &Ground, ask: &Ask, at: IssueRef) -> Option<Value> {
    let issue = ground.world.issue(at)?;
    let key = at.key();
    let mut entry = json!({
        "resourceKey": key,
        "resourceURL": format!("{}/jira/browse/{key}", ask.server),
        "status": issue.status,
        "lastModifiedDate": render::time(issue.updated),
    });
    if issue.readable
        && let Some(fields) = entry.as_object_mut()
    {
        fields.insert("title".into(), json!(ground.world.issue_summary(at)));
    }
    Some(entry)
}
