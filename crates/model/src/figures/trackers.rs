//! The distinct bugs and issues of open cases.

use crate::board::{Board, Case, Scope, Tracker, TrackerTable};
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

/// Each once, however many cases it is linked to. Where two cases tell different things of the same one,
/// the entry without a target is taken.
pub(super) fn of_open_cases<'a>(board: &'a Board, scope: Scope<'_>) -> Vec<Linked<'a>> {
    let open: Vec<&Case> = board.cases_in(scope).filter(|case| case.is_open()).collect();
    let bugs = distinct(board.bug_table(), &open).map(Linked::Bug);
    bugs.chain(distinct(board.issue_table(), &open).map(Linked::Issue)).collect()
}

fn distinct<'a, T: Tracker>(table: &'a TrackerTable<T>, cases: &[&Case]) -> impl Iterator<Item = &'a T> {
    let mut found: Vec<Option<&T>> = vec![None; table.distinct];
    for (number, tracker) in cases.iter().flat_map(|case| table.numbered(case.number.as_str())) {
        if let Some(place) = found.get_mut(number as usize)
            && place.is_none_or(|known| !known.lacks_target() && tracker.lacks_target())
        {
            *place = Some(tracker);
        }
    }
    found.into_iter().flatten()
}
