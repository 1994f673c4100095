//! Accounts, engineers, statistics, history: everything that counts.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use t5g_model::figures::Statistics;

use super::Row;

row! {
    /// What is counted of the cards that belong to somebody, as the statistics count.
    FiguresOfCards {
        /// The name.
        name: String,
        /// All cards.
        cards: usize,
        /// Cards whose case is open.
        open_cards: usize,
        /// Open cards of severity High or Urgent.
        high_prio: usize,
        /// Open cards that are escalated.
        escalated: usize,
        /// Open cards in a critical situation.
        crit_sit: usize,
        /// Open cards that are either.
        total_escalations: usize,
        /// Open cards with neither bug nor issue.
        no_bzs: usize,
    }
}

row! {
    /// A customer's account, counted as the statistics count.
    Account [figures: FiguresOfCards] {
        /// Open cases.
        open_cases: usize,
    }
}

row! {
    /// Somebody who is assigned to cards, counted as the statistics count.
    Engineer [figures: FiguresOfCards] {}
}

row! {
    /// The statistics of everything, of one account, or of one engineer.
    StatisticsNow {
        /// The day that they are of, where the team is.
        day: NaiveDate,
        /// The account, if they are of one.
        account: Option<String>,
        /// The engineer, if they are of one.
        engineer: Option<String>,
        /// The figures, by the names that `/api/stats` has too.
        figures: Statistics,
        /// From the opening of cases to relief, by severity.
        relief: Vec<Outcome>,
        /// From the opening of cases to their resolution, by severity.
        resolution: Vec<Outcome>,
    }
}

/// How long something took, in days.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    /// Of which severity.
    pub(crate) severity: String,
    /// How many there are.
    pub(crate) count: usize,
    /// The arithmetic mean.
    pub(crate) mean: f64,
    /// Half took at most as long.
    pub(crate) median: f64,
    /// Nine of ten took at most as long.
    pub(crate) p90: f64,
}

row! {
    /// The figures of one day. A figure that the day lacks is 0, as in the charts.
    DayOfHistory {
        /// The day.
        day: NaiveDate,
        /// Open cases.
        open_cases: u64,
        /// Open cases that came within a day.
        daily_opened_cases: u64,
        /// Cases closed within a day.
        daily_closed_cases: u64,
        /// Open cases without an update for a week.
        no_updates: u64,
        /// Open cards of severity High or Urgent.
        high_prio: u64,
        /// Open cards that are escalated.
        escalated: u64,
        /// Open cards in a critical situation.
        crit_sit: u64,
        /// Open cards that are either.
        total_escalations: u64,
        /// Open cards with neither bug nor issue.
        no_bzs: u64,
        /// Distinct bugs and issues of open cases.
        bugs_unique: u64,
        /// Of those, the ones without a target.
        bugs_no_target: u64,
    }
}
