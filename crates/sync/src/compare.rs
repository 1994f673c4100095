//! What a new document changes against the one before. Pure.

use std::collections::BTreeMap;

use t5g_store::ledger::Counts;

/// Rows that differ between two states of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Only in the new one.
    pub(crate) added: usize,
    /// In both, but not equal.
    pub(crate) changed: usize,
    /// Only in the old one.
    pub(crate) removed: usize,
}

impl Changes {
    /// Compares row by row.
    pub(crate) fn between<K: Ord, V: PartialEq>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Self {
        let (mut added, mut changed) = (0, 0);
        for (key, row) in after {
            match before.get(key) {
                None => added += 1,
                Some(old) if old != row => changed += 1,
                Some(_) => {}
            }
        }
        Self { added, changed, removed: before.len() + added - after.len() }
    }

    /// As the ledger keeps them, with how many rows there are now.
    pub(crate) fn counts(self, entries: usize) -> Counts {
        Counts {
            entries: count(entries),
            added: count(self.added),
            changed: count(self.changed),
            removed: count(self.removed),
        }
    }

    /// Compares lists without order: rows only come and go.
    pub(crate) fn between_lists<T: Ord>(before: &[T], after: &[T]) -> Self {
        let mut old: Vec<&T> = before.iter().collect();
        let mut new: Vec<&T> = after.iter().collect();
        old.sort();
        new.sort();
        let (mut common, mut old, mut new) = (0, old.into_iter().peekable(), new.into_iter().peekable());
        while let (Some(a), Some(b)) = (old.peek(), new.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(old.next()),
                std::cmp::Ordering::Greater => drop(new.next()),
                std::cmp::Ordering::Equal => {
                    common += 1;
                    old.next();
                    new.next();
                }
            }
        }
        Self { added: after.len() - common, changed: 0, removed: before.len() - common }
    }
}

/// A count for the ledger.
pub(crate) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_go_and_change() {
        let before = BTreeMap::from([(1, 'a'), (2, 'b'), (3, 'c')]);
        let after = BTreeMap::from([(2, 'b'), (3, 'x'), (4, 'd'), (5, 'e')]);
        assert_eq!(Changes::between(&before, &after), Changes { added: 2, changed: 1, removed: 1 });
        assert_eq!(Changes::between(&before, &before), Changes::default());
    }

    #[test]
    fn lists_are_compared_as_bags() {
        let changes = Changes::between_lists(&["a", "b", "b"], &["b", "c", "a"]);
        assert_eq!(changes, Changes { added: 1, changed: 0, removed: 1 });
    }
}
