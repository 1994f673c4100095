//! Reading bugs: many by number (what may not be seen is silently missing), one (it is refused), their comments.

use serde_json::{Map, Value, json};

use super::access::{bug, error, logged_in};
use crate::ask::Ask;
use crate::portal::time;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::{BugState, Visibility};

/// How many come when no limit is given, and at most.
const DEFAULT_LIMIT: usize = 20;
const MOST: usize = 1_000;
/// The longest address that is read, in bytes of query.
const LONGEST_QUERY: usize = 10 * 1024;

pub(super) fn search(ground: &Ground, ask: &Ask) -> Answer {
    logged_in(ask)?;
    let length: usize = ask.query.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    if length > LONGEST_QUERY {
        return Err(Reply::html(axum::http::StatusCode::URI_TOO_LONG, "414 Request-URI Too Long"));
    }
    let ids: Vec<&str> = ask
        .query
        .iter()
        .filter(|(name, _)| name == "id" || name == "ids" || name == "bug_id")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if ids.is_empty() {
        return Err(error(
            400,
            1_000,
            "You may not search, or create saved searches, without any search terms.",
        ));
    }
    let limit = match ask.number("limit", DEFAULT_LIMIT) {
        0 => MOST,
        limit => limit.min(MOST),
    };
    let shown = |bug: &BugState| bug.visibility == Visibility::Public;
    let mut numbers: Vec<u32> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let bugs: Vec<Value> = numbers
        .into_iter()
        .filter_map(|number| ground.world.bug_of_number(number))
        .filter(shown)
        .skip(ask.number("offset", 0))
        .take(limit)
        .map(|bug| bug_json(ground, ask, &bug))
        .collect();
    Ok(Reply::ok(&json!({ "bugs": bugs })))
}

pub(super) fn one(ground: &Ground, ask: &Ask) -> Answer {
    logged_in(ask)?;
    let bug = bug(ground, ask.param("id"))?;
    Ok(Reply::ok(&json!({ "bugs": [bug_json(ground, ask, &bug)], "faults": [] })))
}

pub(super) fn comments(ground: &Ground, ask: &Ask) -> Answer {
    logged_in(ask)?;
    let bug = bug(ground, ask.param("id"))?;
    let first = json!({
        "id": bug.number, "bug_id": bug.number, "count": 0, "text": bug.summary, "creator": bug.assignee, "is_private": false,
        "time": time(ground.world.shown(bug.created)), "creation_time": time(ground.world.shown(bug.created)), "tags": [],
    });
    let later = ground.written.bug(bug.number).into_iter().flat_map(|change| change.comments.clone());
    let list: Vec<Value> = std::iter::once(first).chain(later).collect();
    let of_bug = Map::from_iter([(bug.number.to_string(), json!({ "comments": list }))]);
    Ok(Reply::ok(&json!({ "bugs": of_bug, "comments": {} })))
}

/// When the bug last changed, in Bugzilla's way of writing.
pub(super) fn changed(ground: &Ground, bug: &BugState) -> String {
    let own = ground.world.shown(bug.changed);
    let written = ground.written.bug(bug.number).and_then(|change| change.changed);
    time(written.map_or(own, |at| at.max(own)))
}

/// The team's tags.
pub(super) fn whiteboard(ground: &Ground, bug: &BugState) -> String {
    let written = ground.written.bug(bug.number).and_then(|change| change.whiteboard.clone());
    written.unwrap_or_else(|| bug.whiteboard.clone())
}

/// A bug with the fields that were asked for.
fn bug_json(ground: &Ground, ask: &Ask, bug: &BugState) -> Value {
    let person =
        |mail: &str| json!({ "id": 7, "name": mail, "email": mail, "real_name": mail.split('@').next() });
    let mut body = json!({
        "id": bug.number,
        "alias": [],
        "summary": bug.summary,
        "status": bug.status,
        "resolution": if bug.status == "CLOSED" { "ERRATA" } else { "" },
        "is_open": bug.status != "CLOSED",
        "product": bug.product,
        "component": ["Networking"],
        "version": ["4.18"],
        "target_release": [bug.target_release],
        "severity": bug.severity,
        "priority": "medium",
        "assigned_to": bug.assignee,
        "assigned_to_detail": person(&bug.assignee),
        "qa_contact": bug.qa_contact,
        "qa_contact_detail": person(&bug.qa_contact),
        "creator": bug.assignee,
        "creation_time": time(ground.world.shown(bug.created)),
        "last_change_time": changed(ground, bug),
        "cf_internal_whiteboard": whiteboard(ground, bug),
        "internal_whiteboard": whiteboard(ground, bug),
        "whiteboard": "",
        "keywords": [],
        "groups": [],
        "cc": [],
        "depends_on": [],
        "blocks": [],
        "flags": [],
        "is_confirmed": true,
    });
    let names = |parameter: &str| -> Vec<&str> {
        let given = ask.query.iter().filter(|(name, _)| name == parameter);
        given.flat_map(|(_, value)| value.split(',')).map(str::trim).collect()
    };
    let (wanted, unwanted) = (names("include_fields"), names("exclude_fields"));
    let everything =
        wanted.is_empty() || wanted.iter().any(|name| ["_all", "_default", "_extra"].contains(name));
    if let Some(body) = body.as_object_mut() {
        body.retain(|name, _| {
            (everything || wanted.contains(&name.as_str())) && !unwanted.contains(&name.as_str())
        });
    }
    body
}
