//! What faults do to the JSON of an answer.

use serde_json::{Value, json};

use super::kind::Kind;
use crate::dice::Dice;

/// Where an answer keeps its rows.
const ROWS: [&str; 4] = ["issues", "bugs", "comments", "values"];

/// The body after the fault; as it was if the fault finds nothing to do in it.
pub(super) fn mangle(kind: &Kind, body: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    if *kind == Kind::TruncatedJson {
        let mut body = body;
        body.truncate(body.len() / 2);
        return body;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(&body) else { return body };
    match kind {
        Kind::UnknownFields => add_unknown(&mut value, 0),
        Kind::MissingFields => {
            each_rows(&mut value, &mut |rows| rows.iter_mut().for_each(|row| strip(row, dice)));
        }
        Kind::DuplicateRows => each_rows(&mut value, &mut |rows| {
            let again: Vec<Value> = rows.iter().step_by(3).cloned().collect();
            rows.extend(again);
        }),
        Kind::DroppedRows => each_rows(&mut value, &mut |rows| {
            let mut place = 0_u64;
            rows.retain(|_| {
                place += 1;
                !place.is_multiple_of(4)
            });
        }),
        Kind::RepeatedToken => {
            if let Some(page) = value.as_object_mut() {
                page.insert("nextPageToken".into(), json!("sim-page-0"));
                page.insert("isLast".into(), json!(false));
            }
        }
        _ => return body,
    }
    value.to_string().into_bytes()
}

fn add_unknown(value: &mut Value, depth: usize) {
    match value {
        Value::Object(members) if depth < 4 => {
            members.values_mut().for_each(|inner| add_unknown(inner, depth + 1));
            members.insert("zzUnknownMember".into(), json!({ "nested": [null, 1, "x"], "since": "2099" }));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| add_unknown(inner, depth + 1)),
        _ => {}
    }
}

fn each_rows(value: &mut Value, change: &mut dyn FnMut(&mut Vec<Value>)) {
    if let Some(list) = value.as_array_mut() {
        change(list);
        return;
    }
    let Some(members) = value.as_object_mut() else { return };
    for name in ROWS {
        if let Some(Value::Array(rows)) = members.get_mut(name) {
            change(rows);
        }
    }
    if let Some(Value::Array(docs)) =
        members.get_mut("response").and_then(|response| response.get_mut("docs"))
    {
        change(docs);
    }
}

/// Takes one member out of a row or of its fields, never what names it.
fn strip(row: &mut Value, dice: &mut Dice) {
    let row = if row.get("fields").is_some() { row.get_mut("fields") } else { Some(row) };
    let Some(members) = row.and_then(Value::as_object_mut) else { return };
    let names: Vec<String> = members
        .keys()
        .filter(|name| !["id", "key", "case_number", "summary"].contains(&name.as_str()))
        .cloned()
        .collect();
    let at = usize::try_from(dice.below(names.len() as u64)).unwrap_or(0);
    if let Some(name) = names.get(at) {
        members.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(kind: &Kind, body: &Value) -> Value {
        let mangled = mangle(kind, body.to_string().into_bytes(), &mut Dice::of(1, "mangle", 0));
        serde_json::from_slice(&mangled).unwrap_or(Value::Null)
    }

    #[test]
    fn rows_are_doubled_dropped_and_stripped_wherever_they_are() {
        let rows = json!([{ "id": 1 }, { "id": 2 }, { "id": 3 }, { "id": 4 }]);
        let doubled = done(&Kind::DuplicateRows, &json!({ "response": { "docs": rows } }));
        assert_eq!(doubled["response"]["docs"].as_array().unwrap().len(), 6);
        assert_eq!(done(&Kind::DroppedRows, &json!({ "bugs": rows }))["bugs"].as_array().unwrap().len(), 3);
        let stripped = done(&Kind::MissingFields, &json!([{ "id": 1, "status": "x" }]));
        assert_eq!(stripped, json!([{ "id": 1 }]));
        assert_eq!(done(&Kind::TruncatedJson, &json!({ "a": 1 })), Value::Null);
        assert!(done(&Kind::UnknownFields, &json!({ "a": { "b": 1 } }))["a"]["zzUnknownMember"].is_object());
    }
}
