//! A bug or a Jira issue that is linked to a case.

use serde::Serialize;
use t5g_model::board::Card;
use t5g_model::documents::{Bug, Issue};
use t5g_model::figures::{SeverityGap, severity_gap};
use t5g_model::names::Severity;

use crate::view::badge::{Badge, or_dash};
use crate::view::link::{self, Link};

/// What is shown of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tracker {
    id: String,
    href: Link,
    title: String,
    facts: Vec<Fact>,
    /// What stands out: another severity than the case's, a priority.
    marks: Vec<Badge>,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
}

/// The bugs of a card's case, at most so many.
pub(crate) fn bugs(card: &Card, limit: usize) -> Vec<Tracker> {
    card.bugs.iter().take(limit).map(|bug| Tracker::of_bug(bug, &card.severity)).collect()
}

/// Its Jira issues, at most so many.
pub(crate) fn issues(card: &Card, limit: usize) -> Vec<Tracker> {
    card.issues.iter().take(limit).map(|issue| Tracker::of_issue(issue, &card.severity)).collect()
}

impl Tracker {
    fn of_bug(bug: &Bug, case: &Severity) -> Self {
        Self {
            id: or_dash(&bug.linked.bugzilla_number),
            href: link::outside(Some(&bug.linked.bugzilla_link)),
            title: or_dash(bug.linked.summary.as_deref().unwrap_or_default()),
            facts: facts([
                ("Status", bug.linked.status.as_deref()),
                ("Severity", bug.severity.as_deref()),
                ("Target", bug.target_release.first().map(String::as_str)),
                ("Assignee", bug.assignee.as_deref()),
                ("QA", bug.qa_contact.as_deref()),
                ("Changed", bug.last_change_time.as_deref()),
            ]),
            marks: gap(case, bug.severity.as_deref()).into_iter().collect(),
        }
    }

    fn of_issue(issue: &Issue, case: &Severity) -> Self {
        let versions = issue.fix_versions.as_ref().map(|versions| versions.join(", "));
        let priority = issue.telco_priority().map(telco);
        Self {
            id: or_dash(&issue.id),
            href: link::outside(Some(&issue.url)),
            title: or_dash(issue.title.as_deref().unwrap_or_default()),
            facts: facts([
                ("Type", issue.jira_type.as_deref()),
                ("Status", issue.status.as_deref()),
                ("Severity", issue.jira_severity.as_deref()),
                ("Priority", issue.priority.as_deref()),
                ("Fix version", versions.as_deref()),
                ("Assignee", issue.assignee.as_deref()),
                ("QA", issue.qa_contact.as_deref()),
                ("Updated", issue.updated.as_deref()),
            ]),
            marks: gap(case, issue.jira_severity.as_deref()).into_iter().chain(priority).collect(),
        }
    }
}

/// A mark where engineering's severity is not the case's, stronger where it is lower.
fn gap(case: &Severity, theirs: Option<&str>) -> Option<Badge> {
    let (kind, icon, word) = match severity_gap(case, theirs)? {
        SeverityGap::Lower => ("gap-lower", "triangle", "lower"),
        SeverityGap::Higher => ("gap-higher", "up", "higher"),
    };
    Some(Badge { kind, icon, words: format!("Severity {word} than the case's") })
}

/// The keyword that names the priority, by how pressing it is.
fn telco(keyword: &str) -> Badge {
    let kind = match keyword.bytes().rev().find(u8::is_ascii_digit) {
        Some(b'1') => "telco-1",
        Some(b'2') => "telco-2",
        Some(b'3') => "telco-3",
        _ => "telco",
    };
    Badge { kind, icon: "", words: or_dash(keyword) }
}

fn facts<const N: usize>(facts: [(&'static str, Option<&str>); N]) -> Vec<Fact> {
    let known = facts.into_iter().filter_map(|(label, value)| Some((label, value?.trim())));
    known
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| Fact { label, value: or_dash(value) })
        .collect()
}
