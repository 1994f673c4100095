//! Issues and people as Jira's answers show them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::agile;
use super::fields::{self, Wanted, custom};
use super::meta::{priority_json, project_json, status_json, type_json};
use super::text;
use super::view::View;
use crate::ask::Ask;
use crate::settings::Flavour;
use crate::world::{Engineer, IssueComment, JiraIssue, World};

/// The most comments within an issue; the others must be paged for.
const EMBEDDED_COMMENTS: usize = 20;

/// Jira's way to write a time: no colon in the zone.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// A user as the flavour shows them.
pub(super) fn user(ask: &Ask, person: &Engineer) -> Value {
    let base = ask.here();
    let mut user = match ask.mount.flavour {
        Flavour::Cloud => json!({
            "self": format!("{base}/rest/api/2/user?accountId={}", person.account_id),
            "accountId": person.account_id,
            "accountType": "atlassian",
        }),
        Flavour::DataCenter => json!({
            "self": format!("{base}/rest/api/2/user?username={}", person.login),
            "name": person.login,
            "key": person.login,
        }),
    };
    if let Some(user) = user.as_object_mut() {
        user.insert("displayName".into(), json!(person.name));
        user.insert("active".into(), json!(true));
        user.insert("timeZone".into(), json!("Etc/UTC"));
        // Cloud leaves hidden addresses out.
        if let Some(mail) = person.shown_mail() {
            user.insert("emailAddress".into(), json!(mail));
        }
    }
    user
}

pub(super) fn issue_self(ask: &Ask, issue: &JiraIssue) -> String {
    format!("{}/rest/api/2/issue/{}", ask.here(), issue.at.id())
}

/// An issue with the fields wanted.
pub(super) fn issue_json(view: &View<'_>, ask: &Ask, issue: &JiraIssue, wanted: &Wanted) -> Value {
    let mut body =
        json!({ "id": issue.at.id().to_string(), "key": issue.at.key(), "self": issue_self(ask, issue) });
    if let Some(body) = body.as_object_mut() {
        if wanted.needs_fields() {
            body.insert("fields".into(), Value::Object(fields_json(view, ask, issue, wanted)));
        }
        if wanted.rendered {
            body.insert("renderedFields".into(), Value::Object(rendered_json(view, ask, issue, wanted)));
        }
    }
    body
}

fn fields_json(view: &View<'_>, ask: &Ask, issue: &JiraIssue, wanted: &Wanted) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> Value| {
        if wanted.has(name) {
            fields.insert(name.to_owned(), value());
        }
    };
    let person = |person: &Option<Engineer>| person.as_ref().map_or(Value::Null, |person| user(ask, person));
    let options = |values: &[String]| match values {
        [] => Value::Null,
        values => values.iter().map(|value| json!({ "value": value, "id": option_id(value) })).collect(),
    };
    put("summary", &|| json!(view.summary(issue.at)));
    put("status", &|| status_json(ask, &issue.status));
    put("priority", &|| issue.priority.as_ref().map_or(Value::Null, |name| priority_json(ask, name)));
    put("labels", &|| json!(issue.labels));
    put("assignee", &|| person(&issue.assignee));
    put("reporter", &|| user(ask, &World::bot()));
    put("creator", &|| user(ask, &World::bot()));
    put("issuetype", &|| type_json(ask, &issue.kind));
    put("project", &|| project_json(ask, issue.at.project()));
    put("created", &|| json!(time(issue.created)));
    put("updated", &|| json!(time(issue.updated)));
    put("components", &|| {
        issue.components.iter().map(|name| json!({ "name": name, "id": "12000" })).collect()
    });
    put("description", &|| text::carried(ask, &view.description(issue.at)));
    put("comment", &|| embedded(&view.comments(issue.at), &|comment| comment_json(ask, issue, comment)));
    put("fixVersions", &|| {
        issue
            .fix_versions
            .iter()
            .map(|name| json!({ "name": name, "id": option_id(name), "released": false }))
            .collect()
    });
    put("resolution", &|| Value::Null);
    put("duedate", &|| Value::Null);
    put(&custom(fields::CONTRIBUTORS), &|| match issue.contributors.as_slice() {
        [] => Value::Null,
        people => people.iter().map(|one| user(ask, one)).collect(),
    });
    put(&custom(fields::QA_CONTACT), &|| person(&issue.qa_contact));
    put(&custom(fields::SEVERITY), &|| {
        issue.severity.as_ref().map_or(Value::Null, |value| json!({ "value": value }))
    });
    put(&custom(fields::CASE_LINKS), &|| {
        view.0.world.case_links(issue.at).map_or(Value::Null, |links| text::carried(ask, &links.wiki))
    });
    put(&custom(fields::KEYWORDS), &|| options(&issue.private_keywords));
    put(&custom(fields::WHITEBOARD), &|| json!(issue.whiteboard));
    put(&custom(fields::TRACKING), &|| json!(issue.tracking));
    put(&custom(fields::SPRINT_FIELD), &|| {
        if issue.in_sprint { json!([agile::active_sprint(view.0)]) } else { Value::Null }
    });
    fields
}

fn rendered_json(view: &View<'_>, ask: &Ask, issue: &JiraIssue, wanted: &Wanted) -> Map<String, Value> {
    let mut fields = Map::new();
    if wanted.has("description") {
        fields.insert("description".into(), json!(text::html(&view.description(issue.at))));
    }
    if wanted.has("comment") {
        let rendered = |comment: &IssueComment| rendered_comment(ask, issue, comment);
        fields.insert("comment".into(), embedded(&view.comments(issue.at), &rendered));
    }
    let links = custom(fields::CASE_LINKS);
    if wanted.has(&links) {
        fields.insert(links, json!(view.0.world.case_links(issue.at).map(|links| links.html)));
    }
    fields
}

/// A made-up but steady id of a select option or version.
fn option_id(value: &str) -> String {
    let sum = value.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (sum % 90_000 + 10_000).to_string()
}

fn embedded(comments: &[IssueComment], show: &dyn Fn(&IssueComment) -> Value) -> Value {
    let shown: Vec<Value> = comments.iter().take(EMBEDDED_COMMENTS).map(show).collect();
    json!({ "comments": shown, "startAt": 0, "maxResults": EMBEDDED_COMMENTS, "total": comments.len() })
}

/// A comment with its text as written.
pub(super) fn comment_json(ask: &Ask, issue: &JiraIssue, comment: &IssueComment) -> Value {
    json!({
        "self": format!("{}/comment/{}", issue_self(ask, issue), comment.id),
        "id": comment.id.to_string(),
        "author": user(ask, &comment.author),
        "updateAuthor": user(ask, &comment.author),
        "body": text::carried(ask, &comment.body.wiki),
        "created": time(comment.at),
        "updated": time(comment.at),
        "jsdPublic": true,
    })
}

/// A comment with its text as HTML and its times as people read them.
fn rendered_comment(ask: &Ask, issue: &JiraIssue, comment: &IssueComment) -> Value {
    let shown = comment.at.format("%d/%b/%y %-I:%M %p").to_string();
    let mut body = comment_json(ask, issue, comment);
    if let Some(body) = body.as_object_mut() {
        body.insert("body".into(), json!(comment.body.html));
        body.insert("created".into(), json!(shown));
        body.insert("updated".into(), json!(shown));
    }
    body
}

/// A comment of the comments' own address; rendered text beside the written one if wanted.
pub(super) fn paged_comment(ask: &Ask, issue: &JiraIssue, comment: &IssueComment, rendered: bool) -> Value {
    let mut body = comment_json(ask, issue, comment);
    if rendered && let Some(body) = body.as_object_mut() {
        body.insert("renderedBody".into(), json!(comment.body.html));
    }
    body
}
