//! Bugs and Jira issues by case, each told apart by its id however many cases it is linked to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::documents::{Bug, Issue};
use crate::names::CaseNumber;

/// What engineering tracks its work in: a bug or an issue.
pub(crate) trait Tracker {
    /// Tells it apart from the others of its kind.
    fn id(&self) -> &str;
    /// Whether no release is aimed at.
    fn lacks_target(&self) -> bool;
}

impl Tracker for Bug {
    fn id(&self) -> &str {
        &self.linked.bugzilla_number
    }

    fn lacks_target(&self) -> bool {
        Self::lacks_target(self)
    }
}

impl Tracker for Issue {
    fn id(&self) -> &str {
        &self.id
    }

    fn lacks_target(&self) -> bool {
        Self::lacks_target(self)
    }
}

/// All trackers of one kind.
#[derive(Debug)]
pub(crate) struct TrackerTable<T> {
    rows: Vec<Row<T>>,
    by_case: HashMap<CaseNumber, u32>,
    /// How many different ones there are; their numbers are below that.
    pub(crate) distinct: usize,
    /// Whether the document said that this kind is configured at all.
    pub(super) configured: bool,
}

/// The trackers of one case, and for each its number and whether it lacks a target.
#[derive(Debug)]
struct Row<T> {
    list: Arc<[T]>,
    marks: Box<[(u32, bool)]>,
}

/// For each case, by its position, which row of a table is its own.
pub(crate) type RowOfCase = Box<[Option<u32>]>;

impl<T> Default for TrackerTable<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), by_case: HashMap::new(), distinct: 0, configured: false }
    }
}

impl<T: Tracker> TrackerTable<T> {
    pub(super) fn build(lists: Option<BTreeMap<CaseNumber, Vec<T>>>) -> Self {
        let mut table = Self { configured: lists.is_some(), ..Self::default() };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        for (place, (case, list)) in (0..).zip(lists.into_iter().flatten()) {
            let mut marks = Vec::with_capacity(list.len());
            for tracker in &list {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry(tracker.id().to_owned()).or_insert(next);
                marks.push((number, tracker.lacks_target()));
            }
            table.rows.push(Row { list: list.into(), marks: marks.into() });
            table.by_case.insert(case, place);
        }
        table.distinct = numbers.len();
        table
    }

    /// The case's list, to share.
    pub(super) fn of(&self, case: &str) -> Option<&Arc<[T]>> {
        self.rows.get(*self.by_case.get(case)? as usize).map(|row| &row.list)
    }

    /// Finds each case's row once, so that counting need not look for it.
    pub(super) fn rows_of<'a>(&self, cases: impl Iterator<Item = &'a CaseNumber>) -> RowOfCase {
        cases.map(|number| self.by_case.get(number).copied()).collect()
    }

    /// A row's trackers, each with its number and whether it lacks a target.
    pub(crate) fn marked(&self, row: Option<u32>) -> impl Iterator<Item = (&T, u32, bool)> {
        let row = row.and_then(|row| self.rows.get(row as usize));
        let both = row.into_iter().flat_map(|row| row.list.iter().zip(&row.marks));
        both.map(|(tracker, (number, lacks_target))| (tracker, *number, *lacks_target))
    }
}
