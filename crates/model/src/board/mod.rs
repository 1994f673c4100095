//! The board: an immutable, indexed snapshot of the documents, which every page and answer is made from.
//!
//! It holds no "now": what depends on the time takes it as an argument, so that a board outlives midnight.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::documents::read::Problems;
use crate::documents::{Bug, Bugs, Cards, Cases, Document, Issue, Issues, Stats};
use crate::figures::Statistics;
use crate::names::{CardStatus, CaseStatus};

mod card;
mod cards;
mod case;
mod daily;
mod intern;
mod load;
mod rules;
mod scope;
mod trackers;

pub use card::{Card, Comment};
pub use case::Case;
pub use load::{Loaded, Raw, RawDocuments, load};
pub use rules::{Rules, SlaRules};
pub use scope::Scope;

use cards::{CardTable, CardsBuilder};
use case::CaseTable;
use daily::Daily;
pub(crate) use trackers::{RowOfCase, Tracker, TrackerTable};

/// Positions by name, sorted by name.
pub(crate) type Groups = BTreeMap<Arc<str>, Vec<u32>>;

/// The snapshot. Its parts are shared with the boards before and after it.
#[derive(Debug)]
pub struct Board {
    rules: Arc<Rules>,
    cases: Part<CaseTable>,
    bugs: Part<TrackerTable<Bug>>,
    issues: Part<TrackerTable<Issue>>,
    cards: Part<CardTable>,
    history: Part<Stats>,
    refreshed: Part<Option<DateTime<Utc>>>,
    bugs_of_cases: RowOfCase,
    issues_of_cases: RowOfCase,
    statistics: Daily<Statistics>,
}

/// The parts, before they are joined.
struct Parts {
    cases: Part<CaseTable>,
    bugs: Part<TrackerTable<Bug>>,
    issues: Part<TrackerTable<Issue>>,
    cards: Part<CardTable>,
    history: Part<Stats>,
    refreshed: Part<Option<DateTime<Utc>>>,
}

/// What was made of one document.
#[derive(Debug)]
struct Part<T> {
    table: Arc<T>,
    problems: Arc<Problems>,
}

/// The typed documents that a board is made of. The default is a board without anything.
#[derive(Debug, Clone, Default)]
pub struct BoardParts {
    /// Document `cases`.
    pub cases: Cases,
    /// Document `bugs`.
    pub bugs: Bugs,
    /// Document `issues`.
    pub issues: Issues,
    /// Document `cards`.
    pub cards: Cards,
    /// Document `stats`.
    pub stats: Stats,
    /// Document `timestamp`.
    pub refreshed: Option<DateTime<Utc>>,
}

impl Board {
    /// The documents that a board is made of; a change of another leaves the board as it is.
    pub const DOCUMENTS: &[Document] = &[
        Document::Cases,
        Document::Bugs,
        Document::Issues,
        Document::Cards,
        Document::Stats,
        Document::Timestamp,
    ];

    /// Builds a board from typed documents.
    pub fn build(parts: BoardParts, rules: &Arc<Rules>) -> Self {
        let (mut case_problems, mut card_problems) = (Problems::default(), Problems::default());
        let cases = CaseTable::build(parts.cases, rules, &mut case_problems);
        let bugs = TrackerTable::build(parts.bugs);
        let issues = TrackerTable::build(Some(parts.issues));
        let mut builder = CardsBuilder::new(rules, &cases, &bugs, &issues);
        for (key, card) in parts.cards {
            builder.add(key, card, &mut card_problems);
        }
        let cards = builder.finish();
        let parts = Parts {
            cases: Part::new(cases, case_problems),
            bugs: Part::new(bugs, Problems::default()),
            issues: Part::new(issues, Problems::default()),
            cards: Part::new(cards, card_problems),
            history: Part::new(parts.stats, Problems::default()),
            refreshed: Part::new(parts.refreshed, Problems::default()),
        };
        Self::join(parts, rules)
    }

    fn join(parts: Parts, rules: &Arc<Rules>) -> Self {
        let Parts { cases, bugs, issues, cards, history, refreshed } = parts;
        let numbers = || cases.table.all.iter().map(|case| &case.number);
        let bugs_of_cases = bugs.table.rows_of(numbers());
        let issues_of_cases = issues.table.rows_of(numbers());
        let rules = Arc::clone(rules);
        let statistics = Daily::default();
        Self {
            rules,
            cases,
            bugs,
            issues,
            cards,
            history,
            refreshed,
            bugs_of_cases,
            issues_of_cases,
            statistics,
        }
    }

    /// The settings it was built with.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// When the cards were last refreshed; `None` if that was never, or cannot be told.
    pub fn refreshed(&self) -> Option<DateTime<Utc>> {
        *self.refreshed.table
    }

    /// All cards, by project and number.
    pub fn cards(&self) -> &[Card] {
        &self.cards.table.all
    }

    /// The card of that key.
    pub fn card(&self, key: &str) -> Option<&Card> {
        self.cards().get(*self.cards.table.by_key.get(key)? as usize)
    }

    /// The cards that track the case.
    pub fn cards_of_case(&self, number: &str) -> impl Iterator<Item = &Card> {
        self.at(self.cards.table.by_case.get(number))
    }

    /// The cards whose case has that status.
    pub fn cards_by_case_status(&self, status: &CaseStatus) -> impl Iterator<Item = &Card> {
        self.at(self.cards.table.by_case_status.get(status))
    }

    /// The cards with that internal status.
    pub fn cards_by_card_status(&self, status: &CardStatus) -> impl Iterator<Item = &Card> {
        self.at(self.cards.table.by_card_status.get(status))
    }

    /// How many cards have each internal status: the known ones in order even where it is 0, then others.
    pub fn card_statuses(&self) -> BTreeMap<CardStatus, u64> {
        let known = CardStatus::KNOWN.iter().map(|status| (status.clone(), 0));
        let found = self.cards.table.by_card_status.iter();
        known.chain(found.map(|(status, cards)| (status.clone(), cards.len() as u64))).collect()
    }

    /// All cases, by number.
    pub fn cases(&self) -> &[Case] {
        &self.cases.table.all
    }

    /// The case of that number.
    pub fn case(&self, number: &str) -> Option<&Case> {
        self.cases.table.get(number)
    }

    /// The bugs linked to the case.
    pub fn bugs_of(&self, case: &str) -> &[Bug] {
        self.bugs.table.of(case).map_or(&[], |list| list)
    }

    /// The Jira issues linked to the case.
    pub fn issues_of(&self, case: &str) -> &[Issue] {
        self.issues.table.of(case).map_or(&[], |list| list)
    }

    /// Whether the document `bugs` says that Bugzilla is configured.
    pub fn has_bugzilla(&self) -> bool {
        self.bugs.table.configured
    }

    /// Every account that has a card or a case, by name.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let both = [&self.cards.table.by_account, &self.cases.table.by_account];
        let names: std::collections::BTreeSet<&str> =
            both.into_iter().flat_map(BTreeMap::keys).map(|name| &**name).collect();
        names.into_iter()
    }

    /// Everybody who is assigned to a card, by name.
    pub fn engineers(&self) -> impl Iterator<Item = &str> {
        self.cards.table.by_engineer.keys().map(|name| &**name)
    }

    /// The statistics by day, as far as the time series show them.
    pub fn history(&self) -> &Stats {
        &self.history.table
    }

    /// What was wrong with the document; of one that no board is made of, nothing is known.
    pub fn problems(&self, document: Document) -> Option<&Problems> {
        match document {
            Document::Cases => Some(&self.cases.problems),
            Document::Bugs => Some(&self.bugs.problems),
            Document::Issues => Some(&self.issues.problems),
            Document::Cards => Some(&self.cards.problems),
            Document::Stats => Some(&self.history.problems),
            Document::Timestamp => Some(&self.refreshed.problems),
            _ => None,
        }
    }

    pub(crate) fn card_groups(&self) -> (&Groups, &Groups) {
        (&self.cards.table.by_account, &self.cards.table.by_engineer)
    }

    pub(crate) fn statistics_by_day(&self) -> &Daily<Statistics> {
        &self.statistics
    }

    /// The bugs, and where those of each case are.
    pub(crate) fn bug_table(&self) -> (&TrackerTable<Bug>, &RowOfCase) {
        (&self.bugs.table, &self.bugs_of_cases)
    }

    /// The issues, and where those of each case are.
    pub(crate) fn issue_table(&self) -> (&TrackerTable<Issue>, &RowOfCase) {
        (&self.issues.table, &self.issues_of_cases)
    }

    fn at<'a>(&'a self, positions: Option<&'a Vec<u32>>) -> impl Iterator<Item = &'a Card> {
        positions.into_iter().flatten().filter_map(|position| self.cards().get(*position as usize))
    }
}

impl<T> Part<T> {
    fn new(table: T, problems: Problems) -> Self {
        Self { table: Arc::new(table), problems: Arc::new(problems) }
    }
}

impl<T: Default> Default for Part<T> {
    fn default() -> Self {
        Self::new(T::default(), Problems::default())
    }
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self { table: Arc::clone(&self.table), problems: Arc::clone(&self.problems) }
    }
}
