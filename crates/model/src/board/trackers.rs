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
    by_case: HashMap<CaseNumber, Linked<T>>,
    /// How many different ones there are; their numbers in [`Linked::ids`] are below that.
    pub(crate) distinct: usize,
    /// Whether the document said that this kind is configured at all.
    pub(super) configured: bool,
}

/// The trackers of one case.
#[derive(Debug)]
pub(crate) struct Linked<T> {
    list: Arc<[T]>,
    ids: Box<[u32]>,
}

impl<T> Default for TrackerTable<T> {
    fn default() -> Self {
        Self { by_case: HashMap::new(), distinct: 0, configured: false }
    }
}

impl<T: Tracker> TrackerTable<T> {
    pub(super) fn build(by_case: Option<BTreeMap<CaseNumber, Vec<T>>>) -> Self {
        let configured = by_case.is_some();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let by_case = by_case.into_iter().flatten().map(|(case, list)| {
            let mut ids = Vec::with_capacity(list.len());
            for tracker in &list {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                ids.push(*numbers.entry(tracker.id().to_owned()).or_insert(next));
            }
            (case, Linked { list: list.into(), ids: ids.into() })
        });
        let by_case = by_case.collect();
        Self { by_case, distinct: numbers.len(), configured }
    }

    /// The case's list, to share.
    pub(super) fn of(&self, case: &str) -> Option<&Arc<[T]>> {
        self.by_case.get(case).map(|linked| &linked.list)
    }

    /// The case's trackers with their numbers.
    pub(crate) fn numbered(&self, case: &str) -> impl Iterator<Item = (u32, &T)> {
        let linked = self.by_case.get(case);
        linked.into_iter().flat_map(|linked| linked.ids.iter().copied().zip(linked.list.iter()))
    }
}
