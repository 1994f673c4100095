//! The columns of the table, and what each sorts by.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use t5g_model::board::Card;

/// A column of the table. The order is the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Case,
    Severity,
    Prio,
    CritSit,
    Summary,
    Product,
    Account,
    CaseStatus,
    CardStatus,
    Assignee,
    Jira,
    Comment,
    DaysOpen,
    Updated,
    Daily,
}

/// A column that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: Column,
    pub(crate) descending: bool,
}

/// The order where none is asked for; then the longest open ones.
pub(crate) const USUAL: [Sort; 3] = [
    Sort { column: Column::Severity, descending: true },
    Sort { column: Column::Prio, descending: true },
    Sort { column: Column::CritSit, descending: true },
];

impl Column {
    /// All of them, as shown.
    pub(crate) const ALL: [Self; 15] = [
        Self::Case,
        Self::Severity,
        Self::Prio,
        Self::CritSit,
        Self::Summary,
        Self::Product,
        Self::Account,
        Self::CaseStatus,
        Self::CardStatus,
        Self::Assignee,
        Self::Jira,
        Self::Comment,
        Self::DaysOpen,
        Self::Updated,
        Self::Daily,
    ];

    /// Name in addresses, and heading.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Case => ("case", "Case#"),
            Self::Severity => ("severity", "Severity"),
            Self::Prio => ("prio", "On Prio-list?"),
            Self::CritSit => ("critsit", "Crit Sit?"),
            Self::Summary => ("summary", "Summary"),
            Self::Product => ("product", "Product"),
            Self::Account => ("account", "Account"),
            Self::CaseStatus => ("case-status", "Case Status"),
            Self::CardStatus => ("status", "Internal Status"),
            Self::Assignee => ("assignee", "Assignee"),
            Self::Jira => ("jira", "Jira"),
            Self::Comment => ("comment", "Most Recent Comment"),
            Self::DaysOpen => ("days", "Days Open"),
            Self::Updated => ("updated", "Case Last Updated"),
            Self::Daily => ("daily", "Daily Telco List"),
        }
    }

    /// The column of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.names().0 == name)
    }

    /// Those shown where nobody chose others.
    pub(crate) fn usual() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|column| *column != Self::Daily)
    }

    /// Whether people first want to see the largest: the most severe, the oldest, the newest.
    pub(crate) const fn largest_first(self) -> bool {
        matches!(
            self,
            Self::Severity
                | Self::Prio
                | Self::CritSit
                | Self::Comment
                | Self::DaysOpen
                | Self::Updated
                | Self::Daily
        )
    }

    /// For each card its place among the values of the column, smallest first, by rank and not by letter; equal
    /// ones share a place.
    pub(super) fn ranks(self, cards: &[Card], today: NaiveDate) -> Vec<u32> {
        match self {
            Self::Case => ranks(cards, |card| &card.case_number),
            // The most severe is the largest, as in "severity, descending".
            Self::Severity => ranks(cards, |card| Reverse(&card.severity)),
            Self::Prio => ranks(cards, prio),
            Self::CritSit => ranks(cards, |card| card.crit_sit),
            Self::CaseStatus => ranks(cards, |card| &card.case_status),
            Self::CardStatus => ranks(cards, |card| &card.card_status),
            Self::Jira => cards.iter().map(|card| card.position).collect(),
            Self::Comment => ranks(cards, commented),
            Self::DaysOpen => ranks(cards, |card| card.days_open(today)),
            Self::Updated => ranks(cards, |card| card.case_updated.known()),
            Self::Daily => ranks(cards, |card| card.daily_telco),
            Self::Summary => ranks(cards, |card| card.summary.to_lowercase()),
            Self::Product => ranks(cards, |card| card.product.to_lowercase()),
            Self::Account => ranks(cards, |card| card.account.to_lowercase()),
            Self::Assignee => ranks(cards, |card| card.engineer().map(str::to_lowercase)),
        }
    }
}

fn ranks<'a, K: Ord>(cards: &'a [Card], key: impl Fn(&'a Card) -> K) -> Vec<u32> {
    let mut sorted: Vec<_> = cards.iter().map(|card| (key(card), card.position)).collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; cards.len()];
    let (mut rank, mut before) = (0, None);
    for (key, position) in &sorted {
        if before.is_some_and(|before| before != key) {
            rank += 1;
        }
        before = Some(key);
        if let Some(place) = ranks.get_mut(*position as usize) {
            *place = rank;
        }
    }
    ranks
}

/// On the priority list, perhaps soon, or not.
pub(super) fn prio(card: &Card) -> u8 {
    if card.escalated { 2 } else { u8::from(card.potential_escalation) }
}

fn commented(card: &Card) -> Option<DateTime<Utc>> {
    card.newest_comment().and_then(|comment| comment.at.known())
}
