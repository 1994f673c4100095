//! Everything that is computed from a board: pure functions of the board, a scope and the time.
//!
//! "Today" is the date in the board's time zone; ages are differences of dates, in days.

mod attention;
mod counts;
mod figure;
mod gap;
mod grouping;
mod histogram;
pub mod history;
mod outcomes;
mod recent;
mod series;
mod sla;
mod statistics;
mod trackers;
mod turnover;
mod weekly;

pub use attention::{Attention, attention};
pub use counts::{ScopeCounts, scope_counts};
pub use figure::{Figure, Rows, figure_rows};
pub use gap::{SeverityGap, severity_gap};
pub use grouping::{AccountGroup, StatusGroup, grouped};
pub use histogram::{Bin, DaySpan, histogram};
pub use outcomes::{Outcome, OutcomeKind, Outcomes, outcome_cards, outcomes};
pub use recent::{RecentUpdate, TRENDS_LABEL, new_cases, recent_updates, trends};
pub use series::{Series, TimeSeries, time_series};
pub use sla::{Sla, SlaState, sla};
pub use statistics::{Statistics, overall, statistics};
pub use trackers::Linked;
pub use turnover::{Turnover, turnover};
pub use weekly::{Weekly, weekly};

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use crate::board::Card;
use crate::names::{CardKey, Severity};

/// Sorts cards: most severe first, then oldest first.
pub fn most_severe_first(cards: &mut [&Card]) {
    cards.sort_by(|a, b| by_severity_then_age(a).cmp(&by_severity_then_age(b)));
}

/// Sorts cases: most severe first, then newest first.
pub fn most_severe_cases_first(cases: &mut [&crate::board::Case]) {
    cases.sort_by(|a, b| by_severity_then_youth(a).cmp(&by_severity_then_youth(b)));
}

/// Most severe first, then oldest first; a card whose creation is unknown comes last.
fn by_severity_then_age(card: &Card) -> (&Severity, bool, Option<DateTime<Utc>>, &CardKey) {
    let created = card.case_created.known();
    (&card.severity, created.is_none(), created, &card.key)
}

/// Most severe first, then newest first.
fn by_severity_then_youth(case: &crate::board::Case) -> (&Severity, Reverse<Option<DateTime<Utc>>>, &str) {
    (&case.severity, Reverse(case.created.known()), case.number.as_str())
}
