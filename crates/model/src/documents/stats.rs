//! A day of the statistics' history (document `stats`), as far as the time series show it.

use serde::Deserialize;

/// The figures of one day that become points of the time series. A figure that the day lacks is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DayFigures {
    /// Open cards on the priority list.
    #[serde(deserialize_with = "super::lenient::count")]
    pub escalated: u64,
    /// Open cards in a critical situation.
    #[serde(deserialize_with = "super::lenient::count")]
    pub crit_sit: u64,
    /// Open cards that are either.
    #[serde(deserialize_with = "super::lenient::count")]
    pub total_escalations: u64,
    /// Open cases.
    #[serde(deserialize_with = "super::lenient::count")]
    pub open_cases: u64,
    /// Open cases that came within a day.
    #[serde(deserialize_with = "super::lenient::count")]
    pub daily_opened_cases: u64,
    /// Cases closed within a day.
    #[serde(deserialize_with = "super::lenient::count")]
    pub daily_closed_cases: u64,
    /// Open cases without an update for a week.
    #[serde(deserialize_with = "super::lenient::count")]
    pub no_updates: u64,
    /// Open cards without bug or issue.
    #[serde(deserialize_with = "super::lenient::count")]
    pub no_bzs: u64,
    /// Bugs and issues of open cases; old days lack it.
    #[serde(deserialize_with = "super::lenient::or_default")]
    pub bugs: BugFigures,
    /// Open cards of severity High or Urgent.
    #[serde(deserialize_with = "super::lenient::count")]
    pub high_prio: u64,
}

/// Bugs and issues of open cases, counted once each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(default)]
pub struct BugFigures {
    /// Distinct ones.
    #[serde(deserialize_with = "super::lenient::count")]
    pub unique: u64,
    /// Of those, the ones at which no release aims.
    #[serde(deserialize_with = "super::lenient::count")]
    pub no_target: u64,
}
