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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields() -> IssueFields {
        IssueFields { qa_contact: "cf_1".into(), severity: "cf_2".into(), private_keywords: "cf_3".into() }
    }

    #[test]
    fn an_issue_becomes_what_the_contract_says() {
        let wire = serde_json::from_value(json!({
            "id": "1", "key": "OCPBUGS-7",
            "fields": {
                "summary": "Kernel oops", "status": { "name": "POST" }, "updated": "2026-11-20T10:11:12.123+0000",
                "issuetype": { "name": "Bug" }, "assignee": { "displayName": "Ada", "emailAddress": "ada@example.com" },
                "fixVersions": [{ "name": "4.18.0" }], "priority": { "name": "Major" },
                "cf_1": { "emailAddress": "qa@example.com" }, "cf_2": { "value": "Important" },
                "cf_3": ["Telco:Priority-1"],
            },
        }));
        insta::assert_json_snapshot!(issue(&wire.unwrap(), &fields()), @r#"
        {
          "id": "OCPBUGS-7",
          "url": "",
          "title": "Kernel oops",
          "status": "POST",
          "updated": "2026-11-20",
          "qa_contact": "qa@example.com",
          "jira_severity": "Important",
          "jira_type": "Bug",
          "assignee": "ada@example.com",
          "fix_versions": [
            "4.18.0"
          ],
          "priority": "Major",
          "private_keywords": [
            "Telco:Priority-1"
          ]
        }
        "#);
    }

    #[test]
    fn what_jira_does_not_tell_is_null() {
        let wire: WireIssue = serde_json::from_value(json!({
            "id": "1", "key": "A-1", "fields": { "fixVersions": [], "assignee": null, "cf_3": null },
        }))
        .unwrap();
        let bare = issue(&wire, &fields());
        assert_eq!(bare, Issue { id: "A-1".into(), ..Issue::default() });
    }
}
