//! What an opened row shows: the case's group, bugs, issues, comments.

use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::documents::{Bug, Issue};

use crate::settings::WebSettings;
use crate::text;
use crate::view::badge::{self, Badge, or_dash};
use crate::view::card::{Remark, newest_first};
use crate::view::link::{self, Link};
use crate::view::words::local;

/// Comments shown; the card itself has all.
const COMMENTS: usize = 20;

/// The opened row's content.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Detail {
    group: String,
    daily: bool,
    created: String,
    labels: String,
    bugs: Vec<Tracker>,
    no_bugs: &'static str,
    issues: Vec<Tracker>,
    comments: Vec<Remark>,
    more_comments: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Tracker {
    id: String,
    href: Link,
    title: String,
    /// What to look at: another severity than the case's, a Telco priority.
    marks: Vec<Badge>,
    facts: String,
}

impl Detail {
    pub(super) fn of(card: &Card, board: &Board, settings: &WebSettings) -> Self {
        let zone = settings.rules.time_zone;
        let comments = newest_first(card.comments.iter());
        let remark = |comment: &&t5g_model::board::Comment| Remark::of(comment, text::SHORT, zone);
        let left = comments.len().saturating_sub(COMMENTS);
        Self {
            group: or_dash(card.group_name.as_deref().unwrap_or_default()),
            daily: card.daily_telco,
            created: local(&card.case_created, zone),
            labels: or_dash(&card.labels.iter().map(|label| &**label).collect::<Vec<_>>().join(", ")),
            bugs: card.bugs.iter().map(bug).collect(),
            no_bugs: if board.has_bugzilla() { "None" } else { "Bugzilla is not configured" },
            issues: card.issues.iter().map(|one| issue(one, card)).collect(),
            comments: comments.iter().take(COMMENTS).map(remark).collect(),
            more_comments: (left > 0).then(|| format!("{left} older ones are on the card.")),
        }
    }
}

fn bug(bug: &Bug) -> Tracker {
    Tracker {
        marks: Vec::new(),
        id: or_dash(&bug.linked.bugzilla_number),
        href: link::outside(Some(&bug.linked.bugzilla_link)),
        title: or_dash(bug.linked.summary.as_deref().unwrap_or_default()),
        facts: facts([
            ("", bug.linked.status.as_deref()),
            ("target", bug.target_release.first().map(String::as_str)),
            ("assignee", bug.assignee.as_deref()),
            ("changed", bug.last_change_time.as_deref()),
        ]),
    }
}

fn issue(issue: &Issue, card: &Card) -> Tracker {
    let version = issue.fix_versions.as_ref().and_then(|versions| versions.first());
    Tracker {
        id: or_dash(&issue.id),
        href: link::outside(Some(&issue.url)),
        title: or_dash(issue.title.as_deref().unwrap_or_default()),
        facts: facts([
            ("", issue.status.as_deref()),
            ("severity", issue.jira_severity.as_deref()),
            ("fix version", version.map(String::as_str)),
            ("assignee", issue.assignee.as_deref()),
            ("changed", issue.updated.as_deref()),
        ]),
        marks: badge::mismatch(issue, &card.severity).into_iter().chain(badge::telco(issue)).collect(),
    }
}

fn facts<const N: usize>(facts: [(&str, Option<&str>); N]) -> String {
    let known = facts.into_iter().filter_map(|(name, value)| Some((name, value?.trim())));
    let words = known.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} {value}"));
    words.map(|words| words.trim().to_owned()).collect::<Vec<_>>().join(" · ")
}
