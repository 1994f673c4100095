//! The figures by name, what each counts, and the rows behind it, so that a page can link from one to the
//! other. This is the only place that says what counts.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::board::{Board, Card, Case, Scope};
use crate::figures::trackers::{self, Linked};
use crate::names::{CaseStatus, Severity};

/// One figure of the statistics.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Figure {
    /// Open cards of the account.
    ByCustomer(Box<str>),
    /// Open cards assigned to whom is called so.
    ByEngineer(Box<str>),
    /// Open cards of the severity.
    BySeverity(Severity),
    /// All cards whose case has the status.
    ByStatus(CaseStatus),
    /// Open cards of severity High or Urgent.
    HighPrio,
    /// Open cards that are escalated.
    Escalated,
    /// Open cards in a critical situation.
    CritSit,
    /// Open cards that are either.
    TotalEscalations,
    /// Open cards with neither bug nor issue.
    NoBzs,
    /// Open cases.
    OpenCases,
    /// Open cases created less than 7 days ago.
    WeeklyOpenedCases,
    /// Open cases created at most 1 day ago.
    DailyOpenedCases,
    /// Cases closed less than 7 days ago.
    WeeklyClosedCases,
    /// Cases closed at most 1 day ago.
    DailyClosedCases,
    /// Open cases whose last update is 7 days ago or more.
    NoUpdates,
    /// Distinct bugs and issues of open cases.
    BugsUnique,
    /// Of those, the ones without a target.
    BugsNoTarget,
}

impl Figure {
    /// The figures without a value that count cards, all of them open.
    pub const OF_CARDS: [Self; 5] =
        [Self::HighPrio, Self::Escalated, Self::CritSit, Self::TotalEscalations, Self::NoBzs];

    /// The figures that count cases.
    pub const OF_CASES: [Self; 6] = [
        Self::OpenCases,
        Self::WeeklyOpenedCases,
        Self::DailyOpenedCases,
        Self::WeeklyClosedCases,
        Self::DailyClosedCases,
        Self::NoUpdates,
    ];

    /// The figures that count bugs and issues.
    pub const OF_TRACKERS: [Self; 2] = [Self::BugsUnique, Self::BugsNoTarget];

    /// The figures that take no value.
    pub fn plain() -> impl Iterator<Item = Self> {
        Self::OF_CARDS.into_iter().chain(Self::OF_CASES).chain(Self::OF_TRACKERS)
    }

    /// The name in the statistics' JSON; those of `bugs` with a dot.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ByCustomer(_) => "by_customer",
            Self::ByEngineer(_) => "by_engineer",
            Self::BySeverity(_) => "by_severity",
            Self::ByStatus(_) => "by_status",
            Self::HighPrio => "high_prio",
            Self::Escalated => "escalated",
            Self::CritSit => "crit_sit",
            Self::TotalEscalations => "total_escalations",
            Self::NoBzs => "no_bzs",
            Self::OpenCases => "open_cases",
            Self::WeeklyOpenedCases => "weekly_opened_cases",
            Self::DailyOpenedCases => "daily_opened_cases",
            Self::WeeklyClosedCases => "weekly_closed_cases",
            Self::DailyClosedCases => "daily_closed_cases",
            Self::NoUpdates => "no_updates",
            Self::BugsUnique => "bugs.unique",
            Self::BugsNoTarget => "bugs.no_target",
        }
    }

    /// Which row of its table it is; `None` of a plain one.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::ByCustomer(name) | Self::ByEngineer(name) => Some(name),
            Self::BySeverity(severity) => Some(severity.word()),
            Self::ByStatus(status) => Some(status.as_str()),
            _ => None,
        }
    }

    /// The figure of that name and value, if there is one.
    pub fn find(name: &str, value: Option<&str>) -> Option<Self> {
        match (name, value) {
            ("by_customer", Some(value)) => Some(Self::ByCustomer(value.into())),
            ("by_engineer", Some(value)) => Some(Self::ByEngineer(value.into())),
            ("by_severity", Some(value)) => value.parse().ok().map(Self::BySeverity),
            ("by_status", Some(value)) => value.parse().ok().map(Self::ByStatus),
            (name, None) => Self::plain().find(|figure| figure.name() == name),
            _ => None,
        }
    }

    /// Whether it counts the card; never, of a figure of cases or trackers.
    pub(super) fn counts_card(&self, card: &Card) -> bool {
        match self {
            Self::ByStatus(status) => card.case_status == *status,
            _ if !card.is_open() => false,
            Self::ByCustomer(name) => *card.account == **name,
            Self::ByEngineer(name) => card.engineer() == Some(name),
            Self::BySeverity(severity) => card.severity == *severity,
            Self::HighPrio => card.is_high_priority(),
            Self::Escalated => card.escalated,
            Self::CritSit => card.crit_sit,
            Self::TotalEscalations => card.is_any_escalation(),
            Self::NoBzs => card.lacks_trackers(),
            _ => false,
        }
    }

    /// Whether it counts the case; never, of a figure of cards or trackers.
    pub(super) fn counts_case(&self, case: &Case, days: &Days) -> bool {
        let since = |on: Option<NaiveDate>, first| on.is_some_and(|on| on >= first);
        match self {
            Self::OpenCases => case.is_open(),
            Self::WeeklyOpenedCases => case.is_open() && since(case.created_on, days.week),
            Self::DailyOpenedCases => case.is_open() && since(case.created_on, days.yesterday),
            Self::WeeklyClosedCases => !case.is_open() && since(case.closed_on, days.week),
            Self::DailyClosedCases => !case.is_open() && since(case.closed_on, days.yesterday),
            Self::NoUpdates => case.is_open() && case.updated_on.is_some_and(|on| on < days.week),
            _ => false,
        }
    }
}

/// The days on which the windows of the figures begin.
pub(super) struct Days {
    /// At most 1 day ago.
    yesterday: NaiveDate,
    /// Less than 7 days ago.
    pub(super) week: NaiveDate,
    /// At most 7 days ago.
    pub(super) new: NaiveDate,
}

impl Days {
    pub(super) fn before(today: NaiveDate) -> Self {
        let ago = |days| today.checked_sub_days(chrono::Days::new(days)).unwrap_or(NaiveDate::MIN);
        Self { yesterday: ago(1), week: ago(6), new: ago(7) }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        self.value().map_or(Ok(()), |value| write!(f, ":{value}"))
    }
}

/// The rows that a figure counts.
#[derive(Debug)]
pub enum Rows<'a> {
    /// Cards, by project and number.
    Cards(Vec<&'a Card>),
    /// Cases, by number.
    Cases(Vec<&'a Case>),
    /// Bugs, then issues.
    Trackers(Vec<Linked<'a>>),
}

impl Rows<'_> {
    /// How many there are: the figure.
    pub fn len(&self) -> usize {
        match self {
            Self::Cards(cards) => cards.len(),
            Self::Cases(cases) => cases.len(),
            Self::Trackers(trackers) => trackers.len(),
        }
    }

    /// Whether the figure is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rows behind a figure: as many as [`super::statistics`] counts at the same time.
pub fn figure_rows<'a>(board: &'a Board, scope: Scope<'_>, figure: &Figure, now: DateTime<Utc>) -> Rows<'a> {
    match figure {
        Figure::BugsUnique | Figure::BugsNoTarget => {
            let all = trackers::of_open_cases(board, scope).into_iter();
            let counted = all.filter(|(_, lacks_target)| *figure == Figure::BugsUnique || *lacks_target);
            Rows::Trackers(counted.map(|(tracker, _)| tracker).collect())
        }
        of_cases if Figure::OF_CASES.contains(of_cases) => {
            let days = Days::before(board.rules().date_of(now));
            Rows::Cases(board.cases_in(scope).filter(|case| figure.counts_case(case, &days)).collect())
        }
        _ => Rows::Cards(board.cards_in(scope).filter(|card| figure.counts_card(card)).collect()),
    }
}
