//! What Bugzilla sends: lists here that are strings there.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The fields asked for; everything that [`WireBug`] reads, under both names of the internal whiteboard.
pub const FIELDS: &str = "id,summary,status,resolution,severity,priority,product,component,version,\
    target_release,target_milestone,assigned_to,qa_contact,last_change_time,internal_whiteboard,\
    cf_internal_whiteboard";

/// A bug. Absent, null and empty are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct WireBug {
    /// Its number.
    pub id: u64,
    /// What it is about.
    #[serde(default, deserialize_with = "text")]
    pub summary: Option<String>,
    /// `NEW`, `ASSIGNED`, `CLOSED`, …
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// How it ended.
    #[serde(default, deserialize_with = "text")]
    pub resolution: Option<String>,
    /// Bugzilla's severity.
    #[serde(default, deserialize_with = "text")]
    pub severity: Option<String>,
    /// Bugzilla's priority.
    #[serde(default, deserialize_with = "text")]
    pub priority: Option<String>,
    /// The product.
    #[serde(default, deserialize_with = "text")]
    pub product: Option<String>,
    /// A list at Red Hat's, one string elsewhere.
    #[serde(default, deserialize_with = "texts")]
    pub component: Vec<String>,
    /// A list at Red Hat's, one string elsewhere.
    #[serde(default, deserialize_with = "texts")]
    pub version: Vec<String>,
    /// Red Hat's; `---` = none. Empty where the field does not exist.
    #[serde(default, deserialize_with = "texts")]
    pub target_release: Vec<String>,
    /// The plain ones' milestone; `---` = none.
    #[serde(default, deserialize_with = "text")]
    pub target_milestone: Option<String>,
    /// Who works on it.
    #[serde(default, deserialize_with = "text")]
    pub assigned_to: Option<String>,
    /// Who tests it.
    #[serde(default, deserialize_with = "text")]
    pub qa_contact: Option<String>,
    /// `2018-12-09T19:12:12Z`.
    #[serde(default, deserialize_with = "text")]
    pub last_change_time: Option<String>,
    #[serde(default, deserialize_with = "text")]
    internal_whiteboard: Option<String>,
    #[serde(default, deserialize_with = "text")]
    cf_internal_whiteboard: Option<String>,
}

impl WireBug {
    /// Where the team's tags live, under whichever name this Bugzilla has it.
    pub fn internal_whiteboard(&self) -> Option<&str> {
        self.cf_internal_whiteboard.as_deref().or(self.internal_whiteboard.as_deref())
    }
}

/// `GET /rest/bug`.
#[derive(Debug, Deserialize)]
pub(super) struct WireBugs {
    pub(super) bugs: Vec<WireBug>,
}

/// `GET /rest/version`.
#[derive(Debug, Deserialize)]
pub(super) struct WireVersion {
    pub(super) version: String,
}

/// `GET /rest/whoami`.
#[derive(Debug, Deserialize)]
pub(super) struct WireWhoami {
    #[serde(default)]
    pub(super) name: String,
}

/// `{"error":true,"code":306,"message":"…"}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireError {
    pub(super) error: bool,
    #[serde(default)]
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => items.iter().find_map(|item| item.as_str().map(Into::into)),
        _ => None,
    })
}

fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.is_empty() => vec![text],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(Into::into)).collect(),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_hats_lists_and_plain_strings_read_alike() {
        let red_hat =
            r#"{"id":1,"component":["net"],"target_release":["4.18.0","---"],"internal_whiteboard":"a"}"#;
        let plain = r#"{"id":1,"component":"net","cf_internal_whiteboard":"a","qa_contact":"","target_release":null}"#;
        let (red_hat, plain): (WireBug, WireBug) =
            (serde_json::from_str(red_hat).unwrap(), serde_json::from_str(plain).unwrap());
        assert_eq!(red_hat.component, plain.component);
        assert_eq!(red_hat.internal_whiteboard(), plain.internal_whiteboard());
        assert_eq!(red_hat.target_release, ["4.18.0", "---"]);
        assert_eq!((plain.target_release.len(), plain.qa_contact), (0, None));
    }
}
