//! Bugs linked to cases: as the portal lists them (`case_bz`), and joined with Bugzilla (`bugs`).

use serde::{Deserialize, Serialize};

/// One entry of a case's list in `case_bz`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedBug {
    /// Where people read the bug.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub bugzilla_link: String,
    /// The bug's number; a number or a string of digits in the document, a string here.
    #[serde(deserialize_with = "super::lenient::text_or_number")]
    pub bugzilla_number: String,
    /// The case it is linked to.
    #[serde(default, deserialize_with = "super::lenient::text_or_number_or_default")]
    pub case_number: String,
    /// When it was linked.
    #[serde(default)]
    pub linked_at: Option<String>,
    /// Bugzilla's status.
    #[serde(default)]
    pub status: Option<String>,
    /// Bugzilla's summary.
    #[serde(default)]
    pub summary: Option<String>,
}

/// One entry of a case's list in `bugs`: the portal's, and what Bugzilla knows. A bug that may not be read
/// carries [`Bug::UNAVAILABLE`] in each of Bugzilla's fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bug {
    /// The portal's part.
    #[serde(flatten)]
    pub linked: LinkedBug,
    /// Releases aimed at; `---` = none.
    #[serde(default, deserialize_with = "super::lenient::list")]
    pub target_release: Vec<String>,
    /// Who works on it.
    #[serde(default)]
    pub assignee: Option<String>,
    /// `YYYY-MM-DD`.
    #[serde(default)]
    pub last_change_time: Option<String>,
    /// The team's tags live here.
    #[serde(default)]
    pub internal_whiteboard: Option<String>,
    /// Who tests it.
    #[serde(default)]
    pub qa_contact: Option<String>,
    /// Bugzilla's severity.
    #[serde(default)]
    pub severity: Option<String>,
}

impl Bug {
    /// What stands in the fields of a bug that may not be read.
    pub const UNAVAILABLE: &str = "unavailable";

    /// Whether no release is aimed at: the first is `---`, or there is none.
    pub fn lacks_target(&self) -> bool {
        self.target_release.first().is_none_or(|release| release == "---")
    }
}
