//! A Jira issue that engineering works on for a case (document `issues`).

use serde::{Deserialize, Serialize};

/// One entry of a case's list in `issues`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The issue's key; made-up data of the Python project holds a number.
    #[serde(deserialize_with = "super::lenient::text_or_number")]
    pub id: String,
    /// Where people read it.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub url: String,
    /// Its summary.
    #[serde(default)]
    pub title: Option<String>,
    /// Jira's status.
    #[serde(default)]
    pub status: Option<String>,
    /// `YYYY-MM-DD`.
    #[serde(default)]
    pub updated: Option<String>,
    /// Mail of who tests it.
    #[serde(default)]
    pub qa_contact: Option<String>,
    /// Engineering's severity.
    #[serde(default)]
    pub jira_severity: Option<String>,
    /// Bug, Story, …
    #[serde(default)]
    pub jira_type: Option<String>,
    /// Mail of who works on it.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Versions that carry the fix; `---` = none.
    #[serde(default)]
    pub fix_versions: Option<Vec<String>>,
    /// Jira's priority.
    #[serde(default)]
    pub priority: Option<String>,
    /// Keywords that only staff sees.
    #[serde(default)]
    pub private_keywords: Option<Vec<String>>,
}

impl Issue {
    /// Whether no version is to carry the fix: the first is `---`, or there is none.
    pub fn lacks_target(&self) -> bool {
        self.fix_versions.as_deref().and_then(<[_]>::first).is_none_or(|version| version.starts_with("---"))
    }

    /// The keyword that names a "Telco priority", such as `Telco:Priority-1`.
    pub fn telco_priority(&self) -> Option<&str> {
        self.private_keywords.iter().flatten().map(String::as_str).find(|word| word.contains("Priority"))
    }
}
