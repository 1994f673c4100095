//! How long a case may stay open, and for whom that is promised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use t5g_model::board::SlaRules;

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
    SlaRules::default().days.iter().map(|(severity, days)| (severity.to_string(), *days)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    /// The reference page has to print the days, so they stand there once more, as text.
    #[test]
    fn the_default_that_is_printed_is_the_one_that_figures_use() {
        let fields = Settings::SECTIONS.iter().flat_map(|section| section.fields);
        let printed = fields.filter(|field| field.path() == "sla").find_map(|field| field.default).unwrap();
        let read = Sla::read(&Value::String(printed.to_owned())).unwrap();
        assert_eq!(read, Sla { days: default_days(), partners: Vec::new() });
    }
}
