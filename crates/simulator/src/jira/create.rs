//! Creating an issue in the cards' project.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::{bot, field_errors, messages};
use super::fields::{self, custom};
use super::meta::{PRIORITIES, TYPES};
use super::text;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::settings::Flavour;
use crate::state::Ground;
use crate::world::{Engineer, JiraIssue, Project};
use crate::written::{Edit, MadeIssue};

/// The longest summary and description, in characters.
pub(super) const SUMMARY: usize = 255;
pub(super) const DESCRIPTION: usize = 32_767;

pub(super) fn create(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let invalid = || messages(StatusCode::BAD_REQUEST, &["The body must be an object with fields."]);
    let body = ask.json().map_err(|_| invalid())?;
    let given = body.get("fields").and_then(Value::as_object).ok_or_else(invalid)?;
    let made = read(ground, ask, given).map_err(|errors| field_errors(&errors))?;
    let at = made.issue.at;
    ground.written.create(made)?;
    ground.written.journal.did("create_issue", at.key(), true);
    let address = format!("{}/rest/api/2/issue/{}", ask.here(), at.id());
    Ok(Reply::json(
        StatusCode::CREATED,
        &json!({ "id": at.id().to_string(), "key": at.key(), "self": address }),
    ))
}

/// The text at a member of a member: `name` of `issuetype`.
pub(super) fn inner<'a>(given: &'a Map<String, Value>, field: &str, member: &str) -> Option<&'a str> {
    given.get(field).and_then(|value| value.get(member)).and_then(Value::as_str)
}

fn read(ground: &Ground, ask: &Ask, given: &Map<String, Value>) -> Result<MadeIssue, Map<String, Value>> {
    let mut wrong = Map::new();
    let project =
        inner(given, "project", "key").or_else(|| inner(given, "project", "id")).and_then(Project::named);
    if project != Some(Project::Cards) {
        wrong.insert("project".into(), json!("valid project is required"));
    }
    let kind = inner(given, "issuetype", "name").filter(|kind| TYPES.contains(kind));
    if kind.is_none() {
        wrong.insert("issuetype".into(), json!("Specify a valid issue type"));
    }
    let mut issue =
        JiraIssue::bare(ground.written.next_issue(), kind.unwrap_or_default(), "New", ground.now());
    let summary = check_summary(given.get("summary").unwrap_or(&Value::Null), &mut wrong);
    let description = check_text(ask, given, &mut wrong);
    issue.priority = Some(check_priority(given, &mut wrong).unwrap_or("Undefined").to_owned());
    issue.labels = strings(given.get("labels"));
    let components = given.get("components").and_then(Value::as_array).into_iter().flatten();
    issue.components = components.filter_map(|one| one.get("name")?.as_str().map(str::to_owned)).collect();
    issue.tracking = given.get(&custom(fields::TRACKING)).and_then(Value::as_str).map(str::to_owned);
    issue.assignee = check_assignee(ground, ask, given, &mut wrong).over(None);
    if wrong.is_empty() { Ok(MadeIssue { issue, summary, description }) } else { Err(wrong) }
}

pub(super) fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

pub(super) fn check_summary(value: &Value, wrong: &mut Map<String, Value>) -> String {
    let summary = value.as_str().unwrap_or_default();
    let complaint = if summary.trim().is_empty() {
        Some("You must specify a summary of the issue.")
    } else if summary.chars().count() > SUMMARY {
        Some("Summary can't exceed 255 characters.")
    } else if summary.contains(['\n', '\r']) {
        Some("The summary is invalid because it contains newline characters.")
    } else {
        None
    };
    if let Some(complaint) = complaint {
        wrong.insert("summary".into(), json!(complaint));
    }
    summary.to_owned()
}

pub(super) fn check_text(ask: &Ask, given: &Map<String, Value>, wrong: &mut Map<String, Value>) -> String {
    match text::plain(ask, given.get("description").unwrap_or(&Value::Null)) {
        Ok(text) if text.chars().count() <= DESCRIPTION => text,
        Ok(_) => {
            let complaint =
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";
            wrong.insert("description".into(), json!(complaint));
            String::new()
        }
        Err(complaint) => {
            wrong.insert("description".into(), json!(complaint));
            String::new()
        }
    }
}

pub(super) fn check_priority<'a>(
    given: &'a Map<String, Value>,
    wrong: &mut Map<String, Value>,
) -> Option<&'a str> {
    let name = inner(given, "priority", "name")?;
    if !PRIORITIES.contains(&name) {
        wrong.insert("priority".into(), json!("The priority selected is invalid."));
    }
    Some(name)
}

/// The assignee given: nobody if the field is null.
pub(super) fn check_assignee(
    ground: &Ground,
    ask: &Ask,
    given: &Map<String, Value>,
    wrong: &mut Map<String, Value>,
) -> Edit<Option<Engineer>> {
    let Some(value) = given.get("assignee") else { return Edit::Keep };
    let (member, of): (&str, fn(&Engineer) -> &str) = match ask.mount.flavour {
        Flavour::Cloud => ("accountId", |person| &person.account_id),
        Flavour::DataCenter => ("name", |person| &person.login),
    };
    let Some(name) = value.get(member).and_then(Value::as_str) else { return Edit::Set(None) };
    let found = ground.world.people().find(|person| of(person) == name);
    if found.is_none() {
        wrong.insert("assignee".into(), json!(format!("User '{name}' does not exist.")));
    }
    Edit::Set(found)
}
