//! Tolerant reading that the faces of the portal share: texts that may be numbers, lists that may be one string,
//! members that may be absent, null, or of another type than promised.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::types::{Moment, PortalBug, PortalCaseDetail, PortalComment, PortalUser};

/// A member that holds text, or a number that is meant as text. Empty counts as absent.
pub(super) fn text(object: &Value, member: &str) -> Option<String> {
    match object.get(member)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A list of texts, one text, or a text that holds several with `;` between.
pub(super) fn texts(object: &Value, member: &str, split: bool) -> Vec<String> {
    let parts: Vec<&str> = match object.get(member) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text.as_str()],
        _ => Vec::new(),
    };
    parts
        .into_iter()
        .flat_map(|part| if split { part.split(';').collect() } else { vec![part] })
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(Into::into)
        .collect()
}

pub(super) fn flag(object: &Value, member: &str) -> Option<bool> {
    match object.get(member)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn moment(object: &Value, member: &str) -> Option<Moment> {
    match object.get(member)? {
        Value::String(text) if !text.trim().is_empty() => Some(Moment::Text(text.clone())),
        Value::Number(number) => number.as_i64().map(Moment::Millis),
        _ => None,
    }
}

fn objects(object: &Value, member: &str) -> Vec<Map<String, Value>> {
    match object.get(member) {
        Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_object().cloned()).collect(),
        _ => Vec::new(),
    }
}

fn user(mut member: Map<String, Value>) -> Option<PortalUser> {
    let sso_username = member.remove("ssoUsername")?.as_str()?.to_owned();
    let title = member.remove("title").and_then(|title| title.as_str().map(Into::into));
    Some(PortalUser { sso_username, title, other: member })
}

/// A comment of `hydra` and `v3`. One without a text is none.
pub(super) fn comment(comment: &Value) -> Option<PortalComment> {
    Some(PortalComment {
        id: text(comment, "id").unwrap_or_default(),
        author: text(comment, "createdBy"),
        body: text(comment, "commentBody")?,
        created: text(comment, "createdDate"),
        public: flag(comment, "isPublic").unwrap_or(false),
    })
}

/// Oldest first, each once; the portal's times sort as text.
pub(super) fn in_order(mut comments: Vec<PortalComment>) -> Vec<PortalComment> {
    let mut seen = HashSet::new();
    comments.retain(|comment| comment.id.is_empty() || seen.insert(comment.id.clone()));
    comments.sort_by(|a, b| a.created.cmp(&b.created));
    comments
}

/// A case of `GET …/cases/{number}`: `hydra` and `v3` answer alike.
pub(super) fn detail(number: &str, case: &Value) -> PortalCaseDetail {
    let comments = case.get("comments").and_then(Value::as_array);
    let bugzillas: Vec<PortalBug> = objects(case, "bugzillas");
    PortalCaseDetail {
        number: number.into(),
        group_name: text(case, "groupName"),
        crit_sit: Some(flag(case, "critSit").unwrap_or(false)),
        relief_at: moment(case, "reliefAt"),
        resolved_at: moment(case, "resolvedAt"),
        notified_users: Some(objects(case, "notifiedUsers").into_iter().filter_map(user).collect()),
        bugzillas: Some(bugzillas),
        comments: in_order(comments.into_iter().flatten().filter_map(comment).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tags_are_a_list_or_one_joined_string() {
        let list = json!({"tags": ["a", "b"]});
        let joined = json!({"tags": "a; b;"});
        let joined_in_list = json!({"tags": ["a;b"]});
        for object in [list, joined, joined_in_list] {
            assert_eq!(texts(&object, "tags", true), ["a", "b"]);
        }
        assert_eq!(texts(&json!({"tags": null}), "tags", true), Vec::<String>::new());
    }

    #[test]
    fn details_tolerate_what_is_absent_null_or_of_another_type() {
        for case in [json!({}), json!({"critSit": null, "comments": null, "notifiedUsers": {}}), json!([])] {
            let read = detail("01234567", &case);
            assert_eq!((read.crit_sit, read.comments.len()), (Some(false), 0));
        }
        let read =
            detail("1", &json!({"reliefAt": 1_795_444_919_000_i64, "resolvedAt": "2026-11-23T14:05:00Z"}));
        assert_eq!(read.relief_at, Some(Moment::Millis(1_795_444_919_000)));
        assert_eq!(read.resolved_at, Some(Moment::Text("2026-11-23T14:05:00Z".into())));
    }
}
