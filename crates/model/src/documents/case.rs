//! A support case, as the portal's search tells it (document `cases`).

use serde::{Deserialize, Serialize};

use crate::names::CaseStatus;

/// One entry of `cases`. Times are text as received (`2026-11-23T14:05:00Z`); read them with `crate::time`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Who owns the case at the portal.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub owner: String,
    /// `1 (Urgent)` … `4 (Low)`.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub severity: String,
    /// The customer's account.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub account: String,
    /// The case's summary.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub problem: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub status: CaseStatus,
    /// When it was opened.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub createdate: String,
    /// When it last changed.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub last_update: String,
    /// When it was closed; only of closed cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closeddate: Option<String>,
    /// The first product, a blank, the version.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub product: String,
    /// The version alone.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub product_version: String,
    /// What the customer wrote.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub description: String,
    /// The first linked bug's number; only if one is linked.
    #[serde(
        default,
        deserialize_with = "super::lenient::optional_text_or_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub bug: Option<String>,
    /// Tags; only if there are any.
    #[serde(default, deserialize_with = "super::lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}
