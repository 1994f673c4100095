//! How fresh each source is, judged by its schedule: the chip in the bar, its panel, the page of sources.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Serialize;
use t5g_model::names::Source;

use crate::view::words::{self, When};

/// After so many failures in a row a source is stale, however young its last success.
const FAILURES: u32 = 3;

/// A source's state, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// This deployment does not use it.
    Off,
    /// At most 1.5 intervals old.
    Fresh,
    /// A refresh is due: at most 2 intervals old.
    Due,
    /// More than 2 intervals old.
    Late,
    /// A much smaller answer waits for somebody to decide.
    Held,
    /// Its last try failed.
    Failing,
    /// It never succeeded.
    Never,
    /// More than 4 intervals old, or three failures in a row.
    Stale,
}

impl State {
    /// Those that a source can have which is used, best first.
    pub(crate) const USED: [Self; 7] =
        [Self::Fresh, Self::Due, Self::Late, Self::Held, Self::Failing, Self::Never, Self::Stale];

    /// The state as programs and metrics know it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Fresh => "fresh",
            Self::Due => "due",
            Self::Late => "late",
            Self::Held => "held",
            Self::Failing => "failing",
            Self::Never => "never",
            Self::Stale => "stale",
        }
    }

    /// The state in a word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Off => "Not configured",
            Self::Fresh => "Fresh",
            Self::Due => "Due",
            Self::Late => "Late",
            Self::Held => "Held back",
            Self::Failing => "Failing",
            Self::Never => "Never ran",
            Self::Stale => "Stale",
        }
    }
}

/// What is known of one source, from ledger, schedule and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceReport {
    /// Which.
    pub source: Source,
    /// Whether this deployment uses it.
    pub configured: bool,
    /// When it last succeeded.
    pub success: Option<DateTime<Utc>>,
    /// When it was last tried.
    pub attempt: Option<DateTime<Utc>>,
    /// How long the last success took.
    pub took: Option<Duration>,
    /// Failures in a row since the last success.
    pub failures: u32,
    /// Why the last try failed; text from outside.
    pub error: Option<String>,
    /// Entries in its document after the last success.
    pub rows: Option<u64>,
    /// Entries that are older than the last success because their own refresh failed.
    pub stale_entries: u64,
    /// A much smaller answer was held back for somebody to decide.
    pub held: Option<String>,
    /// When its schedule fires next.
    pub next: Option<DateTime<Utc>>,
    /// How long at most lies between two scheduled refreshes.
    pub interval: Option<Duration>,
}

impl SourceReport {
    /// A source of which nothing is known yet.
    pub(crate) fn unknown(source: Source) -> Self {
        Self {
            source,
            configured: true,
            success: None,
            attempt: None,
            took: None,
            failures: 0,
            error: None,
            rows: None,
            stale_entries: 0,
            held: None,
            next: None,
            interval: None,
        }
    }

    /// How fresh it is at `now`.
    pub(crate) fn state(&self, now: DateTime<Utc>) -> State {
        if !self.configured {
            return State::Off;
        }
        let Some(success) = self.success else { return State::Never };
        let age = now.signed_duration_since(success).max(TimeDelta::zero()).as_seconds_f64();
        let intervals = self.interval.map_or(0.0, |interval| age / interval.as_secs_f64().max(1.0));
        if self.failures >= FAILURES || intervals > 4.0 {
            State::Stale
        } else if self.failures > 0 {
            State::Failing
        } else if self.held.is_some() {
            State::Held
        } else if intervals > 2.0 {
            State::Late
        } else if intervals > 1.5 {
            State::Due
        } else {
            State::Fresh
        }
    }
}

/// All sources as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FreshnessView {
    /// The worst source's state.
    pub state: State,
    /// The chip's words: `Cases late, 3 h old`.
    pub words: String,
    /// Every source, in the order in which they depend on each other.
    pub sources: Vec<SourceView>,
}

/// One source as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SourceView {
    /// Its name.
    pub name: &'static str,
    /// How fresh it is.
    pub state: State,
    /// The same in a word.
    pub word: &'static str,
    /// Last success.
    pub success: Option<When>,
    /// Last try.
    pub attempt: Option<When>,
    /// How long the last success took.
    pub took: Option<String>,
    /// Entries.
    pub rows: Option<u64>,
    /// Entries that could not be refreshed.
    pub stale_entries: u64,
    /// Failures in a row.
    pub failures: u32,
    /// Why the last try failed.
    pub error: Option<String>,
    /// Why an answer was held back.
    pub held: Option<String>,
    /// Next scheduled refresh.
    pub next: Option<When>,
}

impl FreshnessView {
    /// Of these reports, at `now`.
    pub(crate) fn of(reports: &[SourceReport], now: DateTime<Utc>, zone: Tz) -> Self {
        let sources: Vec<_> = reports.iter().map(|report| SourceView::of(report, now, zone)).collect();
        let worst = sources.iter().max_by_key(|source| source.state);
        let state = worst.map_or(State::Never, |source| source.state);
        Self { state, words: chip_words(worst, reports, now), sources }
    }
}

fn chip_words(worst: Option<&SourceView>, reports: &[SourceReport], now: DateTime<Utc>) -> String {
    let Some(worst) = worst else { return "No sources".to_owned() };
    if reports.iter().all(|report| report.attempt.is_none()) {
        return "No refresh yet".to_owned();
    }
    let oldest = reports.iter().filter(|report| report.configured).filter_map(|report| report.success).min();
    match worst.state {
        State::Off | State::Fresh | State::Due => oldest.map_or_else(
            || "Fresh".to_owned(),
            |at| format!("Fresh, {} old", words::span(now.signed_duration_since(at))),
        ),
        State::Never => format!("{} never ran", worst.name),
        // How old the last success is does not say what there is to decide.
        State::Held => format!("{} held back", worst.name),
        State::Late | State::Failing | State::Stale => {
            let age = worst.success.as_ref().map_or("—", |at| at.words.as_str());
            format!("{} {}: {age}", worst.name, worst.word.to_lowercase())
        }
    }
}

impl SourceView {
    fn of(report: &SourceReport, now: DateTime<Utc>, zone: Tz) -> Self {
        let when = |at: Option<DateTime<Utc>>| at.map(|at| When::of(at, now, zone));
        let state = report.state(now);
        Self {
            name: report.source.name(),
            state,
            word: state.word(),
            success: when(report.success),
            attempt: when(report.attempt),
            took: report.took.map(words::took),
            rows: report.rows,
            stale_entries: report.stale_entries,
            failures: report.failures,
            error: report.error.clone(),
            held: report.held.clone(),
            next: when(report.next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn aged(minutes: i64, failures: u32) -> SourceReport {
        SourceReport {
            success: Some(now() - TimeDelta::minutes(minutes)),
            attempt: Some(now()),
            failures,
            interval: Some(Duration::from_mins(10)),
            ..SourceReport::unknown(Source::Cases)
        }
    }

    #[test]
    fn programs_and_metrics_know_the_same_words() {
        for state in State::USED.into_iter().chain([State::Off]) {
            assert_eq!(serde_json::to_value(state).unwrap(), state.label());
        }
    }

    #[test]
    fn states_follow_the_schedule_and_the_failures() {
        let state = |minutes, failures| aged(minutes, failures).state(now());
        assert_eq!(state(15, 0), State::Fresh);
        assert_eq!(state(16, 0), State::Due);
        assert_eq!(state(20, 0), State::Due);
        assert_eq!(state(21, 0), State::Late);
        assert_eq!(state(40, 0), State::Late);
        assert_eq!(state(41, 0), State::Stale);
        assert_eq!(state(1, 1), State::Failing);
        assert_eq!(SourceReport { held: Some(String::new()), ..aged(1, 0) }.state(now()), State::Held);
        assert_eq!(state(1, 3), State::Stale);
        assert_eq!(state(-5, 0), State::Fresh);
        assert_eq!(SourceReport::unknown(Source::Bugs).state(now()), State::Never);
        assert_eq!(SourceReport { configured: false, ..aged(99, 9) }.state(now()), State::Off);
        assert_eq!(SourceReport { interval: None, ..aged(99_999, 0) }.state(now()), State::Fresh);
    }

    #[test]
    fn the_chip_shows_the_worst_source() {
        let bugs = SourceReport { source: Source::Bugs, ..aged(60, 0) };
        let view = FreshnessView::of(&[aged(1, 0), bugs], now(), Tz::UTC);
        assert_eq!(view.state, State::Stale);
        assert_eq!(view.words, "bugs stale: 1 h ago");
        let held = SourceReport { held: Some(String::new()), ..aged(1, 0) };
        assert_eq!(FreshnessView::of(&[held], now(), Tz::UTC).words, "cases held back");
        let fresh = FreshnessView::of(&[aged(1, 0), aged(5, 0)], now(), Tz::UTC);
        assert_eq!(fresh.words, "Fresh, 5 min old");
        let none = FreshnessView::of(&[SourceReport::unknown(Source::Cases)], now(), Tz::UTC);
        assert_eq!((none.state, none.words.as_str()), (State::Never, "No refresh yet"));
    }
}
