//! YAML as JSON values: aliases and merge keys resolved, several documents a file.

use serde_json::{Map, Number, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// Every document of a file; else why it cannot be read.
pub(super) fn documents(file: &str, text: &str) -> Result<Vec<Value>, String> {
    let loaded = YamlLoader::load_from_str(text).map_err(|error| format!("{file}: no YAML: {error}"))?;
    loaded.iter().map(|one| value(one).map_err(|reason| format!("{file}: {reason}"))).collect()
}

/// The only document of a file.
pub(super) fn document(file: &str, text: &str) -> Result<Value, String> {
    let mut all = documents(file, text)?;
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(format!("{file}: exactly one document is expected")),
    }
}

fn value(yaml: &Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(one) => Value::Bool(*one),
        Yaml::Integer(one) => Value::from(*one),
        Yaml::Real(text) => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map_or_else(|| Value::from(text.as_str()), Value::Number)
        }
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Array(items) => Value::Array(items.iter().map(value).collect::<Result<_, _>>()?),
        Yaml::Hash(members) => {
            let mut map = Map::new();
            let mut merged = Vec::new();
            for (key, member) in members {
                let key = key.as_str().map(str::to_owned).or_else(|| key.as_i64().map(|n| n.to_string()));
                let key = key.ok_or("a key is no text")?;
                if key == "<<" {
                    merged.push(value(member)?);
                } else {
                    map.insert(key, value(member)?);
                }
            }
            // What stands here wins over what is merged in.
            for from in merged {
                let Value::Object(from) = from else {
                    return Err("<< merges something that is no map".to_owned());
                };
                for (key, member) in from {
                    map.entry(key).or_insert(member);
                }
            }
            Value::Object(map)
        }
        Yaml::Alias(_) | Yaml::BadValue => {
            return Err("it holds an alias or value that leads nowhere".to_owned());
        }
    })
}

/// The text at a path of members, if there is one.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// The list at a path of members; none is an empty one.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts in the list at a path.
pub(super) fn words(value: &Value, pointer: &str) -> Vec<String> {
    let word = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
    list(value, pointer).iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_are_resolved_and_bad_text_is_told() {
        let text = "x: &x { a: 1, b: 2 }\ny:\n  <<: *x\n  b: 3\n";
        assert_eq!(document("f", text).unwrap()["y"], serde_json::json!({ "a": 1, "b": 3 }));
        assert!(document("f", "a: [1").unwrap_err().starts_with("f: no YAML"));
        assert!(document("f", "a: 1\n---\nb: 2\n").is_err());
        assert!(document("f", "a: 1\na: 2\n").is_err(), "a key that stands twice");
    }
}
