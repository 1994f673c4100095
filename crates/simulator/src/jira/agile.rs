//! Jira's agile part: the team's board and its sprints.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::access::{bot, messages, no_issue};
use super::fields::Wanted;
use super::render::issue_json;
use super::view::View;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::{reading, writing};
use crate::state::{Ground, Shared};
use crate::world::{IssueRef, JiraIssue, Project};

/// The board that holds the team's sprints.
pub(crate) const BOARD: &str = "Field board";
pub(super) const BOARD_ID: u32 = 3;
/// The sprint that is active.
pub(crate) const SPRINT: &str = "Field Sprint 42";
pub(super) const SPRINT_ID: u32 = 7;
/// The one before it.
pub(super) const LAST_SPRINT: &str = "Field Sprint 41";
pub(super) const LAST_SPRINT_ID: u32 = SPRINT_ID - 1;
/// The most issues that one request may put into a sprint.
const MOST_AT_ONCE: usize = 50;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/board", reading(boards))
        .route("/board/{id}", reading(board))
        .route("/board/{id}/sprint", reading(sprints))
        .route("/sprint/{id}", reading(sprint))
        .route("/sprint/{id}/issue", reading(sprint_issues).merge(writing(MethodFilter::POST, add)))
        .route("/backlog/issue", writing(MethodFilter::POST, take_out))
}

fn board_json(ask: &Ask, id: u32, name: &str) -> Value {
    json!({
        "id": id,
        "self": format!("{}/rest/agile/1.0/board/{id}", ask.here()),
        "name": name,
        "type": "scrum",
        "location": { "projectId": Project::Cards.id(), "projectKey": Project::Cards.key() },
    })
}

fn page(ask: &Ask, all: &[Value]) -> Reply {
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).clamp(1, 50));
    let end = start.saturating_add(most).min(all.len());
    Reply::ok(&json!({
        "maxResults": most,
        "startAt": start,
        "total": all.len(),
        "isLast": end >= all.len(),
        "values": all.get(start.min(end)..end).unwrap_or_default(),
    }))
}

fn boards(_: &Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    // The name is looked for within the boards' names, so that a search finds more than the one meant.
    let wanted = ask.get("name").unwrap_or_default().to_lowercase();
    let all = [(1, "Engineering board"), (2, "Field board (archived)"), (BOARD_ID, BOARD)];
    let found: Vec<Value> = all
        .iter()
        .filter(|(_, name)| name.to_lowercase().contains(&wanted))
        .map(|(id, name)| board_json(ask, *id, name))
        .collect();
    Ok(page(ask, &found))
}

fn check_board(ask: &Ask) -> Result<(), Reply> {
    bot(ask)?;
    let missing = || {
        messages(
            StatusCode::NOT_FOUND,
            &[
                "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.",
            ],
        )
    };
    if ask.param("id") == BOARD_ID.to_string() { Ok(()) } else { Err(missing()) }
}

fn board(_: &Ground, ask: &Ask) -> Answer {
    check_board(ask)?;
    Ok(Reply::ok(&board_json(ask, BOARD_ID, BOARD)))
}

fn sprint_json(ground: &Ground, id: u32, name: &str, state: &str, days_from_now: (i64, i64)) -> Value {
    let at = |days| (ground.now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    json!({
        "id": id,
        "name": name,
        "state": state,
        "startDate": at(days_from_now.0),
        "endDate": at(days_from_now.1),
        "originBoardId": BOARD_ID,
        "boardId": BOARD_ID,
        "goal": "",
    })
}

/// The sprint that holds the cards.
pub(super) fn active_sprint(ground: &Ground) -> Value {
    sprint_json(ground, SPRINT_ID, SPRINT, "active", (-10, 11))
}

fn all_sprints(ground: &Ground) -> Vec<Value> {
    vec![
        sprint_json(ground, LAST_SPRINT_ID, LAST_SPRINT, "closed", (-31, -10)),
        active_sprint(ground),
        sprint_json(ground, SPRINT_ID + 1, "Field Sprint 43", "future", (11, 32)),
    ]
}

fn sprints(ground: &Ground, ask: &Ask) -> Answer {
    check_board(ask)?;
    let states: Vec<&str> =
        ask.get("state").unwrap_or_default().split(',').filter(|state| !state.is_empty()).collect();
    let mut found = all_sprints(ground);
    found.retain(|sprint| {
        let state = sprint.get("state").and_then(Value::as_str).unwrap_or_default();
        states.is_empty() || states.contains(&state)
    });
    Ok(page(ask, &found))
}

fn known_sprint(ground: &Ground, ask: &Ask) -> Result<Value, Reply> {
    bot(ask)?;
    let id = ask.param("id").parse::<u64>().ok();
    let found = all_sprints(ground)
        .into_iter()
        .find(|sprint| sprint.get("id").is_some_and(|known| known.as_u64() == id && id.is_some()));
    found.ok_or_else(|| messages(StatusCode::NOT_FOUND, &["Sprint does not exist"]))
}

fn sprint(ground: &Ground, ask: &Ask) -> Answer {
    Ok(Reply::ok(&known_sprint(ground, ask)?))
}

fn is_active(sprint: &Value) -> bool {
    sprint.get("state").and_then(Value::as_str) == Some("active")
}

fn sprint_issues(ground: &Ground, ask: &Ask) -> Answer {
    let active = is_active(&known_sprint(ground, ask)?);
    let view = View(ground);
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).min(100));
    let found: Vec<IssueRef> = view
        .all(&[Project::Cards])
        .filter(|at| {
            active && view.issue(*at).is_some_and(|issue| issue.in_sprint && view.is_indexed(&issue, &[]))
        })
        .collect();
    let fields: Vec<&str> = ask.get("fields").unwrap_or_default().split(',').collect();
    let wanted = Wanted::read(&fields, ask.get("expand").unwrap_or_default()).or_navigable();
    let end = start.saturating_add(most).min(found.len());
    let shown = found.get(start.min(end)..end).unwrap_or_default().iter().filter_map(|at| view.issue(*at));
    let issues: Vec<Value> = shown.map(|issue| issue_json(&view, ask, &issue, &wanted)).collect();
    Ok(Reply::ok(&json!({ "startAt": start, "maxResults": most, "total": found.len(), "issues": issues })))
}

fn add(ground: &mut Ground, ask: &Ask) -> Answer {
    let active = is_active(&known_sprint(ground, ask)?);
    moved(ground, ask, "enter_sprint", active)
}

/// Out of the sprint, whichever it is.
fn take_out(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    moved(ground, ask, "leave_sprint", false)
}

fn moved(ground: &mut Ground, ask: &Ask, effect: &'static str, into: bool) -> Answer {
    let invalid = |message: &str| messages(StatusCode::BAD_REQUEST, &[message]);
    let body = ask.json().map_err(|_| invalid("The body is no JSON."))?;
    let names: Vec<&str> = body
        .get("issues")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if names.is_empty() || names.len() > MOST_AT_ONCE {
        return Err(invalid("The number of issues must be between 1 and 50."));
    }
    let found: Option<Vec<JiraIssue>> = names.iter().map(|name| View(ground).readable(name)).collect();
    let found = found.ok_or_else(no_issue)?;
    let now = ground.now();
    for issue in &found {
        ground.written.change_mut(issue.at, now)?.in_sprint = Some(into);
    }
    let keys: Vec<String> = found.iter().map(|issue| issue.at.key()).collect();
    let changed = found.iter().any(|issue| issue.in_sprint != into);
    ground.written.journal.did(effect, keys.join(","), changed);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
