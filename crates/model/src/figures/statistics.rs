//! The statistics of `/api/stats`, which are also each day's entry of the history.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::board::{Board, Groups, Scope};
use crate::documents::BugFigures;
use crate::figures::figure::Days;
use crate::figures::{Figure, trackers};
use crate::names::{CaseStatus, Severity};

/// All figures. The JSON has exactly the contract's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Statistics {
    /// [`Figure::ByCustomer`]; every account that has a card is listed.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub by_customer: BTreeMap<Arc<str>, u64>,
    /// [`Figure::ByEngineer`]; every assignee of a card is listed.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub by_engineer: BTreeMap<Arc<str>, u64>,
    /// [`Figure::BySeverity`]; every severity of a card is listed, unforeseen ones by their own names.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub by_severity: BTreeMap<Severity, u64>,
    /// [`Figure::ByStatus`]
    #[schemars(with = "BTreeMap<String, u64>")]
    pub by_status: BTreeMap<CaseStatus, u64>,
    /// [`Figure::HighPrio`]
    pub high_prio: u64,
    /// [`Figure::Escalated`]
    pub escalated: u64,
    /// [`Figure::OpenCases`]
    pub open_cases: u64,
    /// [`Figure::WeeklyClosedCases`]
    pub weekly_closed_cases: u64,
    /// [`Figure::WeeklyOpenedCases`]
    pub weekly_opened_cases: u64,
    /// [`Figure::DailyClosedCases`]
    pub daily_closed_cases: u64,
    /// [`Figure::DailyOpenedCases`]
    pub daily_opened_cases: u64,
    /// [`Figure::NoUpdates`]
    pub no_updates: u64,
    /// [`Figure::NoBzs`]
    pub no_bzs: u64,
    /// [`Figure::BugsUnique`] and [`Figure::BugsNoTarget`]
    pub bugs: BugFigures,
    /// [`Figure::CritSit`]
    pub crit_sit: u64,
    /// [`Figure::TotalEscalations`]
    pub total_escalations: u64,
}

/// The statistics of everything as of `now`, computed once a day for each board: every page shows some.
pub fn overall(board: &Board, now: DateTime<Utc>) -> Arc<Statistics> {
    let today = board.rules().date_of(now);
    board.statistics_by_day().get(today, || statistics(board, Scope::All, now))
}

/// Computes the statistics of a scope as of `now`; they stay the same until the date changes.
pub fn statistics(board: &Board, scope: Scope<'_>, now: DateTime<Utc>) -> Statistics {
    let days = Days::before(board.rules().date_of(now));
    let (accounts, engineers) = board.card_groups();
    let (mut by_customer, mut by_engineer) = (ByName::of(accounts), ByName::of(engineers));
    let (mut by_severity, mut by_status) = (BTreeMap::new(), BTreeMap::new());
    let mut of_cards = Figure::OF_CARDS.map(|figure| (figure, 0));
    let mut of_cases = Figure::OF_CASES.map(|figure| (figure, 0));
    // One pass each: 20,000 cards do not fit into the processor's cache.
    for card in board.cards_in(scope) {
        by_customer.add(Some(card.account_id), card.is_open());
        by_engineer.add(card.engineer_id, card.is_open());
        add(&mut by_severity, &card.severity, card.is_open());
        add(&mut by_status, &card.case_status, true);
        for (figure, sum) in &mut of_cards {
            *sum += u64::from(figure.counts_card(card));
        }
    }
    for case in board.cases_in(scope) {
        for (figure, sum) in &mut of_cases {
            *sum += u64::from(figure.counts_case(case, &days));
        }
    }
    let count = |wanted: &Figure| {
        let found = of_cards.iter().chain(&of_cases).find(|(figure, _)| figure == wanted);
        found.map_or(0, |(_, sum)| *sum)
    };
    Statistics {
        by_customer: by_customer.rows(),
        by_engineer: by_engineer.rows(),
        by_severity,
        by_status,
        high_prio: count(&Figure::HighPrio),
        escalated: count(&Figure::Escalated),
        open_cases: count(&Figure::OpenCases),
        weekly_closed_cases: count(&Figure::WeeklyClosedCases),
        weekly_opened_cases: count(&Figure::WeeklyOpenedCases),
        daily_closed_cases: count(&Figure::DailyClosedCases),
        daily_opened_cases: count(&Figure::DailyOpenedCases),
        no_updates: count(&Figure::NoUpdates),
        no_bzs: count(&Figure::NoBzs),
        bugs: bug_figures(board, scope),
        crit_sit: count(&Figure::CritSit),
        total_escalations: count(&Figure::TotalEscalations),
    }
}

impl Statistics {
    /// Every figure that they hold: one for each row of the tables, and the plain ones.
    pub fn figures(&self) -> Vec<Figure> {
        let customers = self.by_customer.keys().map(|name| Figure::ByCustomer((**name).into()));
        let engineers = self.by_engineer.keys().map(|name| Figure::ByEngineer((**name).into()));
        let severities = self.by_severity.keys().cloned().map(Figure::BySeverity);
        let statuses = self.by_status.keys().cloned().map(Figure::ByStatus);
        let plain = Figure::plain();
        customers.chain(engineers).chain(severities).chain(statuses).chain(plain).collect()
    }

    /// The figure's value; 0 of a row that is not listed.
    pub fn count(&self, figure: &Figure) -> u64 {
        match figure {
            Figure::ByCustomer(name) => self.by_customer.get(&**name).copied().unwrap_or_default(),
            Figure::ByEngineer(name) => self.by_engineer.get(&**name).copied().unwrap_or_default(),
            Figure::BySeverity(severity) => self.by_severity.get(severity).copied().unwrap_or_default(),
            Figure::ByStatus(status) => self.by_status.get(status).copied().unwrap_or_default(),
            Figure::HighPrio => self.high_prio,
            Figure::Escalated => self.escalated,
            Figure::CritSit => self.crit_sit,
            Figure::TotalEscalations => self.total_escalations,
            Figure::NoBzs => self.no_bzs,
            Figure::OpenCases => self.open_cases,
            Figure::WeeklyOpenedCases => self.weekly_opened_cases,
            Figure::DailyOpenedCases => self.daily_opened_cases,
            Figure::WeeklyClosedCases => self.weekly_closed_cases,
            Figure::DailyClosedCases => self.daily_closed_cases,
            Figure::NoUpdates => self.no_updates,
            Figure::BugsUnique => self.bugs.unique,
            Figure::BugsNoTarget => self.bugs.no_target,
        }
    }
}

/// Adds a row for `key` if there is none, and 1 to it if it `counts`.
fn add<K: Ord + Clone>(rows: &mut BTreeMap<K, u64>, key: &K, counts: bool) {
    match rows.get_mut(key) {
        Some(sum) => *sum += u64::from(counts),
        None => {
            rows.insert(key.clone(), u64::from(counts));
        }
    }
}

/// Open cards per name, a row for each name that a card of the scope has. Counted by the names' numbers:
/// comparing 20,000 names would take most of the time.
struct ByName<'a> {
    names: &'a Groups,
    sums: Vec<Option<u64>>,
}

impl<'a> ByName<'a> {
    fn of(names: &'a Groups) -> Self {
        Self { names, sums: vec![None; names.len()] }
    }

    fn add(&mut self, number: Option<u32>, counts: bool) {
        if let Some(sum) = number.and_then(|number| self.sums.get_mut(number as usize)) {
            *sum = Some(sum.unwrap_or(0) + u64::from(counts));
        }
    }

    fn rows(self) -> BTreeMap<Arc<str>, u64> {
        let both = self.names.keys().zip(self.sums);
        both.filter_map(|(name, sum)| Some((Arc::clone(name), sum?))).collect()
    }
}

fn bug_figures(board: &Board, scope: Scope<'_>) -> BugFigures {
    let all = trackers::of_open_cases(board, scope);
    let no_target = all.iter().map(|(_, lacks_target)| u64::from(*lacks_target)).sum();
    BugFigures { unique: all.len() as u64, no_target }
}
