//! Whether a tree has only fields that its kind has, and all that it must have. A kind is a list of places with the
//! fields there; `!` after a field: it must be there; `*`: any names, with plain values.

use serde_json::Value;

/// Places and their fields.
pub(super) type Shape = &'static [(&'static str, &'static str)];

/// Everything that does not fit. `whole`: fields that must be there are asked for; a patch has only what it changes.
pub(super) fn problems(value: &Value, shape: Shape, whole: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    walk(value, "", shape, whole, &mut wrong);
    wrong
}

fn walk(value: &Value, place: &str, shape: Shape, whole: bool, wrong: &mut Vec<String>) {
    let fields = shape.iter().find(|(known, _)| *known == place).map(|(_, fields)| *fields);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, place, shape, whole, wrong)),
        Value::Object(members) => {
            let Some(fields) = fields else {
                wrong.push(format!("{place}: a map is not expected here"));
                return;
            };
            let known = |name: &str| fields.split(' ').any(|field| field.trim_end_matches('!') == name);
            for (name, member) in members {
                let inner = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                if fields == "*" {
                    if member.is_object() || member.is_array() {
                        wrong.push(format!("{inner}: a plain value is expected"));
                    }
                } else if known(name) {
                    walk(member, &inner, shape, whole, wrong);
                } else {
                    wrong.push(format!("{inner}: there is no such field"));
                }
            }
            let needed = fields.split(' ').filter_map(|field| field.strip_suffix('!'));
            let missing = needed.filter(|name| whole && !members.contains_key(*name));
            wrong.extend(missing.map(|name| format!("{place}: {name} is missing")));
        }
        _ if fields.is_some_and(|fields| fields != "*") && !value.is_null() => {
            wrong.push(format!("{place}: a map is expected"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SHAPE: Shape = &[("", "name! parts labels"), ("parts", "size!"), ("labels", "*")];

    #[test]
    fn what_does_not_fit_is_found_wherever_it_is() {
        let fits = json!({ "name": "x", "parts": [{ "size": 1 }], "labels": { "any": "thing" } });
        assert!(problems(&fits, SHAPE, true).is_empty());
        for (bad, expected) in [
            (json!({ "parts": [] }), ": name is missing"),
            (json!({ "name": "x", "part": 1 }), "part: there is no such field"),
            (json!({ "name": "x", "parts": [{ "size": 1 }, {}] }), "parts: size is missing"),
            (json!({ "name": { "deep": 1 } }), "name: a map is not expected here"),
            (json!({ "name": "x", "parts": 3 }), "parts: a map is expected"),
            (json!({ "name": "x", "labels": { "a": [] } }), "labels.a: a plain value is expected"),
        ] {
            assert_eq!(problems(&bad, SHAPE, true), [expected], "{bad}");
        }
        assert!(problems(&json!({ "parts": [{}] }), SHAPE, false).is_empty());
    }
}
