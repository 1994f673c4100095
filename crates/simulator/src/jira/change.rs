//! Changing an issue: fields, comments, transitions, links.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::{bot, field_errors, messages};
use super::create::{check_assignee, check_priority, check_summary, check_text, strings};
use super::fields::{self, custom};
use super::issue::{known, link_json};
use super::meta::{WORKFLOW, transition_id};
use super::render::comment_json;
use super::text;
use super::view::View;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::{IssueComment, JiraIssue, RichText, World};
use crate::written::{Edit, Link};

fn object(ask: &Ask) -> Result<Map<String, Value>, Reply> {
    match ask.json() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(messages(StatusCode::BAD_REQUEST, &["The body must be a JSON object."])),
    }
}

/// Sets fields; `update` is understood for labels and private keywords.
pub(super) fn edit(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let body = object(ask)?;
    let given = body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut wrong = Map::new();
    let summary = given.get("summary").map(|value| check_summary(value, &mut wrong));
    let description = given.contains_key("description").then(|| check_text(ask, &given, &mut wrong));
    let priority = check_priority(&given, &mut wrong).map(str::to_owned);
    let assignee = check_assignee(ground, ask, &given, &mut wrong);
    if !wrong.is_empty() {
        return Err(field_errors(&wrong));
    }
    let options = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(|one| one.get("value").unwrap_or(one).as_str()).map(str::to_owned).collect()
    };
    let plain = |number: u32| {
        given.get(&custom(number)).map_or(Edit::Keep, |value| Edit::Set(value.as_str().map(str::to_owned)))
    };
    let update =
        |field: &str| body.get("update").and_then(|update| update.get(field)).and_then(Value::as_array);
    let keywords = custom(fields::KEYWORDS);
    let keywords = match update(&keywords) {
        Some(steps) => Some(changed_labels(issue.private_keywords.clone(), steps)),
        None => given.get(&keywords).map(options),
    };
    let labels = match update("labels") {
        Some(steps) => Some(changed_labels(issue.labels.clone(), steps)),
        None => given.get("labels").map(|value| strings(Some(value))),
    };
    let now = ground.now();
    let before = shown(ground, &issue);
    let change = ground.written.change_mut(issue.at, now)?;
    change.summary = summary.or(change.summary.take());
    change.description = description.or(change.description.take());
    change.priority = priority.or(change.priority.take());
    change.assignee = assignee.or(std::mem::take(&mut change.assignee));
    change.labels = labels.or(change.labels.take());
    change.private_keywords = keywords.or(change.private_keywords.take());
    change.whiteboard = plain(fields::WHITEBOARD).or(std::mem::take(&mut change.whiteboard));
    change.tracking = plain(fields::TRACKING).or(std::mem::take(&mut change.tracking));
    let changed = View(ground).issue(issue.at).is_some_and(|issue| shown(ground, &issue) != before);
    ground.written.journal.did("edit_issue", issue.at.key(), changed);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// All that an edit can change, to be compared.
fn shown(ground: &Ground, issue: &JiraIssue) -> String {
    let view = View(ground);
    format!(
        "{:?}",
        (
            view.summary(issue.at),
            view.description(issue.at),
            &issue.priority,
            issue.assignee.as_ref().map(|person| &person.account_id),
            &issue.labels,
            &issue.private_keywords,
            &issue.whiteboard,
            &issue.tracking,
        )
    )
}

/// Gives the issue to somebody or to nobody.
pub(super) fn assign(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let body = object(ask)?;
    let mut wrong = Map::new();
    let given = Map::from_iter([("assignee".to_owned(), Value::Object(body))]);
    let assignee = check_assignee(ground, ask, &given, &mut wrong);
    if !wrong.is_empty() {
        return Err(field_errors(&wrong));
    }
    let (now, before) = (ground.now(), shown(ground, &issue));
    let change = ground.written.change_mut(issue.at, now)?;
    change.assignee = assignee.or(std::mem::take(&mut change.assignee));
    let changed = View(ground).issue(issue.at).is_some_and(|issue| shown(ground, &issue) != before);
    ground.written.journal.did("assign", issue.at.key(), changed);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn changed_labels(mut labels: Vec<String>, steps: &[Value]) -> Vec<String> {
    for step in steps {
        let text = |name: &str| step.get(name).and_then(|one| one.get("value").unwrap_or(one).as_str());
        if let Some(label) = text("add").filter(|label| !labels.iter().any(|known| known == label)) {
            labels.push(label.to_owned());
        }
        if let Some(label) = text("remove") {
            labels.retain(|known| known != label);
        }
    }
    labels
}

pub(super) fn comment(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let body = object(ask)?;
    let refused = |complaint: &str| field_errors(&Map::from_iter([("comment".to_owned(), json!(complaint))]));
    let wiki = text::plain(ask, body.get("body").unwrap_or(&Value::Null)).map_err(refused)?;
    if wiki.trim().is_empty() {
        return Err(refused("Comment body can not be empty!"));
    }
    let now = ground.now();
    let comment = IssueComment {
        id: ground.written.new_id(),
        author: World::bot(),
        body: RichText { html: text::html(&wiki), wiki },
        at: now,
    };
    let shown = comment_json(ask, &issue, &comment);
    ground.written.change_mut(issue.at, now)?.comments.push(comment);
    ground.written.journal.did("comment", issue.at.key(), true);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn transition(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let body = object(ask)?;
    let id = body.get("transition").and_then(|transition| transition.get("id"));
    let id = id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).unwrap_or_default();
    let target = WORKFLOW.into_iter().find(|status| transition_id(status) == id && *status != issue.status);
    let invalid = || {
        messages(StatusCode::BAD_REQUEST, &[&format!("Transition id '{id}' is not valid for this issue.")])
    };
    let target = target.ok_or_else(invalid)?;
    let now = ground.now();
    ground.written.change_mut(issue.at, now)?.status = Some(target.to_owned());
    ground.written.journal.did("transition", issue.at.key(), true);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn link(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let body = object(ask)?;
    let text = |name: &str| body.get("object").and_then(|object| object.get(name)).and_then(Value::as_str);
    let (Some(url), Some(title)) = (text("url"), text("title")) else {
        return Err(field_errors(&Map::from_iter([(
            "object".to_owned(),
            json!("url and title are required."),
        )])));
    };
    let global_id = body.get("globalId").and_then(Value::as_str).map(str::to_owned);
    let id = ground.written.new_id();
    let now = ground.now();
    let change = ground.written.change_mut(issue.at, now)?;
    let known = change.links.iter_mut().find(|link| global_id.is_some() && link.global_id == global_id);
    let (status, link, changed) = if let Some(link) = known {
        let changed = (link.url.as_str(), link.title.as_str()) != (url, title);
        url.clone_into(&mut link.url);
        title.clone_into(&mut link.title);
        (StatusCode::OK, link.clone(), changed)
    } else {
        let link = Link { id, global_id, url: url.to_owned(), title: title.to_owned() };
        change.links.push(link.clone());
        (StatusCode::CREATED, link, true)
    };
    ground.written.journal.did("link", issue.at.key(), changed);
    let shown = link_json(ask, &issue, &link);
    Ok(Reply::json(status, &json!({ "id": link.id, "self": shown.get("self") })))
}

/// Takes the link of a global id away.
pub(super) fn unlink(ground: &mut Ground, ask: &Ask) -> Answer {
    bot(ask)?;
    let issue = known(ground, ask)?;
    let missing = |status, text: &str| messages(status, &[text]);
    let global = ask.get("globalId").filter(|global| !global.is_empty());
    let global = global.ok_or_else(|| missing(StatusCode::BAD_REQUEST, "The globalId is required."))?;
    let now = ground.now();
    let links = &mut ground.written.change_mut(issue.at, now)?.links;
    let before = links.len();
    links.retain(|link| link.global_id.as_deref() != Some(global));
    if links.len() == before {
        return Err(missing(StatusCode::NOT_FOUND, "Remote link does not exist."));
    }
    ground.written.journal.did("unlink", issue.at.key(), true);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
