//! How often each source is meant to be refreshed, by the schedules of its tasks.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use t5g_model::names::Source;
use t5g_queue::{Catalog, Schedule};

/// So many fires are looked at: more than a week of the most uneven schedule people write.
const FIRES: usize = 400;

/// The longest time between two fires, for each source that has a schedule.
pub(crate) fn intervals(catalog: &Catalog, now: DateTime<Utc>) -> BTreeMap<Source, Duration> {
    let mut intervals: BTreeMap<Source, Duration> = BTreeMap::new();
    for listed in catalog.iter() {
        if let (Some(source), Some(schedule)) =
            (t5g_sync::source_of(listed.definition.name), &listed.schedule)
        {
            let gap = longest_gap(schedule, now);
            intervals.entry(source).and_modify(|known| *known = gap.min(*known)).or_insert(gap);
        }
    }
    intervals
}

fn longest_gap(schedule: &Schedule, now: DateTime<Utc>) -> Duration {
    let mut longest = Duration::ZERO;
    let mut before = schedule.next_after(now);
    for _ in 0..FIRES {
        let after = before.and_then(|tick| schedule.next_after(tick));
        let gap = after.zip(before).and_then(|(after, before)| (after - before).to_std().ok());
        longest = longest.max(gap.unwrap_or_default());
        before = after;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uneven_schedule_counts_by_its_longest_gap() {
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        for (text, hours) in [("21 * * * *", 1), ("0 8,12 * * *", 20), ("0 8 * * 1-5", 72)] {
            let gap = longest_gap(&Schedule::parse(text).unwrap(), now);
            assert_eq!(gap, Duration::from_hours(hours), "{text}");
        }
    }
}
