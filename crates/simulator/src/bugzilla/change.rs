//! Changing bugs: the internal whiteboard, and comments.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::{bug, error, must_log_in};
use super::bugs::{changed, whiteboard};
use crate::ask::Ask;
use crate::portal::time;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::{BugState, World};

fn object(ask: &Ask) -> Result<Map<String, Value>, Reply> {
    match ask.json() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(error(
            400,
            32_700,
            "malformed JSON string, neither tag, array, object, number, string or atom",
        )),
    }
}

/// All named bugs change, or none does.
pub(super) fn update(ground: &mut Ground, ask: &Ask) -> Answer {
    must_log_in(ask)?;
    let body = object(ask)?;
    let named = body.get("ids").and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> =
        named.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect();
    if ids.is_empty() {
        ids.push(ask.param("id").to_owned());
    }
    let bugs: Vec<BugState> = ids.iter().map(|id| bug(ground, id)).collect::<Result<_, _>>()?;
    let text = body
        .get("cf_internal_whiteboard")
        .or_else(|| body.get("internal_whiteboard"))
        .and_then(Value::as_str);
    let now = ground.now();
    let mut done = Vec::new();
    for bug in bugs {
        let before = whiteboard(ground, &bug);
        let mut changes = Map::new();
        if let Some(after) = text.filter(|after| *after != before) {
            ground.written.bug_mut(bug.number, now)?.whiteboard = Some(after.to_owned());
            ground.written.journal.did("whiteboard", bug.number.to_string(), true);
            changes.insert("cf_internal_whiteboard".into(), json!({ "removed": before, "added": after }));
        }
        done.push(json!({ "id": bug.number, "alias": [], "last_change_time": changed(ground, &bug), "changes": changes }));
    }
    Ok(Reply::ok(&json!({ "bugs": done })))
}

pub(super) fn comment(ground: &mut Ground, ask: &Ask) -> Answer {
    must_log_in(ask)?;
    let bug = bug(ground, ask.param("id"))?;
    let body = object(ask)?;
    let text = body.get("comment").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(error(400, 50, "The function Bug.add_comment requires a comment argument."));
    }
    let (id, now, creator) = (ground.written.new_id(), ground.now(), World::bot().mail);
    let change = ground.written.bug_mut(bug.number, now)?;
    change.comments.push(json!({
        "id": id, "bug_id": bug.number, "count": change.comments.len() + 1, "text": text, "creator": creator,
        "is_private": body.get("is_private").and_then(Value::as_bool).unwrap_or(false),
        "time": time(now), "creation_time": time(now), "tags": [],
    }));
    ground.written.journal.did("bug_comment", bug.number.to_string(), true);
    Ok(Reply::json(StatusCode::CREATED, &json!({ "id": id })))
}
