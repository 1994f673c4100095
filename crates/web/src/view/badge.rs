//! Badges: a word, an icon and a colour, so that none of them stands alone.

use std::cmp::Ordering;

use serde::Serialize;
use t5g_model::documents::Issue;
use t5g_model::names::{CardStatus, Severity};
use t5g_queue::RunState;

use crate::text::neutral;

/// One badge. The style sheet knows each `kind`; the icon is a symbol's id in `templates/macros.html`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Badge {
    /// Style class without its prefix.
    pub kind: &'static str,
    /// Icon name, empty for none.
    pub icon: &'static str,
    /// What it says; text from outside.
    pub words: String,
}

/// Of a severity.
pub(crate) fn severity(severity: &Severity) -> Badge {
    let (kind, icon) = match severity {
        Severity::Urgent => ("urgent", "octagon"),
        Severity::High => ("high", "triangle"),
        Severity::Normal => ("normal", "diamond"),
        Severity::Low => ("low", "chevron"),
        Severity::Other(_) => ("other", ""),
    };
    Badge { kind, icon, words: or_dash(severity.word()) }
}

/// Of a card's internal status.
pub(crate) fn status(status: &CardStatus) -> Badge {
    let (kind, icon) = match status {
        CardStatus::New => ("new", ""),
        CardStatus::Backlog => ("backlog", ""),
        CardStatus::Debugging => ("debugging", ""),
        CardStatus::EngWorking => ("engworking", ""),
        CardStatus::Backport => ("backport", ""),
        CardStatus::ReadyToClose => ("readytoclose", ""),
        CardStatus::Blocked => ("blocked", "pause"),
        CardStatus::Done => ("done", "check"),
        CardStatus::Other(_) => ("other", ""),
    };
    Badge { kind, icon, words: or_dash(status.as_str()) }
}

/// Of an issue whose severity is another than its case's; stronger where engineering takes it less seriously.
pub(crate) fn mismatch(issue: &Issue, case: &Severity) -> Option<Badge> {
    let (kind, icon, than) = match issue.severity_against(case)? {
        Ordering::Equal => return None,
        Ordering::Less => ("breached", "triangle", "lower"),
        Ordering::Greater => ("warning", "triangle", "higher"),
    };
    let word = issue.jira_severity.as_deref().map(or_dash).unwrap_or_default();
    Some(Badge { kind, icon, words: format!("{word}: {than} than the case's {case}") })
}

/// Of an issue's Telco priority, coloured by its number.
pub(crate) fn telco(issue: &Issue) -> Option<Badge> {
    let word = issue.telco_priority()?;
    let (kind, icon) = match word.chars().rev().find(char::is_ascii_digit) {
        Some('1') => ("urgent", "octagon"),
        Some('2') => ("high", "triangle"),
        Some('3') => ("normal", "diamond"),
        _ => ("low", "chevron"),
    };
    Some(Badge { kind, icon, words: or_dash(word) })
}

/// Of a run of a task.
pub(crate) fn run(state: RunState) -> Badge {
    let (kind, icon, words) = match state {
        RunState::Scheduled => ("run-waiting", "clock", "Scheduled"),
        RunState::Pending => ("run-waiting", "clock", "Pending"),
        RunState::Running => ("run-working", "play", "Running"),
        RunState::Retrying => ("run-again", "refresh", "Retrying"),
        RunState::Done => ("run-done", "check", "Done"),
        RunState::Failed => ("run-failed", "cross", "Failed"),
        RunState::Cancelled => ("run-stopped", "stop", "Cancelled"),
    };
    Badge { kind, icon, words: words.to_owned() }
}

/// The longest text that one cell shows, in characters: a page of ten megabytes helps nobody.
const CELL: usize = 4_000;

/// Unknown is a dash, never an empty place. Nothing in it turns the text around it.
pub(crate) fn or_dash(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(CELL) {
        _ if text.is_empty() => "—".to_owned(),
        Some((end, _)) => format!("{}…", neutral(text.get(..end).unwrap_or_default())),
        None => neutral(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(severity: Option<&str>, keyword: &str) -> Issue {
        Issue {
            jira_severity: severity.map(str::to_owned),
            private_keywords: Some(vec!["Other".to_owned(), keyword.to_owned()]),
            ..Issue::default()
        }
    }

    #[test]
    fn a_severity_that_is_not_the_cases_is_marked_stronger_where_it_is_lower() {
        let kind = |severity, case| mismatch(&issue(severity, ""), &case).map(|badge| badge.kind);
        assert_eq!(kind(Some("Critical"), Severity::Urgent), None);
        assert_eq!(kind(Some("Low"), Severity::Urgent), Some("breached"));
        assert_eq!(kind(Some("Important"), Severity::Low), Some("warning"));
        assert_eq!(kind(Some("Informational"), Severity::Low), Some("breached"));
        assert_eq!(kind(Some("whatever"), Severity::Urgent), None);
        assert_eq!(kind(None, Severity::Urgent), None);
        assert_eq!(kind(Some("Low"), Severity::Other("x".into())), None);
    }

    #[test]
    fn telco_priorities_are_coloured_by_their_number() {
        let kind = |keyword| telco(&issue(None, keyword)).map(|badge| badge.kind);
        assert_eq!(kind("Telco:Priority-1"), Some("urgent"));
        assert_eq!(kind("Telco:Priority-3"), Some("normal"));
        assert_eq!(kind("Telco:Priority"), Some("low"));
        assert_eq!(kind("Telco"), None);
    }
}
