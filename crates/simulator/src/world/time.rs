//! The world's own time, and how it is told to the outside.
//!
//! Where the world is moved by hand, its time is the outside's time. Where the product runs on the real clock,
//! hours lived at once would lie in its future: everything that happens in them is stamped with the real time
//! at which the world was advanced, so that it is new, not in the future, and seen by the next incremental sync.

use chrono::{DateTime, TimeDelta, Utc};

use crate::settings::TimeKeeping;

/// A moment of the world's own time: seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tick(pub(crate) i64);

impl Tick {
    /// That many seconds later.
    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this.
    pub(crate) fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    start: DateTime<Utc>,
    hours: u32,
    time: TimeKeeping,
    /// Up to which moment of the world's time which real time is shown; only with the real clock.
    stamps: Vec<(Tick, DateTime<Utc>)>,
}

impl Timeline {
    pub(crate) fn new(start: DateTime<Utc>, time: TimeKeeping) -> Self {
        // Whole seconds: no upstream tells less, and dates must read back as they were written.
        let start = DateTime::from_timestamp(start.timestamp(), 0).unwrap_or(start);
        Self { start, hours: 0, time, stamps: Vec::new() }
    }

    pub(crate) fn start(&self) -> Tick {
        Tick(self.start.timestamp())
    }

    pub(crate) fn tick(&self) -> Tick {
        self.start().plus(i64::from(self.hours) * 3600)
    }

    pub(crate) fn hours(&self) -> u32 {
        self.hours
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        match &self.time {
            TimeKeeping::Moved => self.start + TimeDelta::hours(i64::from(self.hours)),
            TimeKeeping::Real(clock) => clock.now(),
        }
    }

    pub(crate) fn advance(&mut self, hours: u32) {
        self.hours = self.hours.saturating_add(hours);
        if let TimeKeeping::Real(clock) = &self.time {
            let now = clock.now();
            let now = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
            let upto = self.tick();
            match self.stamps.last_mut() {
                // Two advances within a second share a stamp, which keeps the list as short as the run is long.
                Some((end, stamp)) if *stamp >= now => *end = upto,
                _ => self.stamps.push((upto, now)),
            }
        }
    }

    pub(crate) fn shown(&self, tick: Tick) -> DateTime<Utc> {
        let own = DateTime::from_timestamp(tick.0, 0).unwrap_or(self.start);
        if tick <= self.start() || matches!(self.time, TimeKeeping::Moved) {
            return own;
        }
        let at = self.stamps.partition_point(|(end, _)| *end < tick);
        // Beyond the last advance lies only what did not happen yet; nobody is shown that.
        self.stamps.get(at).map_or(own, |(_, stamp)| *stamp)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use t5g_model::clock::Clock;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn moved_time_is_shown_as_it_is() {
        let mut timeline = Timeline::new(at(0), TimeKeeping::Moved);
        timeline.advance(24);
        assert_eq!(timeline.now(), at(86_400));
        assert_eq!(timeline.shown(timeline.start().plus(7200)), at(7200));
    }

    #[test]
    fn on_the_real_clock_nothing_is_ever_in_the_future() {
        let real = Arc::new(Mutex::new(at(10)));
        let reading = real.clone();
        let clock = Clock::new(move || *reading.lock().unwrap());
        let mut timeline = Timeline::new(at(0), TimeKeeping::Real(clock));
        timeline.advance(24);
        *real.lock().unwrap() = at(500);
        timeline.advance(1);
        let start = timeline.start();
        assert_eq!(timeline.shown(start.plus(-5)), at(-5));
        assert_eq!(timeline.shown(start.plus(3600)), at(10));
        assert_eq!(timeline.shown(start.plus(24 * 3600)), at(10));
        assert_eq!(timeline.shown(start.plus(24 * 3600 + 1)), at(500));
        assert_eq!(timeline.now(), at(500));
    }
}
