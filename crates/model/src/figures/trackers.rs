//! The distinct bugs and issues of open cases.

use crate::board::{Board, Case, RowOfCase, Scope, Tracker, TrackerTable};
use crate::documents::{Bug, Issue};

/// A bug or an issue that is linked to an open case.
#[derive(Debug, Clone, Copy)]
pub enum Linked<'a> {
    /// Of Bugzilla.
    Bug(&'a Bug),
    /// Of Jira.
    Issue(&'a Issue),
}

impl Linked<'_> {
    /// The bug's number or the issue's key.
    pub fn id(&self) -> &str {
        match self {
            Self::Bug(bug) => bug.id(),
            Self::Issue(issue) => issue.id(),
        }
    }

    /// Whether no release is aimed at.
    pub fn lacks_target(&self) -> bool {
        match self {
            Self::Bug(bug) => bug.lacks_target(),
            Self::Issue(issue) => issue.lacks_target(),
        }
    }
}

/// Each once, however many cases it is linked to, and whether it lacks a target. Where two cases tell
/// different things of the same one, the entry without a target is taken.
pub(super) fn of_open_cases<'a>(board: &'a Board, scope: Scope<'_>) -> Vec<(Linked<'a>, bool)> {
    let open: Vec<&Case> = board.cases_in(scope).filter(|case| case.is_open()).collect();
    let bugs = distinct(board.bug_table(), &open).map(|(bug, lacks)| (Linked::Bug(bug), lacks));
    let issues = distinct(board.issue_table(), &open).map(|(issue, lacks)| (Linked::Issue(issue), lacks));
    bugs.chain(issues).collect()
}

fn distinct<'a, T: Tracker>(
    (table, rows): (&'a TrackerTable<T>, &RowOfCase),
    cases: &[&Case],
) -> impl Iterator<Item = (&'a T, bool)> {
    let mut found: Vec<Option<(&T, bool)>> = vec![None; table.distinct];
    let rows = cases.iter().filter_map(|case| rows.get(case.position as usize).copied());
    for (tracker, number, lacks) in rows.flat_map(|row| table.marked(row)) {
        if let Some(place) = found.get_mut(number as usize)
            && place.is_none_or(|(_, known)| lacks && !known)
        {
            *place = Some((tracker, lacks));
        }
    }
    found.into_iter().flatten()
}
