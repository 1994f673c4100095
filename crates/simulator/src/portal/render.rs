//! Cases as the portal's answers show them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::query::GROUP;
use crate::state::Ground;
use crate::world::{CaseState, Tick, Visibility, World, bug_number};

/// The portal's way to write a time.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn tick(world: &World, tick: Tick) -> String {
    time(world.shown(tick))
}

/// Where people read a bug.
pub(crate) fn bug_link(number: u32) -> String {
    format!("https://bugzilla.redhat.com/show_bug.cgi?id={number}")
}

/// The search's fields of a case; only those wanted, all if none are named. What is not known is absent.
pub(super) fn search_doc(world: &World, case: &CaseState, wanted: &[&str]) -> Value {
    let mut doc = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> Option<Value>| {
        if (wanted.is_empty() || wanted.contains(&name) || wanted.contains(&"*"))
            && let Some(value) = value()
        {
            doc.insert(name.to_owned(), value);
        }
    };
    put("case_number", &|| Some(json!(case.number)));
    put("case_owner", &|| Some(json!(case.owner(world))));
    put("case_account_name", &|| Some(json!(case.account(world))));
    put("case_accountNumber", &|| Some(json!(case.account_number())));
    put("case_summary", &|| Some(json!(case.problem(world))));
    put("case_description", &|| Some(json!(case.description(world))));
    put("case_version", &|| Some(json!(case.life.version)));
    put("case_bugzillaNumber", &|| {
        case.bugs().next().map(|(member, _)| json!(bug_number(member).to_string()))
    });
    put("case_status", &|| Some(json!(case.status.as_str())));
    put("case_severity", &|| Some(json!(case.severity.numbered())));
    put("case_createdDate", &|| Some(json!(tick(world, case.life.born))));
    put("case_lastModifiedDate", &|| Some(json!(tick(world, case.changed))));
    put("case_closedDate", &|| case.closed().map(|at| json!(tick(world, at))));
    put("case_product", &|| Some(json!([case.life.product])));
    put("case_tags", &|| tags(case));
    put("case_sbrGroups", &|| Some(json!([GROUP])));
    Value::Object(doc)
}

/// A list, or the same joined by semicolons in a list of one, as older cases have it.
fn tags(case: &CaseState) -> Option<Value> {
    let tags = &case.life.tags;
    match tags.len() {
        0 => None,
        _ if case.life.index % 5 == 4 => Some(json!([tags.join(";")])),
        _ => Some(json!(tags)),
    }
}

/// The portal's list of bugs linked to a case.
pub(super) fn bugs(world: &World, case: &CaseState) -> Vec<Value> {
    case.bugs()
        .map(|(member, linked)| {
            // The portal copies the bug's status when it is linked, and never again.
            let bug = world.bug_at(member, linked);
            // Of a restricted bug the portal knows the number alone.
            let open = bug.visibility == Visibility::Public;
            json!({
                "bugzillaLink": bug_link(bug.number),
                "bugzillaNumber": bug.number.to_string(),
                "caseNumber": case.number,
                "linkedAt": tick(world, linked),
                "status": if open { bug.status } else { "" },
                "summary": if open { bug.summary.as_str() } else { "" },
            })
        })
        .collect()
}

pub(super) fn comments(world: &World, case: &CaseState) -> Vec<Value> {
    case.comments(world)
        .into_iter()
        .map(|comment| {
            json!({
                "id": comment.id,
                "caseNumber": case.number,
                "commentBody": comment.body,
                "createdBy": comment.by,
                "createdDate": time(comment.at),
                "lastModifiedDate": time(comment.at),
                "isPublic": comment.public,
                "isDraft": false,
            })
        })
        .collect()
}

/// The people who watch a case, with what was changed through the API.
pub(super) fn watchers(ground: &Ground, case: &CaseState) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    let added = ground.written.watchers_added(&case.number);
    for watcher in case.watchers(&ground.world) {
        if !ground.written.watcher_removed(&case.number, &watcher.login)
            && !added.contains(&watcher.login.as_str())
        {
            let (first, last) = watcher.name.split_once(' ').unwrap_or((watcher.name.as_str(), ""));
            list.push(json!({
                "ssoUsername": watcher.login, "title": watcher.title, "firstName": first, "lastName": last,
            }));
        }
    }
    list.extend(added.into_iter().map(|login| json!({ "ssoUsername": login, "title": "Added" })));
    list
}

/// Whether somebody watches a case.
pub(super) fn watches(ground: &Ground, case: &CaseState, login: &str) -> bool {
    let told = watchers(ground, case);
    told.iter().any(|watcher| watcher.get("ssoUsername").and_then(Value::as_str) == Some(login))
}

/// A case as `cases/{n}` tells it.
pub(super) fn case(ground: &Ground, case: &CaseState) -> Value {
    let world = &ground.world;
    let mut body = json!({
        "caseNumber": case.number,
        "summary": case.problem(world),
        "description": case.description(world),
        "status": case.status.as_str(),
        "severity": case.severity.numbered(),
        "product": case.life.product,
        "version": case.life.version,
        "accountNumberRef": case.account_number(),
        "ownerId": case.owner(world),
        "createdDate": tick(world, case.life.born),
        "lastModifiedDate": tick(world, case.changed),
        "isClosed": !case.is_open(),
        "critSit": case.crit_sit(),
        "notifiedUsers": watchers(ground, case),
        "bugzillas": bugs(world, case),
        "comments": comments(world, case),
    });
    if let Some(fields) = body.as_object_mut() {
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        put("groupName", case.group(world).map(Value::from));
        put("closedDate", case.closed().map(|at| json!(tick(world, at))));
        put("reliefAt", case.relief(world).map(|at| json!(at)));
        put("resolvedAt", case.resolved(world).map(|at| json!(at)));
    }
    body
}
