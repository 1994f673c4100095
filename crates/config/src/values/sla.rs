//! How long a case may stay open, and for whom that is promised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::setting::{Setting, json};

/// The service level agreement that the table's colours follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sla {
    /// Days allowed by severity word.
    #[serde(default = "default_days")]
    pub days: BTreeMap<String, u32>,
    /// The accounts it applies to.
    #[serde(default)]
    pub partners: Vec<String>,
}

fn default_days() -> BTreeMap<String, u32> {
    [("Urgent", 14), ("High", 20), ("Normal", 90), ("Low", 180)]
        .map(|(word, days)| (word.to_owned(), days))
        .into()
}

impl Setting for Sla {
    const EXPECTED: &'static str = "an object with days (by severity word) and partners (account names)";

    fn read(value: &Value) -> Result<Self, String> {
        json(value)
    }

    fn show(&self) -> String {
        serde_json::json!(self).to_string()
    }
}
