//! Sets of days, small and fast: which days of the history something was there.

/// A set of days, counted from the history's first.
#[derive(Debug, Clone, Default)]
pub(super) struct Days(Vec<u64>);

impl Days {
    /// No day of so many.
    pub(super) fn none(days: usize) -> Self {
        Self(vec![0; days.div_ceil(64)])
    }

    pub(super) fn add(&mut self, day: usize) {
        if let Some(word) = self.0.get_mut(day / 64) {
            *word |= 1 << (day % 64);
        }
    }

    pub(super) fn has(&self, day: usize) -> bool {
        self.0.get(day / 64).is_some_and(|word| word & (1 << (day % 64)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_there_once_it_was_added() {
        let mut days = Days::none(100);
        days.add(0);
        days.add(64);
        days.add(5_000);
        assert_eq!(
            [days.has(0), days.has(1), days.has(64), days.has(99), days.has(5_000)],
            [true, false, true, false, false]
        );
    }
}
