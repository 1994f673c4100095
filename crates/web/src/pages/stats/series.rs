//! The figures by day: a table with a column each, and which of its columns stand together in a chart. A script draws
//! the charts from the table.

use std::ops::Bound;

use chrono::NaiveDate;
use serde::Serialize;
use t5g_model::documents::{DayFigures, Stats};
use t5g_model::figures::{Series, time_series};

use super::range::{Preset, Range};

/// Charts of figures that are of one size and are compared, at most four each; every series is in one.
const CHARTS: [(&str, &str, &[&str]); 4] = [
    ("backlog", "Open cases", &["open_cases", "no_updates"]),
    ("flow", "Cases that came and went, by day", &["daily_opened_cases", "daily_closed_cases"]),
    ("escalations", "Escalations and priority", &["escalated", "crit_sit", "total_escalations", "high_prio"]),
    ("bugs", "Bugs and issues", &["bugs.unique", "bugs.no_target", "no_bzs"]),
];

/// What is shown of the days chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SeriesView {
    presets: Vec<Choice>,
    from: String,
    to: String,
    charts: Vec<Chart>,
    /// Headings of the table, in the order of the charts.
    columns: Vec<Column>,
    /// The latest day first.
    days: Vec<Day>,
    words: String,
    /// Whether the history has any day at all.
    history: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Choice {
    label: &'static str,
    href: String,
    current: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Chart {
    id: &'static str,
    title: &'static str,
    lines: Vec<Line>,
    words: String,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    /// The column.
    name: &'static str,
    label: &'static str,
    /// From 1: its colour and dashes.
    style: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Column {
    name: &'static str,
    label: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Day {
    day: String,
    values: Vec<u64>,
}

impl SeriesView {
    pub(super) fn of(history: &Stats, range: Range, today: NaiveDate) -> Self {
        let (from, to) = range.days(today);
        let bounds =
            (from.map_or(Bound::Unbounded, Bound::Included), to.map_or(Bound::Unbounded, Bound::Included));
        let chosen: Stats = history.range(bounds).map(|(day, figures)| (*day, *figures)).collect();
        let series = time_series(&chosen);
        let find = |name: &&str| series.series.iter().find(|line| line.name == *name);
        let lines: Vec<&Series> = CHARTS.iter().flat_map(|(_, _, names)| *names).filter_map(find).collect();
        let day = |(place, day): (usize, &NaiveDate)| Day {
            day: day.to_string(),
            values: lines.iter().map(|line| line.values.get(place).copied().unwrap_or_default()).collect(),
        };
        let date = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let chosen_days = match range {
            Range::Last(_) => (None, None),
            Range::Between(from, to) => (from, to),
        };
        Self {
            presets: Preset::ALL.map(|preset| choice(preset, range)).into(),
            from: date(chosen_days.0),
            to: date(chosen_days.1),
            charts: CHARTS
                .map(|(id, title, names)| {
                    let lines: Vec<_> = names.iter().filter_map(find).collect();
                    Chart::of(id, title, &lines)
                })
                .into(),
            columns: lines.iter().map(|line| Column { name: line.name, label: line.label }).collect(),
            days: series.days.iter().enumerate().rev().map(day).collect(),
            words: words(&series.days),
            history: !history.is_empty(),
        }
    }

    /// A few days, for samples.
    pub(super) fn sample() -> Self {
        let day = |number| NaiveDate::from_ymd_opt(2026, 11, number);
        let figures = |number: u32| DayFigures { open_cases: u64::from(number), ..DayFigures::default() };
        let history: Stats = (1..4).filter_map(|number| Some((day(number)?, figures(number)))).collect();
        Self::of(&history, Range::Last(Preset::All), NaiveDate::MAX)
    }
}

fn choice(preset: Preset, range: Range) -> Choice {
    let (name, label) = preset.names();
    Choice { label, href: format!("/stats?range={name}#series"), current: range == Range::Last(preset) }
}

fn words(days: &[NaiveDate]) -> String {
    match days {
        [] => "no day of the history lies there".to_owned(),
        [only] => format!("one day, {only}"),
        [first, .., last] => format!("{} days, from {first} to {last}", days.len()),
    }
}

impl Chart {
    fn of(id: &'static str, title: &'static str, lines: &[&Series]) -> Self {
        let moved = |line: &&Series| {
            let (first, last) = (line.values.first()?, line.values.last()?);
            let most = line.values.iter().max()?;
            Some(if line.values.len() == 1 {
                format!("{} {last}", line.label)
            } else {
                format!("{} from {first} to {last}, at most {most}", line.label)
            })
        };
        let line =
            |(place, line): (usize, &&Series)| Line { name: line.name, label: line.label, style: place + 1 };
        Self {
            id,
            title,
            lines: lines.iter().enumerate().map(line).collect(),
            words: lines.iter().filter_map(moved).collect::<Vec<_>>().join("; "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_series_is_in_one_chart_of_at_most_four() {
        let all: BTreeSet<_> = time_series(&Stats::new()).series.iter().map(|line| line.name).collect();
        let drawn: Vec<_> = CHARTS.iter().flat_map(|(_, _, names)| *names).copied().collect();
        assert_eq!(drawn.len(), all.len());
        assert_eq!(drawn.into_iter().collect::<BTreeSet<_>>(), all);
        assert!(CHARTS.iter().all(|(_, _, names)| names.len() <= 4));
    }

    #[test]
    fn the_table_has_the_days_chosen_and_the_charts_say_so_in_words() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 11, number).unwrap();
        let figures =
            |number: u32| DayFigures { open_cases: u64::from(number * 10), ..DayFigures::default() };
        let history: Stats = (1..=9).map(|number| (day(number), figures(number))).collect();
        let view = SeriesView::of(&history, Range::Between(Some(day(3)), Some(day(5))), day(9));
        assert_eq!(view.words, "3 days, from 2026-11-03 to 2026-11-05");
        let rows: Vec<_> = view.days.iter().map(|day| (day.day.as_str(), day.values[0])).collect();
        assert_eq!(rows, [("2026-11-05", 50), ("2026-11-04", 40), ("2026-11-03", 30)]);
        assert_eq!(
            view.charts[0].words,
            "Total Cases from 30 to 50, at most 50; No Updates from 0 to 0, at most 0"
        );
        let one = SeriesView::of(&history, Range::Between(Some(day(3)), Some(day(3))), day(9));
        assert_eq!(one.charts[0].words, "Total Cases 30; No Updates 0");
        let none = SeriesView::of(&history, Range::Between(Some(day(20)), None), day(9));
        assert!(none.days.is_empty() && none.history && none.charts[0].words.is_empty());
    }
}
