//! A Jira issue → Jira's part of a card. Pure.

use std::collections::BTreeMap;

use t5g_clients::jira::{JiraComment, WireIssue};
use t5g_model::documents::Comment;
use t5g_model::names::{CardKey, CardStatus};

use super::join::{LeftOut, Tracked, case_in_summary};
use crate::sources::jira::person;

/// Everything that [`tracked`] reads, besides the custom field for contributors.
pub(super) const FIELDS: &[&str] =
    &["summary", "status", "created", "priority", "labels", "assignee", "comment"];

/// Jira's part of a card; a summary that names no case is a data problem.
pub(super) fn tracked(
    key: &CardKey,
    wire: &WireIssue,
    contributors: &str,
    statuses: &BTreeMap<String, CardStatus>,
) -> Result<Tracked, LeftOut> {
    let case_number = wire.summary().and_then(case_in_summary);
    let case_number = case_number.ok_or_else(|| LeftOut::NoCase { key: key.clone() })?;
    Ok(Tracked {
        case_number,
        status: card_status(wire.status().unwrap_or_default(), statuses),
        created: wire.created().unwrap_or_default().to_owned(),
        priority: wire.priority().map(str::to_owned),
        labels: wire.labels().into_iter().map(str::to_owned).collect(),
        assignee: wire.assignee().map(person).unwrap_or_default(),
        contributor: wire.users(contributors).into_iter().map(person).collect(),
        comments: wire.embedded_comments().map(|(embedded, _)| comments(embedded)),
    })
}

/// The internal status; one that is not in the map is shown by its own name.
pub(crate) fn card_status(jira: &str, statuses: &BTreeMap<String, CardStatus>) -> CardStatus {
    statuses.get(jira).cloned().unwrap_or_else(|| {
        let Ok(status) = jira.parse();
        status
    })
}

/// Whether the comments that came with the issue are not all, or not all as HTML.
pub(super) fn lacks_comments(wire: &WireIssue) -> bool {
    let lacks =
        |(embedded, whole): (Vec<JiraComment>, bool)| !whole || embedded.iter().any(|one| one.html.is_none());
    wire.embedded_comments().is_some_and(lacks)
}

/// Comments in the order written; one that Jira did not render is shown as plain text.
pub(super) fn comments(wire: Vec<JiraComment>) -> Vec<Comment> {
    let plain = |body: &serde_json::Value| {
        let text = body.as_str().unwrap_or_default();
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    };
    wire.into_iter()
        .map(|one| Comment {
            html: one.html.unwrap_or_else(|| plain(&one.body)),
            at: one.created.unwrap_or_default(),
        })
        .collect()
}
