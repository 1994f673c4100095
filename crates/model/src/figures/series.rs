//! The history of the statistics as lines of a chart.

use chrono::NaiveDate;

use crate::documents::{DayFigures, Stats};

/// All lines over the same days.
#[derive(Debug, PartialEq, Eq)]
pub struct TimeSeries {
    /// The days that the history has, ascending.
    pub days: Vec<NaiveDate>,
    /// One line per figure, in the order in which charts show them.
    pub series: Vec<Series>,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub struct Series {
    /// The figure's name in the statistics; those of `bugs` with a dot.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// One value per day.
    pub values: Vec<u64>,
}

type Line = (&'static str, &'static str, fn(&DayFigures) -> u64);

const LINES: [Line; 11] = [
    ("escalated", "Prio-List", |day| day.escalated),
    ("crit_sit", "Crit Sit", |day| day.crit_sit),
    ("total_escalations", "Total Escalations", |day| day.total_escalations),
    ("open_cases", "Total Cases", |day| day.open_cases),
    ("daily_opened_cases", "Incoming", |day| day.daily_opened_cases),
    ("daily_closed_cases", "Outgoing", |day| day.daily_closed_cases),
    ("no_updates", "No Updates", |day| day.no_updates),
    ("no_bzs", "No Bugs", |day| day.no_bzs),
    ("bugs.unique", "Bugs", |day| day.bugs.unique),
    ("bugs.no_target", "Bugs Without Target", |day| day.bugs.no_target),
    ("high_prio", "High Priority", |day| day.high_prio),
];

/// Computes the lines. A figure that a day lacks is 0; a day that could not be read is not in `history`
/// but among the board's problems.
pub fn time_series(history: &Stats) -> TimeSeries {
    let line =
        |(name, label, value): Line| Series { name, label, values: history.values().map(value).collect() };
    TimeSeries { days: history.keys().copied().collect(), series: LINES.into_iter().map(line).collect() }
}
