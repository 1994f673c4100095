//! What this Jira is: version, fields, projects, priorities, statuses, types, and who asks.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape, whether they can refuse or not")]

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::access::{Caller, bot, caller, messages};
use super::fields::{CUSTOM, KEYWORDS, SYSTEM, custom};
use super::render::user;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::settings::Flavour;
use crate::state::Ground;
use crate::world::{Project, World};

/// A card's workflow; each status can be reached from each.
pub(super) const WORKFLOW: [&str; 10] = [
    "New",
    "To Do",
    "Open",
    "In Progress",
    "Code Review",
    "QE Review",
    "Blocked",
    "Won't Fix / Obsolete",
    "Done",
    "Closed",
];
pub(super) const PRIORITIES: [&str; 6] = ["Blocker", "Critical", "Major", "Normal", "Minor", "Undefined"];
pub(super) const TYPES: [&str; 6] = ["Story", "Task", "Bug", "Epic", "Feature Request", "Escalation"];

fn id_in(list: &[&str], name: &str, first: usize) -> String {
    let place = list.iter().position(|known| known.eq_ignore_ascii_case(name)).unwrap_or(list.len());
    (first + place).to_string()
}

/// The id of the transition that leads to a status.
pub(super) fn transition_id(status: &str) -> String {
    format!("{}1", id_in(&WORKFLOW, status, 1))
}

pub(super) fn status_json(ask: &Ask, name: &str) -> Value {
    let id = id_in(&WORKFLOW, name, 10_100);
    let (key, category, category_id) = match name {
        "Done" | "Closed" | "Won't Fix / Obsolete" | "Verified" => ("done", "Done", 3),
        "New" | "To Do" => ("new", "To Do", 2),
        _ => ("indeterminate", "In Progress", 4),
    };
    json!({
        "self": format!("{}/rest/api/2/status/{id}", ask.here()),
        "name": name,
        "id": id,
        "statusCategory": { "id": category_id, "key": key, "name": category },
    })
}

pub(super) fn priority_json(ask: &Ask, name: &str) -> Value {
    let id = id_in(&PRIORITIES, name, 1);
    json!({ "self": format!("{}/rest/api/2/priority/{id}", ask.here()), "name": name, "id": id })
}

pub(super) fn type_json(ask: &Ask, name: &str) -> Value {
    let id = id_in(&TYPES, name, 10_200);
    json!({ "self": format!("{}/rest/api/2/issuetype/{id}", ask.here()), "name": name, "id": id, "subtask": false })
}

pub(super) fn project_json(ask: &Ask, project: Project) -> Value {
    json!({
        "self": format!("{}/rest/api/2/project/{}", ask.here(), project.id()),
        "id": project.id().to_string(),
        "key": project.key(),
        "name": project.name(),
        "projectTypeKey": "software",
    })
}

pub(super) fn server_info(ground: &Ground, ask: &Ask) -> Answer {
    let (version, numbers, deployment) = match ask.mount.flavour {
        Flavour::Cloud => ("1001.0.0-SNAPSHOT", [1001, 0, 0], "Cloud"),
        Flavour::DataCenter => ("10.3.5", [10, 3, 5], "Server"),
    };
    Ok(Reply::ok(&json!({
        "baseUrl": ask.here(),
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": deployment,
        "buildNumber": 100_287,
        "serverTime": super::render::time(ground.now()),
        "serverTitle": "Simulated Jira",
    })))
}

pub(super) fn myself(_: &Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    Ok(Reply::ok(&user(ask, &World::bot())))
}

pub(super) fn fields(_: &Ground, ask: &Ask) -> Answer {
    caller(ask)?;
    let own = SYSTEM.iter().map(|(id, name)| {
        json!({ "id": id, "key": id, "name": name, "custom": false, "orderable": true, "navigable": true, "searchable": true, "clauseNames": [id] })
    });
    let custom = CUSTOM.iter().map(|(number, name)| {
        let schema = match *number {
            KEYWORDS => json!({ "type": "array", "items": "option", "custom": "simulated", "customId": number }),
            _ => json!({ "type": "any", "custom": "simulated", "customId": number }),
        };
        json!({
            "id": custom(*number), "key": custom(*number), "name": name, "custom": true, "orderable": true, "navigable": true,
            "searchable": true, "clauseNames": [format!("cf[{number}]"), name],
            "schema": schema,
        })
    });
    Ok(Reply::ok(&own.chain(custom).collect()))
}

fn visible(ask: &Ask) -> Result<bool, Reply> {
    Ok(caller(ask)? == Caller::Bot)
}

pub(super) fn projects(_: &Ground, ask: &Ask) -> Answer {
    let all = if visible(ask)? { Project::ALL.as_slice() } else { &[] };
    Ok(Reply::ok(&all.iter().map(|project| project_json(ask, *project)).collect()))
}

pub(super) fn project(_: &Ground, ask: &Ask) -> Answer {
    let name = ask.param("key");
    let found = if visible(ask)? { Project::named(name) } else { None };
    let missing =
        || messages(StatusCode::NOT_FOUND, &[&format!("No project could be found with key '{name}'.")]);
    let mut body = project_json(ask, found.ok_or_else(missing)?);
    if let Some(body) = body.as_object_mut() {
        body.insert("components".into(), json!([{ "id": "12000", "name": "Field" }]));
        body.insert("issueTypes".into(), TYPES.iter().map(|name| type_json(ask, name)).collect());
    }
    Ok(Reply::ok(&body))
}

pub(super) fn priorities(_: &Ground, ask: &Ask) -> Answer {
    caller(ask)?;
    Ok(Reply::ok(&PRIORITIES.iter().map(|name| priority_json(ask, name)).collect()))
}

pub(super) fn statuses(_: &Ground, ask: &Ask) -> Answer {
    caller(ask)?;
    Ok(Reply::ok(&WORKFLOW.iter().map(|name| status_json(ask, name)).collect()))
}

pub(super) fn issue_types(_: &Ground, ask: &Ask) -> Answer {
    caller(ask)?;
    Ok(Reply::ok(&TYPES.iter().map(|name| type_json(ask, name)).collect()))
}

pub(super) fn permissions(_: &Ground, ask: &Ask) -> Answer {
    let may = visible(ask)?;
    let asked = ask
        .get("permissions")
        .unwrap_or("BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,ADD_COMMENTS,TRANSITION_ISSUES");
    let permissions: serde_json::Map<String, Value> = asked
        .split(',')
        .map(|name| (name.to_owned(), json!({ "key": name, "name": name, "havePermission": may })))
        .collect();
    Ok(Reply::ok(&json!({ "permissions": permissions })))
}
