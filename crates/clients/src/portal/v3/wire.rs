//! What v3 sends: the list's rows, and comments as a list or in an object.

use serde::Deserialize;
use serde_json::Value;

use crate::http::{Answer, Fault};
use crate::portal::wire::{comment, text, texts};
use crate::portal::{PortalCase, PortalComment};

/// The answer to `POST cases/filter`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireFilterAnswer {
    pub(super) total_count: usize,
    pub(super) cases: Option<Vec<Value>>,
}

/// Where a file can be fetched, for a while.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireTicket {
    pub(super) download_url: String,
}

/// `[…]` or `{"comments": […]}`.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireComments {
    Bare(Vec<Value>),
    Wrapped { comments: Option<Vec<Value>> },
}

pub(super) fn comments(answer: &Answer) -> Result<Vec<PortalComment>, Fault> {
    let comments = match answer.json()? {
        WireComments::Bare(comments) => comments,
        WireComments::Wrapped { comments } => comments.unwrap_or_default(),
    };
    Ok(comments.iter().filter_map(comment).collect())
}

/// A row as a case; `None` without a number.
pub(super) fn case(row: &Value) -> Option<PortalCase> {
    Some(PortalCase {
        number: text(row, "caseNumber")?,
        owner: text(row, "ownerId").or_else(|| text(row, "owner")),
        account: text(row, "accountName").or_else(|| text(row, "accountNumberRef")),
        summary: text(row, "summary"),
        description: text(row, "description"),
        status: text(row, "status"),
        severity: text(row, "severity"),
        products: texts(row, "product", false),
        version: text(row, "version"),
        created: text(row, "createdDate"),
        modified: text(row, "lastModifiedDate"),
        closed: text(row, "lastClosedAt").or_else(|| text(row, "closedDate")),
        bug: None,
        tags: texts(row, "apiTags", true),
    })
}
