//! When tasks fire: cron text, and which tick is due given those that were noticed. Pure; the time comes in.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::registry::MissedTick;
use crate::words;

/// A tick that is noticed later than this counts as missed.
pub(crate) const LATE: TimeDelta = TimeDelta::minutes(1);

/// A parsed schedule: five cron fields, meant in UTC.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    text: String,
}

/// A schedule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "schedule {text:?}: {reason}; expected five cron fields in UTC, such as \"21 * * * *\" (hourly at :21)"
)]
pub struct BadSchedule {
    /// As configured, cut to 80 characters.
    pub text: String,
    /// What is wrong.
    pub reason: String,
}

/// All tasks whose schedule cannot be used, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSchedules(pub Vec<(&'static str, BadSchedule)>);

impl fmt::Display for BadSchedules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, (task, bad))| {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}task {task}: {bad}")
        })
    }
}

impl std::error::Error for BadSchedules {}

impl Schedule {
    /// Reads cron text. A schedule that never fires is refused too.
    pub fn parse(text: &str) -> Result<Self, BadSchedule> {
        let bad = |reason: String| BadSchedule { text: text.chars().take(80).collect(), reason };
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| bad(error.to_string()))?;
        let schedule = Self { cron, text: text.trim().to_owned() };
        if schedule.next_after(DateTime::UNIX_EPOCH).is_none() {
            return Err(bad("it never fires".into()));
        }
        Ok(schedule)
    }

    /// The first tick after that moment.
    pub fn next_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.find_next_occurrence(&at, false).ok()
    }

    /// The last tick at or before that moment.
    pub fn last_until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.find_previous_occurrence(&at, true).ok()
    }

    /// The schedule in plain words.
    pub fn describe(&self) -> String {
        words::in_words(&self.text)
            .unwrap_or_else(|| self.cron.describe().trim_end_matches('.').to_lowercase())
    }
}

/// What is known of the ticks of one schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Ticks until here are nobody's business: the schedule was made, changed or taken up again then.
    pub(crate) since: DateTime<Utc>,
    /// The latest tick that somebody noticed.
    pub(crate) noticed: Option<DateTime<Utc>>,
}

/// What is to be done about a schedule now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// This tick starts a run.
    Fire(DateTime<Utc>),
    /// This tick fell while nobody was up and is to be forgotten.
    Forget(DateTime<Utc>),
}

impl Schedule {
    /// What is due now. Of several ticks that passed only the latest counts. A noticed tick that lies in the
    /// future says that a clock was wrong; it does not silence the schedule until then.
    pub(crate) fn due(&self, standing: Standing, missed: MissedTick, now: DateTime<Utc>) -> Due {
        let noticed = standing.noticed.filter(|tick| *tick <= now + LATE);
        let known = noticed.map_or(standing.since, |tick| tick.max(standing.since));
        match self.last_until(now) {
            Some(tick) if tick > known => {
                if missed == MissedTick::FireOnce || now - tick <= LATE {
                    Due::Fire(tick)
                } else {
                    Due::Forget(tick)
                }
            }
            _ => Due::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-{text}Z").parse().unwrap()
    }

    fn due(noticed: Option<&str>, missed: MissedTick, now: &str) -> Due {
        let standing = Standing { since: at("23T04:31:00"), noticed: noticed.map(at) };
        Schedule::parse("*/15 * * * *").unwrap().due(standing, missed, at(now))
    }

    #[test]
    fn bad_schedules_say_what_is_expected() {
        for bad in ["", "x", "* * * * * *", "61 * * * *", "0 0 31 2 *", "* * * *"] {
            let error = Schedule::parse(bad).unwrap_err().to_string();
            assert!(error.contains("five cron fields"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn each_tick_fires_once() {
        let once = MissedTick::FireOnce;
        assert_eq!(due(None, once, "23T04:44:59"), Due::Nothing, "04:30 was before anybody looked");
        assert_eq!(due(None, once, "23T04:45:00.2"), Due::Fire(at("23T04:45:00")));
        assert_eq!(due(Some("23T04:45:00"), once, "23T04:59:59"), Due::Nothing);
        assert_eq!(due(Some("23T04:45:00"), once, "23T05:00:00"), Due::Fire(at("23T05:00:00")));
    }

    #[test]
    fn of_missed_ticks_the_latest_fires_or_none() {
        let noticed = Some("23T04:45:00");
        assert_eq!(due(noticed, MissedTick::FireOnce, "23T09:07:00"), Due::Fire(at("23T09:00:00")));
        assert_eq!(due(noticed, MissedTick::Skip, "23T09:07:00"), Due::Forget(at("23T09:00:00")));
        assert_eq!(due(noticed, MissedTick::Skip, "23T09:00:59"), Due::Fire(at("23T09:00:00")));
    }

    #[test]
    fn a_tick_noticed_by_a_clock_that_was_ahead_does_not_silence_the_schedule() {
        let ahead = Some("24T04:45:00");
        assert_eq!(due(ahead, MissedTick::FireOnce, "23T05:00:01"), Due::Fire(at("23T05:00:00")));
        assert_eq!(
            due(Some("23T05:00:00"), MissedTick::FireOnce, "23T04:59:30"),
            Due::Nothing,
            "half a minute"
        );
    }
}
