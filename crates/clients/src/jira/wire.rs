//! What Jira sends. Everything may be missing or null; what has no fixed shape stays JSON.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// `GET …/serverInfo`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WireServerInfo {
    /// `Cloud` or `Server`.
    pub deployment_type: Option<String>,
    /// The version.
    pub version: Option<String>,
}

/// `GET …/myself`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WireMyself {
    /// Cloud's id.
    pub account_id: Option<String>,
    /// Data Center's login.
    pub name: Option<String>,
    /// Data Center's key.
    pub key: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// May be hidden.
    pub email_address: Option<String>,
    /// In which JQL's absolute dates are read.
    pub time_zone: Option<String>,
}

/// A field of issues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WireField {
    /// `summary`, `customfield_10466`.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// As people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// Whether this site has added it.
    #[serde(default, deserialize_with = "or_default")]
    pub custom: bool,
    /// What it holds.
    #[serde(default, deserialize_with = "or_default")]
    pub schema: WireSchema,
}

/// What a field holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct WireSchema {
    /// Of what a list is: `string` for bare words, `option` for choices; empty for what is no list.
    #[serde(default, deserialize_with = "or_default")]
    pub items: String,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WireProject {
    /// Digits.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Such as `KNIECO`.
    pub key: String,
    /// As people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WireBoard {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A sprint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireSprint {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// `active`, `future`, `closed`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: String,
    /// RFC 3339.
    #[serde(default)]
    pub start_date: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub end_date: Option<String>,
}

/// An issue with the fields that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireIssue {
    /// Digits; stays when the issue moves.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Such as `KNIECO-1234`; changes when the issue moves.
    pub key: String,
    /// Values by field id.
    #[serde(default, deserialize_with = "or_default")]
    pub fields: Map<String, Value>,
    /// HTML by field id, if it was asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub rendered_fields: Map<String, Value>,
}

/// A page of Cloud's search.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireTokenPage {
    pub(super) issues: Vec<WireIssue>,
    #[serde(default)]
    pub(super) next_page_token: Option<String>,
    #[serde(default)]
    pub(super) is_last: Option<bool>,
}

/// A page of Data Center's search.
#[derive(Debug, Deserialize)]
pub(super) struct WireOffsetPage {
    pub(super) issues: Vec<WireIssue>,
    pub(super) total: usize,
}

/// The answer to a bulk read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireBulk {
    pub(super) issues: Vec<WireIssue>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) issue_errors: Vec<Value>,
}

/// A page of boards or sprints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAgilePage<T> {
    pub(super) values: Vec<T>,
    #[serde(default)]
    pub(super) is_last: Option<bool>,
    #[serde(default)]
    pub(super) total: Option<usize>,
}

/// A page of comments.
#[derive(Debug, Deserialize)]
pub(super) struct WireComments {
    pub(super) comments: Vec<Value>,
    #[serde(default)]
    pub(super) total: Option<usize>,
}

/// Null like a missing member.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(serde::de::Error::custom(format!("an id that is neither text nor number: {other}"))),
    }
}
