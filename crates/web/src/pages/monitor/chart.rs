//! Small charts as numbers for SVG: how long runs took, how days went, where a run's time went. Pure; every chart
//! has words that say the same.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use t5g_queue::{DayCount, EventView, RunDuration, RunState};

use super::{PATH, RunsLink, Sight};
use crate::monitor::address::RunsQuery;
use crate::view::badge::{self, Badge};
use crate::view::spark::{Bar, LOWEST, share, tenth};
use crate::view::words::{between, took};

/// Slots of a chart of run times: what the queue remembers for it.
const SLOTS: usize = 30;
/// The narrowest part of a strip, in percent.
const NARROWEST: f64 = 0.4;

/// How long the latest runs took.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Durations {
    bars: Vec<Bar>,
    /// The highest bar's height in words.
    most: String,
    /// The whole chart in words.
    words: String,
    rows: Vec<DurationRow>,
}

#[derive(Debug, Clone, Serialize)]
struct DurationRow {
    href: String,
    at: String,
    state: Badge,
    took: String,
}

impl Durations {
    /// `None`: no run has ended yet.
    pub(super) fn of(recent: &[RunDuration], sight: &Sight<'_>) -> Option<Self> {
        let most = recent.iter().map(|run| run.took).max()?;
        let slot = 100.0 / SLOTS as f64;
        let empty = SLOTS.saturating_sub(recent.len());
        let bars = recent.iter().enumerate().map(|(place, run)| {
            let height = share(run.took.as_secs_f64(), most.as_secs_f64()).max(LOWEST);
            Bar {
                x: tenth((empty + place) as f64 * slot),
                y: tenth(100.0 - height),
                width: tenth(slot * 0.74),
                height: tenth(height),
                kind: kind(run.state),
                title: format!(
                    "{}, {}, {}",
                    sight.when(run.finished).local,
                    took(run.took),
                    run.state.as_str()
                ),
                href: run_href(&run.run.to_string()),
            }
        });
        let row = |run: &RunDuration| DurationRow {
            href: run_href(&run.run.to_string()),
            at: sight.when(run.finished).local,
            state: badge::run(run.state),
            took: took(run.took),
        };
        Some(Self {
            bars: bars.collect(),
            most: took(most),
            words: duration_words(recent, most),
            rows: recent.iter().rev().map(row).collect(),
        })
    }
}

fn duration_words(recent: &[RunDuration], most: Duration) -> String {
    let mut sorted: Vec<_> = recent.iter().map(|run| run.took).collect();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let failed = recent.iter().filter(|run| run.state == RunState::Failed).count();
    let failed = if failed == 0 { "none failed".to_owned() } else { format!("{failed} failed") };
    match recent.len() {
        1 => format!("The one run so far took {}, {failed}", took(most)),
        runs => {
            format!(
                "The last {runs} runs: half of them within {}, the longest {}, {failed}",
                took(median),
                took(most)
            )
        }
    }
}

/// How the last days went.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Days {
    /// Failures alone, for a small chart.
    failures: Vec<Bar>,
    /// Each day's ends one on the other.
    ends: Vec<Bar>,
    /// The highest day's ends.
    most: u64,
    failed: u64,
    /// The failed runs.
    failed_link: RunsLink,
    words: String,
    rows: Vec<DayRow>,
    first: String,
    last: String,
}

#[derive(Debug, Clone, Serialize)]
struct DayRow {
    day: String,
    done: RunsLink,
    failed: RunsLink,
    cancelled: RunsLink,
}

impl Days {
    /// Of that task. `None`: nothing is known of any day.
    pub(super) fn of(task: &str, days: &[DayCount]) -> Option<Self> {
        let (first, last) = (days.first()?.day, days.last()?.day);
        let failed: u64 = days.iter().map(|day| day.failed).sum();
        let all: u64 = days.iter().map(ends).sum();
        let most = days.iter().map(ends).max().unwrap_or(0);
        let worst = days.iter().map(|day| day.failed).max().unwrap_or(0);
        let slot = 100.0 / days.len() as f64;
        let mut page = Self {
            failures: Vec::new(),
            ends: Vec::new(),
            most,
            failed,
            failed_link: RunsLink::of(
                failed.to_string(),
                &format!("task:={task} state:failed ended:>={first} ended:<={last}"),
            ),
            words: format!("{failed} of {all} runs failed in the last {} days", days.len()),
            rows: days.iter().rev().map(|day| DayRow::of(task, day)).collect(),
            first: first.to_string(),
            last: last.to_string(),
        };
        for (place, day) in days.iter().enumerate() {
            let x = tenth(place as f64 * slot);
            let bar = |kind, number: u64, of: u64, below: f64| {
                let height = share(number as f64, of as f64).max(if number == 0 { 0.0 } else { LOWEST });
                let height = height.min(100.0 - below);
                let link = day_filter(task, day, kind);
                Bar {
                    x,
                    y: tenth(100.0 - below - height),
                    width: tenth(slot * 0.8),
                    height: tenth(height),
                    kind,
                    title: format!("{}: {number} {kind}", day.day),
                    href: RunsQuery::of(link).link(PATH),
                }
            };
            page.failures.push(bar("failed", day.failed, worst, 0.0));
            let mut below = 0.0;
            for (kind, number) in [("failed", day.failed), ("cancelled", day.cancelled), ("done", day.done)] {
                let one = bar(kind, number, most, below);
                below += one.height;
                page.ends.extend((number > 0).then_some(one));
            }
        }
        Some(page)
    }
}

impl DayRow {
    fn of(task: &str, day: &DayCount) -> Self {
        let link = |kind, number: u64| RunsLink::of(number.to_string(), &day_filter(task, day, kind));
        Self {
            day: day.day.to_string(),
            done: link("done", day.done),
            failed: link("failed", day.failed),
            cancelled: link("cancelled", day.cancelled),
        }
    }
}

fn ends(day: &DayCount) -> u64 {
    day.done + day.failed + day.cancelled
}

fn day_filter(task: &str, day: &DayCount, state: &str) -> String {
    format!("task:={task} state:{state} ended:>={0} ended:<={0}", day.day)
}

/// Where a run's time went, as a strip.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Strip {
    parts: Vec<Bar>,
    words: String,
}

impl Strip {
    /// Of what happened to a run, until its end or now. `None`: it took no time.
    pub(super) fn of(events: &[EventView], over: bool, now: DateTime<Utc>) -> Option<Self> {
        let first = events.first()?.at;
        let end = if over { events.last()?.at } else { now };
        let whole = between(first, end).as_secs_f64();
        if whole <= 0.0 {
            return None;
        }
        let next = events.iter().skip(1).map(|event| event.at).chain([end]);
        let (mut parts, mut x) = (Vec::new(), 0.0);
        let (mut waited, mut worked) = (TimeDelta::zero(), TimeDelta::zero());
        for (event, until) in events.iter().zip(next) {
            let span = between(event.at, until);
            if span.is_zero() {
                continue;
            }
            let width = share(span.as_secs_f64(), whole).max(NARROWEST).min(100.0 - x);
            let title = format!("{} for {}", event.state.as_str(), took(span));
            let kind = kind(event.state);
            parts.push(Bar {
                x: tenth(x),
                y: 0.0,
                width: tenth(width),
                height: 100.0,
                kind,
                title,
                href: String::new(),
            });
            x += width;
            let sum = TimeDelta::from_std(span).unwrap_or_default();
            match event.state {
                RunState::Running => worked += sum,
                state if !state.is_final() => waited += sum,
                _ => {}
            }
        }
        let span = |sum: TimeDelta| took(sum.to_std().unwrap_or_default());
        Some(Self { parts, words: format!("Waited {}, worked {}", span(waited), span(worked)) })
    }
}

/// The address of a run's page.
pub(super) fn run_href(id: &str) -> String {
    format!("{PATH}/runs/{id}")
}

fn kind(state: RunState) -> &'static str {
    match state {
        RunState::Scheduled | RunState::Pending | RunState::Retrying => "waiting",
        RunState::Running => "running",
        RunState::Done => "done",
        RunState::Failed => "failed",
        RunState::Cancelled => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::monitor::samples;

    fn event(second: i64, state: RunState) -> EventView {
        let at = DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap();
        EventView { at, state, note: String::new() }
    }

    #[test]
    fn a_strip_tells_where_the_time_went() {
        let events =
            [event(0, RunState::Pending), event(25, RunState::Running), event(75, RunState::Retrying)];
        let strip = Strip::of(&events, false, event(100, RunState::Done).at).unwrap();
        let widths: Vec<_> = strip.parts.iter().map(|part| (part.kind, part.x, part.width)).collect();
        assert_eq!(widths, [("waiting", 0.0, 25.0), ("running", 25.0, 50.0), ("waiting", 75.0, 25.0)]);
        assert_eq!(strip.words, "Waited 50 s, worked 50 s");
        assert!(Strip::of(&events[..1], true, events[2].at).is_none(), "it took no time");
        assert!(Strip::of(&[], false, events[2].at).is_none());
    }

    #[test]
    fn run_times_stand_at_the_right_and_in_words() {
        let runs: Vec<_> = [2, 8, 4]
            .into_iter()
            .map(|seconds| RunDuration {
                run: samples::run_id().unwrap(),
                state: if seconds == 8 { RunState::Failed } else { RunState::Done },
                finished: event(seconds, RunState::Done).at,
                took: Duration::from_secs(u64::try_from(seconds).unwrap()),
            })
            .collect();
        let catalog = t5g_queue::Catalog::default();
        let sight = samples::sight(&catalog);
        let chart = Durations::of(&runs, &sight).unwrap();
        assert_eq!(chart.bars.iter().map(|bar| bar.height).collect::<Vec<_>>(), [25.0, 100.0, 50.0]);
        assert_eq!(chart.bars.iter().map(|bar| bar.x).collect::<Vec<_>>(), [90.0, 93.3, 96.7]);
        assert_eq!(chart.words, "The last 3 runs: half of them within 4.0 s, the longest 8.0 s, 1 failed");
        assert!(Durations::of(&[], &sight).is_none());
    }

    #[test]
    fn days_stack_up_to_the_highest_and_lead_to_what_they_count() {
        let day = |number: u32, done, failed| DayCount {
            day: chrono::NaiveDate::from_ymd_opt(2026, 11, number).unwrap(),
            done,
            failed,
            cancelled: 0,
        };
        let days = Days::of("a", &[day(20, 0, 0), day(21, 3, 1), day(22, 8, 0)]).unwrap();
        let bars: Vec<_> = days.ends.iter().map(|bar| (bar.kind, bar.y, bar.height)).collect();
        assert_eq!(bars, [("failed", 87.5, 12.5), ("done", 50.0, 37.5), ("done", 0.0, 100.0)]);
        assert_eq!(days.words, "1 of 12 runs failed in the last 3 days");
        assert_eq!(
            days.rows[1].failed.href,
            "/monitor?q=task%3A%3Da+state%3Afailed+ended%3A%3E%3D2026-11-21+ended%3A%3C%3D2026-11-21"
        );
    }
}
