//! The cards in every order that the table knows, and what finding text in them needs. Orders and texts are made
//! when they are first asked for and kept as long as the board.

use std::cmp::{Ordering, Reverse};
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use t5g_model::board::{Board, Card};

use crate::view::text;

/// A column of the table. The order is the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Column {
    /// All of them, as shown.
    pub(crate) const ALL: [Self; 14] = [
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
    ];

    /// Name in addresses, and heading.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Case => ("case", "Case#"),
            Self::Severity => ("severity", "Severity"),
            Self::Prio => ("prio", "On prio-list?"),
            Self::CritSit => ("critsit", "Crit sit?"),
            Self::Summary => ("summary", "Summary"),
            Self::Product => ("product", "Product"),
            Self::Account => ("account", "Account"),
            Self::CaseStatus => ("case-status", "Case status"),
            Self::CardStatus => ("status", "Internal status"),
            Self::Assignee => ("assignee", "Assignee"),
            Self::Jira => ("jira", "Jira"),
            Self::Comment => ("comment", "Most recent comment"),
            Self::DaysOpen => ("days", "Days open"),
            Self::Updated => ("updated", "Case last updated"),
        }
    }

    /// The column of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.names().0 == name)
    }

    /// Whether people first want to see the largest: the most severe, the oldest, the newest.
    pub(crate) const fn largest_first(self) -> bool {
        matches!(
            self,
            Self::Severity | Self::Prio | Self::CritSit | Self::Comment | Self::DaysOpen | Self::Updated
        )
    }

    /// Of the columns that do not sort by text.
    fn compare(self, a: &Card, b: &Card, today: NaiveDate) -> Ordering {
        match self {
            Self::Case => a.case_number.cmp(&b.case_number),
            // The most severe is the largest, as in "severity, descending".
            Self::Severity => b.severity.cmp(&a.severity),
            Self::Prio => prio(a).cmp(&prio(b)),
            Self::CritSit => a.crit_sit.cmp(&b.crit_sit),
            Self::CaseStatus => a.case_status.cmp(&b.case_status),
            Self::CardStatus => a.card_status.cmp(&b.card_status),
            Self::Jira => a.position.cmp(&b.position),
            Self::Comment => commented(a).cmp(&commented(b)),
            Self::DaysOpen => a.days_open(today).cmp(&b.days_open(today)),
            Self::Updated => a.case_updated.known().cmp(&b.case_updated.known()),
            Self::Summary | Self::Product | Self::Account | Self::Assignee => Ordering::Equal,
        }
    }

    /// What it sorts by if that is text, compared without case; folded once per card, not per comparison.
    fn text(self, card: Option<&Card>) -> Option<&str> {
        let card = card?;
        match self {
            Self::Summary => Some(&card.summary),
            Self::Product => Some(&card.product),
            Self::Account => Some(&card.account),
            Self::Assignee => Some(card.engineer().unwrap_or_default()),
            _ => None,
        }
    }
}

/// On the priority list, perhaps soon, or not.
fn prio(card: &Card) -> u8 {
    if card.escalated { 2 } else { u8::from(card.potential_escalation) }
}

fn commented(card: &Card) -> Option<DateTime<Utc>> {
    card.newest_comment().and_then(|comment| comment.at.known())
}

/// Positions in [`Board::cards`], in orders.
#[derive(Debug)]
pub(crate) struct TableIndex {
    today: NaiveDate,
    usual: Vec<u32>,
    ascending: [OnceLock<Vec<u32>>; Column::ALL.len()],
    texts: OnceLock<Vec<Box<str>>>,
}

impl TableIndex {
    /// Sorts the cards in the usual order: most severe, prio-list, crit sit, longest open.
    pub(crate) fn of(board: &Board, today: NaiveDate) -> Self {
        let mut usual: Vec<u32> = board.cards().iter().map(|card| card.position).collect();
        let cards = board.cards();
        usual.sort_by_cached_key(|&position| {
            cards.get(position as usize).map(|card| {
                (
                    card.severity.clone(),
                    Reverse(prio(card)),
                    Reverse(card.crit_sit),
                    Reverse(card.days_open(today)),
                    position,
                )
            })
        });
        Self { today, usual, ascending: Default::default(), texts: OnceLock::new() }
    }

    /// The usual order.
    pub(crate) fn usual(&self) -> &[u32] {
        &self.usual
    }

    /// Ascending by that column; equal ones in the usual order.
    pub(crate) fn ascending(&self, board: &Board, column: Column) -> &[u32] {
        let Some(cell) = self.ascending.get(column as usize) else { return &self.usual };
        cell.get_or_init(|| {
            let cards = board.cards();
            let mut order = self.usual.clone();
            if column.text(cards.first()).is_some() {
                order.sort_by_cached_key(|&at| column.text(cards.get(at as usize)).map(str::to_lowercase));
                return order;
            }
            order.sort_by(|&a, &b| match (cards.get(a as usize), cards.get(b as usize)) {
                (Some(a), Some(b)) => column.compare(a, b, self.today),
                _ => Ordering::Equal,
            });
            order
        })
    }

    /// For each card, in the order of [`Board::cards`], all text that a search looks at, in lower case. Takes a
    /// second for 60,000 comments the first time.
    pub(crate) fn texts(&self, board: &Board) -> &[Box<str>] {
        self.texts.get_or_init(|| board.cards().iter().map(|card| haystack(card).into()).collect())
    }

    /// Whether the order by that column is made already.
    pub(crate) fn is_ready(&self, column: Option<Column>) -> bool {
        let cell = column.and_then(|column| self.ascending.get(column as usize));
        cell.is_none_or(|cell| cell.get().is_some())
    }
}

/// Between two fields, so that no search matches across them.
const FIELD: char = '\u{1f}';

fn haystack(card: &Card) -> String {
    let mut all = String::new();
    let mut add = |text: &str| {
        all.push_str(text);
        all.push(FIELD);
    };
    for field in [card.case_number.as_str(), card.key.as_str(), &card.summary, &card.account, &card.product] {
        add(field);
    }
    for field in [card.severity.word(), card.case_status.as_str(), card.card_status.as_str()] {
        add(field);
    }
    let people = card.assignee.iter().chain(&card.contributors);
    people.filter_map(|person| person.name()).for_each(&mut add);
    card.labels.iter().chain(&card.tags).for_each(|label| add(label));
    for bug in card.bugs.iter() {
        add(&bug.linked.bugzilla_number);
        add(bug.linked.summary.as_deref().unwrap_or_default());
    }
    for issue in card.issues.iter() {
        add(&issue.id);
        add(issue.title.as_deref().unwrap_or_default());
    }
    card.comments.iter().for_each(|comment| add(&text::excerpt(&comment.html, usize::MAX - 1)));
    all.to_lowercase()
}
