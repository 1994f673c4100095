//! Remembers what was computed for a day, as figures stay the same until the date or the board changes.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

/// The last day's value. A cache only: what it returns is what computing would return.
#[derive(Debug)]
pub(crate) struct Daily<T>(Mutex<Option<(NaiveDate, Arc<T>)>>);

impl<T> Daily<T> {
    /// The day's value, computed if it is not the remembered one. Computing happens outside of the lock:
    /// two who ask at once may both compute, nobody waits for the other.
    pub(crate) fn get(&self, day: NaiveDate, compute: impl FnOnce() -> T) -> Arc<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, value)) = known.filter(|(known, _)| *known == day) {
            return value;
        }
        let value = Arc::new(compute());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((day, Arc::clone(&value)));
        value
    }
}

impl<T> Default for Daily<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_computed_once_and_another_day_anew() {
        let (daily, day) = (Daily::default(), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!(*daily.get(day, || 1), 1);
        assert_eq!(*daily.get(day, || 2), 1);
        assert_eq!(*daily.get(day.succ_opt().unwrap(), || 3), 3);
        assert_eq!(*daily.get(day, || 4), 4);
    }
}
