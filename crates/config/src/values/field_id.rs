//! The id of a custom field of Jira's.

use std::fmt;
use std::str::FromStr;

/// Written `customfield_10466` or just `10466`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldId(u64);

impl FieldId {
    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl FromStr for FieldId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("customfield_").unwrap_or(text).parse().map(Self)
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "customfield_{}", self.0)
    }
}

crate::setting::by_text! { FieldId: "a custom field's id, such as customfield_10466 or 10466"; }
