//! A Jira issue → an entry of `issues`. Pure.

use t5g_clients::jira::WireIssue;
use t5g_model::documents::Issue;
use t5g_model::time;

use crate::sources::jira::{mail, names};

/// Custom fields as this Jira numbers them.
#[derive(Debug, Clone)]
pub(super) struct IssueFields {
    pub(super) qa_contact: String,
    pub(super) severity: String,
    pub(super) private_keywords: String,
}

impl IssueFields {
    /// Everything that [`issue`] reads.
    pub(super) fn names(&self) -> Vec<String> {
        let plain = ["summary", "status", "updated", "issuetype", "assignee", "fixVersions", "priority"];
        let custom = [&self.qa_contact, &self.severity, &self.private_keywords];
        plain.iter().map(ToString::to_string).chain(custom.into_iter().cloned()).collect()
    }
}

/// Everything but its address, which the portal tells.
pub(super) fn issue(wire: &WireIssue, fields: &IssueFields) -> Issue {
    Issue {
        id: wire.key.clone(),
        url: String::new(),
        title: wire.summary().map(str::to_owned),
        status: wire.status().map(str::to_owned),
        updated: wire.updated().and_then(|at| time::read_date(at).ok()).map(|date| date.to_string()),
        qa_contact: mail(wire, &fields.qa_contact),
        jira_severity: wire.name(&fields.severity).map(str::to_owned),
        jira_type: wire.issue_type().map(str::to_owned),
        assignee: mail(wire, "assignee"),
        fix_versions: names(wire, "fixVersions"),
        priority: wire.priority().map(str::to_owned),
        private_keywords: names(wire, &fields.private_keywords),
    }
}
