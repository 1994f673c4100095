//! What the search of `hydra` sends.

use serde::Deserialize;
use serde_json::Value;

use crate::portal::PortalCase;
use crate::portal::wire::{text, texts};

/// The fields asked for; everything that [`case`] reads.
pub(super) const FIELDS: &str = "case_number,case_owner,case_account_name,case_summary,case_description,\
    case_version,case_bugzillaNumber,case_status,case_severity,case_createdDate,case_lastModifiedDate,\
    case_closedDate,case_product,case_tags";

/// `{"response": {…}}`.
#[derive(Deserialize)]
pub(super) struct WireSearch {
    pub(super) response: WirePage,
}

/// One page of rows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePage {
    pub(super) num_found: usize,
    #[serde(default)]
    pub(super) docs: Vec<Value>,
}

/// A row as a case; `None` without a number.
pub(super) fn case(row: &Value) -> Option<PortalCase> {
    Some(PortalCase {
        number: text(row, "case_number")?,
        owner: text(row, "case_owner"),
        account: text(row, "case_account_name"),
        summary: text(row, "case_summary"),
        description: text(row, "case_description"),
        status: text(row, "case_status"),
        severity: text(row, "case_severity"),
        products: texts(row, "case_product", false),
        version: text(row, "case_version"),
        created: text(row, "case_createdDate"),
        modified: text(row, "case_lastModifiedDate"),
        closed: text(row, "case_closedDate"),
        bug: text(row, "case_bugzillaNumber"),
        tags: texts(row, "case_tags", true),
    })
}
