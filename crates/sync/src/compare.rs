//! What a new document changes against the one before. Pure.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use serde::Serialize;
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

/// What the rows of a document looked like: enough to tell whether one changed, without keeping them.
#[derive(Debug, Default)]
pub(crate) struct Looks<K>(BTreeMap<K, u64>);

impl<K: Ord + Clone> Looks<K> {
    /// Of these rows.
    pub(crate) fn of<V: Serialize>(rows: &BTreeMap<K, V>) -> anyhow::Result<Self> {
        let look = |(key, row): (&K, &V)| Ok((key.clone(), look(&serde_json::to_vec(row)?)));
        Ok(Self(rows.iter().map(look).collect::<anyhow::Result<_>>()?))
    }

    /// How many there were.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

fn look(json: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(json);
    hasher.finish()
}

/// Writes a document row by row, so that no more than one row of the new document is in memory beside its
/// text, and counts what changed. Each key comes once.
#[derive(Debug)]
pub(crate) struct RowWriter<'a, K> {
    json: Vec<u8>,
    before: &'a Looks<K>,
    rows: usize,
    added: usize,
    changed: usize,
}

impl<'a, K: Ord + Clone + Serialize> RowWriter<'a, K> {
    pub(crate) fn new(before: &'a Looks<K>) -> Self {
        Self { json: vec![b'{'], before, rows: 0, added: 0, changed: 0 }
    }

    /// Adds a row.
    pub(crate) fn push<V: Serialize>(&mut self, key: &K, row: &V) -> anyhow::Result<()> {
        if self.rows > 0 {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, key)?;
        self.json.push(b':');
        let row_begins = self.json.len();
        serde_json::to_writer(&mut self.json, row)?;
        let now = look(self.json.get(row_begins..).unwrap_or_default());
        match self.before.0.get(key) {
            None => self.added += 1,
            Some(before) if *before != now => self.changed += 1,
            Some(_) => {}
        }
        self.rows += 1;
        Ok(())
    }

    /// The document, how many rows it has, and what changed.
    pub(crate) fn finish(mut self) -> (Vec<u8>, usize, Changes) {
        self.json.push(b'}');
        let removed = (self.before.len() + self.added).saturating_sub(self.rows);
        (self.json, self.rows, Changes { added: self.added, changed: self.changed, removed })
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
    fn a_document_written_by_rows_is_the_same_and_changes_are_counted() {
        let text = |letters: &[(&str, &str)]| -> BTreeMap<String, String> {
            letters.iter().map(|(key, row)| ((*key).to_owned(), (*row).to_owned())).collect()
        };
        let before = text(&[("1", "a"), ("2", "b"), ("3", "c")]);
        let after = text(&[("2", "b"), ("3", "x"), ("\"4", "d"), ("5", "e")]);
        let looks = Looks::of(&before).unwrap();
        let mut writer = RowWriter::new(&looks);
        for (key, row) in &after {
            writer.push(key, row).unwrap();
        }
        let (json, rows, changes) = writer.finish();
        assert_eq!(json, serde_json::to_vec(&after).unwrap());
        assert_eq!((rows, changes), (4, Changes { added: 2, changed: 1, removed: 1 }));
        assert_eq!(RowWriter::new(&Looks::<String>::default()).finish().0, b"{}");
    }

    #[test]
    fn lists_are_compared_as_bags() {
        let changes = Changes::between_lists(&["a", "b", "b"], &["b", "c", "a"]);
        assert_eq!(changes, Changes { added: 1, changed: 0, removed: 1 });
    }
}
