//! Joins what Jira knows of a card with everything that is known of its case. Pure.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use t5g_model::documents::{Bug, Card, Case, Comment, Detail, Issue, Person};
use t5g_model::names::{CardKey, CardStatus, CaseNumber, Severity};
use t5g_model::time;

/// The label of a card whose case may escalate.
const POTENTIAL_ESCALATION: &str = "PotentialEscalation";
/// The label of a card on the daily list.
const DAILY: &str = "Daily_Telco_OCP";

/// Jira's part of a card.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tracked {
    /// The case whose number starts the summary.
    pub(super) case_number: CaseNumber,
    /// Already mapped to the team's own.
    pub(super) status: CardStatus,
    /// Jira's timestamp.
    pub(super) created: String,
    /// Jira's name of it.
    pub(super) priority: Option<String>,
    /// As in Jira.
    pub(super) labels: Vec<String>,
    /// Nobody: all three unset.
    pub(super) assignee: Person,
    /// Who helps.
    pub(super) contributor: Vec<Person>,
    /// In the order written; `None` if Jira tells of none at all.
    pub(super) comments: Option<Vec<Comment>>,
}

impl From<Card> for Tracked {
    /// What a card that was joined before says of Jira.
    fn from(card: Card) -> Self {
        Self {
            case_number: card.case_number,
            status: card.card_status,
            created: card.card_created,
            priority: card.priority,
            labels: card.labels,
            assignee: card.assignee,
            contributor: card.contributor,
            comments: card.comments,
        }
    }
}

/// Everything that cards are joined with.
#[derive(Debug)]
pub(super) struct Known {
    /// Document `cases`.
    pub(super) cases: BTreeMap<CaseNumber, Case>,
    /// Document `details`.
    pub(super) details: BTreeMap<CaseNumber, Detail>,
    /// Document `bugs`; empty if not configured.
    pub(super) bugs: BTreeMap<CaseNumber, Vec<Bug>>,
    /// Document `issues`.
    pub(super) issues: BTreeMap<CaseNumber, Vec<Issue>>,
    /// Every whole number in document `escalations`.
    pub(super) escalated: HashSet<Box<str>>,
    /// The project whose issues are escalations.
    pub(super) escalations_project: Option<String>,
}

/// A card that is not in the document: a data problem that a person has to mend in Jira.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LeftOut {
    /// The summary names no case.
    #[error("{key}: the summary does not begin with a case number of 8 digits")]
    NoCase {
        /// The card.
        key: CardKey,
    },
    /// The case is not among ours.
    #[error("{key}: its case {case} is not in the cases document")]
    UnknownCase {
        /// The card.
        key: CardKey,
        /// The case.
        case: CaseNumber,
    },
}

impl LeftOut {
    /// Which card it is.
    pub(super) fn key(&self) -> &CardKey {
        match self {
            Self::NoCase { key } | Self::UnknownCase { key, .. } => key,
        }
    }
}

/// The case whose number (8 digits) starts the summary.
pub(crate) fn case_in_summary(summary: &str) -> Option<CaseNumber> {
    let summary = summary.trim_start();
    let digits = summary.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 8).then(|| summary.get(..8)?.parse().ok()).flatten()
}

/// Every whole number in the escalations' case links, whatever stands around it.
pub(super) fn whole_numbers<'a>(entries: impl IntoIterator<Item = &'a String>) -> HashSet<Box<str>> {
    let numbers = entries.into_iter().flat_map(|entry| entry.split(|c: char| !c.is_ascii_digit()));
    numbers.filter(|number| !number.is_empty()).map(Box::from).collect()
}

/// Joins all of `tracked` and hands each card on; one whose case is unknown is left out and told.
pub(super) fn join(
    tracked: BTreeMap<CardKey, Tracked>,
    known: &Known,
    now: DateTime<Utc>,
    mut take: impl FnMut(&CardKey, Card) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<LeftOut>> {
    let mut left_out = Vec::new();
    for (key, tracked) in tracked {
        if let Some(case) = known.cases.get(&tracked.case_number) {
            take(&key, join_one(tracked, case, known, now))?;
        } else {
            left_out.push(LeftOut::UnknownCase { key, case: tracked.case_number });
        }
    }
    Ok(left_out)
}

fn join_one(tracked: Tracked, case: &Case, known: &Known, now: DateTime<Utc>) -> Card {
    let number = &tracked.case_number;
    let detail = known.details.get(number).cloned().unwrap_or_default();
    let issues = known.issues.get(number);
    let escalated = known.escalated.contains(number.as_str());
    let labelled = |wanted: &str| tracked.labels.iter().any(|label| label == wanted);
    let created = time::read(&case.createdate).ok();
    let updated = time::read(&case.last_update).ok();
    let Ok(severity) = case.severity.parse::<Severity>();
    Card {
        account: case.account.clone(),
        summary: case.problem.clone(),
        description: Some(case.description.clone()),
        product: case.product.clone(),
        case_status: case.status.clone(),
        case_created: case.createdate.clone(),
        severity,
        case_updated_date: updated.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
        case_days_open: created.map_or(0, |at| (now - at).num_days().max(0)),
        tags: case.tags.clone(),
        bugzilla: known.bugs.get(number).cloned(),
        escalated,
        escalated_link: known.escalations_project.as_deref().and_then(|project| link(issues?, project)),
        issues: issues.cloned(),
        potential_escalation: !escalated && labelled(POTENTIAL_ESCALATION),
        daily_telco: labelled(DAILY),
        crit_sit: detail.crit_sit,
        group_name: detail.group_name,
        notified_users: detail.notified_users,
        relief_at: detail.relief_at,
        resolved_at: detail.resolved_at,
        case_number: tracked.case_number,
        card_status: tracked.status,
        card_created: tracked.created,
        priority: tracked.priority,
        labels: tracked.labels,
        assignee: tracked.assignee,
        contributor: tracked.contributor,
        comments: tracked.comments,
    }
}

/// The URL of the first issue whose key belongs to the project.
fn link(issues: &[Issue], project: &str) -> Option<String> {
    let belongs = |issue: &&Issue| {
        issue.id.rsplit_once('-').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(project))
    };
    issues.iter().find(belongs).map(|issue| issue.url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_is_the_eight_digits_at_the_start() {
        assert_eq!(case_in_summary("01234567: no carrier").unwrap().as_str(), "01234567");
        assert_eq!(case_in_summary(" 01234567").unwrap().as_str(), "01234567");
        for none in ["", "1234567: short", "012345678: long", "case 01234567", "０１２３４５６７: wide"]
        {
            assert_eq!(case_in_summary(none), None, "{none:?}");
        }
    }

    #[test]
    fn numbers_count_only_as_wholes() {
        let entries =
            ["<a href=\"https://x/cases/01234567\">01234567</a>, 89".to_owned(), "55501234568".into()];
        let numbers = whole_numbers(&entries);
        assert!(numbers.contains("01234567") && numbers.contains("89") && numbers.contains("55501234568"));
        assert!(!numbers.contains("01234568") && !numbers.contains("1234567"));
    }
}
