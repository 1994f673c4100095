//! One issue: itself, its comments, where it can go, what it links to.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::access::{Caller, caller, messages, no_issue};
use super::fields::Wanted;
use super::meta::{WORKFLOW, status_json, transition_id};
use super::render::{issue_json, paged_comment};
use super::view::View;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::JiraIssue;
use crate::written::Link;

/// The issue of the path, if the caller may read it.
pub(super) fn known(ground: &Ground, ask: &Ask) -> Result<JiraIssue, Reply> {
    match caller(ask)? {
        Caller::Bot => View(ground).readable(ask.param("key")).ok_or_else(no_issue),
        Caller::Anonymous => Err(no_issue()),
    }
}

pub(super) fn get(ground: &Ground, ask: &Ask) -> Answer {
    let issue = known(ground, ask)?;
    let fields: Vec<&str> = ask
        .query
        .iter()
        .filter(|(name, _)| name == "fields")
        .flat_map(|(_, value)| value.split(','))
        .collect();
    let wanted = Wanted::read(&fields, ask.get("expand").unwrap_or_default()).or_all();
    Ok(Reply::ok(&issue_json(&View(ground), ask, &issue, &wanted)))
}

/// The page that people are sent to.
pub(super) fn browse(ground: &Ground, ask: &Ask) -> Answer {
    let name = ask.param("key");
    match View(ground).readable(name) {
        Some(issue) => Ok(Reply::html(StatusCode::OK, &issue.at.key())),
        None => Err(Reply::html(StatusCode::NOT_FOUND, "Issue does not exist")),
    }
}

pub(super) fn comments(ground: &Ground, ask: &Ask) -> Answer {
    let issue = known(ground, ask)?;
    let mut all = View(ground).comments(issue.at);
    if matches!(ask.get("orderBy"), Some("-created")) {
        all.reverse();
    }
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).min(100));
    let rendered = ask.get("expand").is_some_and(|expand| expand.contains("renderedBody"));
    let shown: Vec<Value> = all
        .iter()
        .skip(start)
        .take(most)
        .map(|comment| paged_comment(ask, &issue, comment, rendered))
        .collect();
    Ok(Reply::ok(&json!({ "startAt": start, "maxResults": most, "total": all.len(), "comments": shown })))
}

pub(super) fn transitions(ground: &Ground, ask: &Ask) -> Answer {
    let issue = known(ground, ask)?;
    let list: Vec<Value> = WORKFLOW
        .iter()
        .filter(|status| **status != issue.status)
        .map(|status| json!({ "id": transition_id(status), "name": status, "to": status_json(ask, status) }))
        .collect();
    Ok(Reply::ok(&json!({ "expand": "transitions", "transitions": list })))
}

pub(super) fn link_json(ask: &Ask, issue: &JiraIssue, link: &Link) -> Value {
    let mut body = json!({
        "id": link.id,
        "self": format!("{}/remotelink/{}", super::render::issue_self(ask, issue), link.id),
        "object": { "url": link.url, "title": link.title },
    });
    if let (Some(body), Some(global)) = (body.as_object_mut(), &link.global_id) {
        body.insert("globalId".into(), json!(global));
    }
    body
}

fn all_links<'a>(ground: &'a Ground, issue: &JiraIssue) -> &'a [Link] {
    ground.written.change(issue.at).map_or(&[], |change| change.links.as_slice())
}

pub(super) fn links(ground: &Ground, ask: &Ask) -> Answer {
    let issue = known(ground, ask)?;
    Ok(Reply::ok(&all_links(ground, &issue).iter().map(|link| link_json(ask, &issue, link)).collect()))
}

pub(super) fn link(ground: &Ground, ask: &Ask) -> Answer {
    let issue = known(ground, ask)?;
    let found = all_links(ground, &issue).iter().find(|link| link.id.to_string() == ask.param("id"));
    let missing = || messages(StatusCode::NOT_FOUND, &["Remote link does not exist."]);
    Ok(Reply::ok(&link_json(ask, &issue, found.ok_or_else(missing)?)))
}
