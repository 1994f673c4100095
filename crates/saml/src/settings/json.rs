//! Values out of a JSON tree by their path, each with its complaint if it has the wrong type.

use serde_json::Value;

use super::Notes;

/// The settings as they were written.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn read(text: &str, notes: &mut Notes) -> Option<Self> {
        match serde_json::from_str::<Value>(text) {
            Ok(value @ Value::Object(_)) => Some(Self(value)),
            Ok(_) => {
                notes.problem("saml_settings", "is not a JSON object in the shape of OneLogin's toolkit");
                None
            }
            Err(error) => {
                // The message of the parser names a place and never shows the text.
                notes.problem("saml_settings", format!("is not JSON: {error}"));
                None
            }
        }
    }

    pub(super) fn root(&self) -> &Value {
        &self.0
    }

    /// What is at `path`; null is nothing.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.0, |value, part| value.get(part)).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    pub(super) fn text(&self, path: &str, notes: &mut Notes) -> Option<&str> {
        match self.at(path)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text.trim()),
            _ => {
                notes.problem(path, "has to be a text");
                None
            }
        }
    }

    /// As [`Self::text`], and it has to be there.
    pub(super) fn needed(&self, path: &str, notes: &mut Notes) -> Option<&str> {
        let before = notes.problems.len();
        let text = self.text(path, notes);
        if text.is_none() && notes.problems.len() == before {
            notes.problem(path, "is missing");
        }
        text
    }

    /// Yes or no; some tools write these as 0 and 1 or as texts.
    pub(super) fn flag(&self, path: &str, default: bool, notes: &mut Notes) -> bool {
        let Some(value) = self.at(path) else { return default };
        truth(value).unwrap_or_else(|| {
            notes.problem(path, "has to be true or false");
            default
        })
    }

    /// A list of texts; one alone may stand without the list.
    pub(super) fn texts(&self, path: &str, notes: &mut Notes) -> Vec<String> {
        match self.at(path) {
            None => Vec::new(),
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(_) => {
                notes.problem(path, "has to be a list of texts");
                Vec::new()
            }
        }
    }
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
