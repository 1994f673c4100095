//! When tasks fire: cron text, and the timetable that says what is due. Pure; the time comes in.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::registry::{Entry, MissedTick, Registry, TaskDefinition};

/// A tick that is noticed later than this counts as missed.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// A parsed schedule: five cron fields, meant in UTC.
#[derive(Debug, Clone)]
pub struct Schedule(Cron);

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
        let schedule = Self(parser.parse(text).map_err(|error| bad(error.to_string()))?);
        if schedule.next_after(DateTime::UNIX_EPOCH).is_none() {
            return Err(bad("it never fires".into()));
        }
        Ok(schedule)
    }

    /// The first tick after that moment.
    pub fn next_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.find_next_occurrence(&at, false).ok()
    }

    /// The last tick at or before that moment.
    pub fn last_until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.find_previous_occurrence(&at, true).ok()
    }

    /// The schedule in plain words.
    pub fn describe(&self) -> String {
        self.0.describe()
    }
}

/// What fires next, kept up to date as time passes.
#[derive(Debug)]
pub(crate) struct Timetable {
    lines: Vec<Line>,
    seen: DateTime<Utc>,
}

#[derive(Debug)]
struct Line {
    task: &'static str,
    schedule: Schedule,
    missed: MissedTick,
    next: Option<DateTime<Utc>>,
}

/// The schedules of a registry's tasks, by name.
pub(crate) fn schedules(registry: &Registry) -> Result<Vec<(&'static str, Schedule)>, BadSchedules> {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for Entry { definition, .. } in registry.iter() {
        match definition.schedule.as_deref().map(Schedule::parse) {
            None => {}
            Some(Ok(schedule)) => good.push((definition.name, schedule)),
            Some(Err(error)) => bad.push((definition.name, error)),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(BadSchedules(bad)) }
}

impl Timetable {
    pub(crate) fn new<'a>(
        lines: impl Iterator<Item = (&'a TaskDefinition, Schedule)>,
        now: DateTime<Utc>,
    ) -> Self {
        let lines = lines
            .map(|(definition, schedule)| Line {
                task: definition.name,
                missed: definition.missed,
                next: schedule.next_after(now),
                schedule,
            })
            .collect();
        Self { lines, seen: now }
    }

    /// The tasks whose latest tick fell while nobody was up: it came after their last success. A task that
    /// never succeeded is the cold start's business.
    pub(crate) fn missed(
        &self,
        last_success: impl Fn(&str) -> Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Vec<&'static str> {
        let fell = |line: &&Line| {
            let tick = line.schedule.last_until(now);
            line.missed == MissedTick::FireOnce
                && tick.zip(last_success(line.task)).is_some_and(|(tick, success)| success < tick)
        };
        self.lines.iter().filter(fell).map(|line| line.task).collect()
    }

    /// The tasks that are due, each once however many ticks passed. After the clock went back by more than
    /// a minute the timetable starts anew from there.
    pub(crate) fn due(&mut self, now: DateTime<Utc>) -> Vec<&'static str> {
        let went_back = now < self.seen - LATE;
        self.seen = now;
        let mut due = Vec::new();
        for line in &mut self.lines {
            match line.next {
                Some(tick) if tick <= now => {
                    if line.missed == MissedTick::FireOnce || now - tick <= LATE {
                        due.push(line.task);
                    }
                    line.next = line.schedule.next_after(now);
                }
                _ if went_back => line.next = line.schedule.next_after(now),
                _ => {}
            }
        }
        due
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.lines.iter().filter_map(|line| line.next).min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::registry::Retry;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}Z").parse().unwrap()
    }

    fn definition(name: &'static str, missed: MissedTick) -> TaskDefinition {
        TaskDefinition {
            name,
            description: "",
            schedule: None,
            retry: Retry { attempts: 1, first_pause: Duration::ZERO },
            exclusive: None,
            timeout: Duration::from_secs(1),
            missed,
        }
    }

    fn timetable(now: &str) -> Timetable {
        let quarter = Schedule::parse("*/15 * * * *").unwrap();
        let nightly = Schedule::parse("40 4 * * *").unwrap();
        let (often, night) =
            (definition("often", MissedTick::FireOnce), definition("night", MissedTick::Skip));
        Timetable::new([(&often, quarter), (&night, nightly)].into_iter(), at(now))
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
        let mut table = timetable("2026-11-23T04:31:00");
        assert_eq!(table.next(), Some(at("2026-11-23T04:40:00")));
        assert!(table.due(at("2026-11-23T04:39:59")).is_empty());
        assert_eq!(table.due(at("2026-11-23T04:40:00.2")), ["night"]);
        assert!(table.due(at("2026-11-23T04:40:00.4")).is_empty());
        assert_eq!(table.next(), Some(at("2026-11-23T04:45:00")));
    }

    #[test]
    fn after_a_jump_forward_a_task_fires_once_or_not_at_all() {
        let mut table = timetable("2026-11-23T04:31:00");
        assert_eq!(table.due(at("2026-11-23T09:07:00")), ["often"]);
        assert_eq!(table.next(), Some(at("2026-11-23T09:15:00")));
    }

    #[test]
    fn after_a_jump_back_the_schedule_goes_on_from_there() {
        let mut table = timetable("2026-11-23T04:31:00");
        assert!(table.due(at("2026-11-22T23:01:00")).is_empty());
        assert_eq!(table.next(), Some(at("2026-11-22T23:15:00")));
        assert!(table.due(at("2026-11-22T23:00:30")).is_empty(), "half a minute back is no jump");
    }

    #[test]
    fn a_missed_tick_is_one_after_the_last_success() {
        let table = timetable("2026-11-23T09:07:00");
        let now = at("2026-11-23T09:07:00");
        let success = |when: &'static str| move |_: &str| Some(at(when));
        assert_eq!(table.missed(success("2026-11-23T08:59:00"), now), ["often"]);
        assert!(table.missed(success("2026-11-23T09:00:01"), now).is_empty());
        assert!(table.missed(|_| None, now).is_empty());
    }
}
