//! What the portal knows of one open case beyond the search (document `details`).

use serde::{Deserialize, Serialize};

/// One entry of `details`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Whether the account is in a critical situation over this case.
    #[serde(default)]
    pub crit_sit: bool,
    /// The customer's case group.
    #[serde(default)]
    pub group_name: Option<String>,
    /// Who watches the case.
    #[serde(default)]
    pub notified_users: Vec<NotifiedUser>,
    /// When the customer got relief.
    #[serde(default)]
    pub relief_at: Option<Milestone>,
    /// When the case was resolved.
    #[serde(default)]
    pub resolved_at: Option<Milestone>,
}

/// A watcher of a case; further members are kept as they came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NotifiedUser {
    /// The portal's login.
    #[serde(rename = "ssoUsername", default)]
    pub sso_username: String,
    /// The portal's title for the person.
    #[serde(default)]
    pub title: Option<String>,
    /// Whatever else the portal said.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// A moment in a case's life; the portal tells it as text or as milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Milestone {
    /// Milliseconds since 1970, UTC.
    Millis(i64),
    /// `2026-11-23T14:05:00Z`.
    Text(String),
}
