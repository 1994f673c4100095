//! The people who take cases.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use t5g_model::writing::Absence;

use crate::setting::{Setting, json};

/// All members, in the order in which accounts are matched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Team(pub Vec<Member>);

/// One of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// As Jira shows it.
    pub name: String,
    /// Jira user name (mail address).
    #[serde(default)]
    pub jira_user: String,
    /// Jira Cloud's account id.
    #[serde(default)]
    pub jira_account_id: String,
    /// Slack's user id, for mentions.
    #[serde(default)]
    pub slack_user: String,
    /// Parts of account names whose cases go to this member.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Whether cases are assigned; `"false"` in the old form.
    #[serde(default = "yes", deserialize_with = "switch")]
    pub active: bool,
    /// Whether to be added as watcher of the case; `"false"` in the old form.
    #[serde(default = "yes", deserialize_with = "switch")]
    pub notifieduser: bool,
    /// Days on which no case is assigned: `2026-12-24`, or `2026-12-24/2027-01-02` from the first to the last.
    #[serde(default)]
    pub absent: Vec<Absence>,
}

const fn yes() -> bool {
    true
}

/// `true`, `false`, or the same as text, in any case.
fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    bool::read(&value).map_err(|_| serde::de::Error::custom("active and notifieduser are true or false"))
}

impl Setting for Team {
    const EXPECTED: &'static str = "a list of members, each with at least a name";

    fn read(value: &Value) -> Result<Self, String> {
        json(value)
    }

    fn show(&self) -> String {
        self.0.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}
