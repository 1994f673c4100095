//! What was there before a step and what came of it, side by side. Knows no effect: what a step notes is JSON.

use serde::Serialize;
use serde_json::Value;

use crate::text::neutral;
use crate::view::badge::{cut, or_dash};

/// The most members that are shown.
const MOST: usize = 20;

/// One thing before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    label: String,
    before: Option<String>,
    after: Option<String>,
}

/// Member by member; nothing where neither says anything.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let empty = serde_json::Map::new();
    let (old, new) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut names: Vec<&String> =
        old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))).collect();
    names.truncate(MOST);
    let change = |name: &&String| Change {
        label: label(name),
        before: old.get(*name).map(words),
        after: new.get(*name).map(words),
    };
    let mut all: Vec<Change> = names.iter().map(change).collect();
    let bare = |value: &Value| (!value.is_null() && !value.is_object()).then(|| words(value));
    let (before, after) = (bare(before), bare(after));
    if before.is_some() || after.is_some() {
        all.push(Change { label: "Value".to_owned(), before, after });
    }
    all
}

fn label(name: &str) -> String {
    let name = neutral(name);
    let mut rest = name.chars().take(80).map(|c| if c == '_' { ' ' } else { c });
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => or_dash(text),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => cut(&items.iter().map(words).collect::<Vec<_>>().join(", ")),
        // A person, most often.
        Value::Object(members) => match members.get("name").and_then(Value::as_str) {
            Some(name) => or_dash(name),
            None => cut(&value.to_string()),
        },
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn before_and_after_stand_side_by_side() {
        let all =
            changes(&json!({ "status": "New", "assignee": null }), &json!({ "status": "To Do", "id": 7 }));
        let told: Vec<_> =
            all.iter().map(|one| (one.label.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
        let expected = [
            ("Assignee", Some("none"), None),
            ("Status", Some("New"), Some("To Do")),
            ("Id", None, Some("7")),
        ];
        assert!(expected.iter().all(|one| told.contains(one)), "{told:?}");
        assert_eq!(told.len(), 3);
        assert!(changes(&Value::Null, &Value::Null).is_empty());
        let words = changes(&json!({ "assignee": { "name": "Ada", "account": "1" } }), &json!(["a", "b"]));
        assert_eq!(words[0].before.as_deref(), Some("Ada"));
        assert_eq!(words[1].after.as_deref(), Some("a, b"));
    }
}
