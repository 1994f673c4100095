//! Cards were made for new cases, or opened again: one letter for all of them.

use std::fmt::Write as _;

use t5g_model::names::{CardKey, CaseNumber, Severity};

use super::super::body::{Body, Cell};
use super::{Content, SUBJECT, count};

/// A case, as letters tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCase {
    /// Its number.
    pub case: CaseNumber,
    /// Its address for people.
    pub url: String,
    /// Whose it is.
    pub account: String,
    /// How bad it is.
    pub severity: Severity,
    /// Its summary.
    pub problem: String,
}

/// A card that was made or opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCard {
    /// Its case.
    pub case: ToldCase,
    /// Its key; `None`: it is not made yet.
    pub card: Option<CardKey>,
    /// Its address for people, if Jira's is known.
    pub url: Option<String>,
    /// Who takes it.
    pub assignee: Option<String>,
    /// Whether it was opened again.
    pub reopened: bool,
}

/// The letter about new cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCards {
    /// The configured words before the colon.
    pub subject: String,
    /// All of them.
    pub cards: Vec<ToldCard>,
}

impl ToldCase {
    /// Number, severity, account, problem.
    pub(super) fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::link(self.case.as_str(), Some(&self.url)),
            Cell::known(self.severity.word()),
            Cell::known(&self.account),
            Cell::known(&self.problem),
        ]
    }
}

impl NewCards {
    /// The subject: the configured words, a colon, the case numbers, as many as fit.
    pub fn subject(&self) -> String {
        let words = super::tame::line(&self.subject, SUBJECT / 2);
        let mut subject = format!("{words}:");
        for (at, card) in self.cards.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let next = format!("{comma} {}", card.case.case);
            let left = self.cards.len() - at;
            // Room for what says how many are left out.
            if subject.chars().count() + next.len() > SUBJECT - 20 {
                // Writing to a text cannot fail.
                let _ = write!(subject, "{comma} and {left} more");
                break;
            }
            subject.push_str(&next);
        }
        subject
    }

    /// What it says.
    pub fn content(&self) -> Content {
        let reopened = self.cards.iter().filter(|card| card.reopened).count();
        let made = self.cards.len() - reopened;
        let lead = match (made, reopened) {
            (_, 0) => format!("There {}.", cards(made)),
            (0, _) => format!("Open again: {}.", count(reopened, "card", "cards")),
            _ => format!("There {}; {} again.", cards(made), opened(reopened)),
        };
        let row = |card: &ToldCard| {
            let mut cells = card.case.cells();
            cells.push(Cell::words(card.assignee.as_deref().unwrap_or("nobody")));
            let key = card.card.as_ref().map_or("(the new card)", CardKey::as_str);
            cells.push(Cell::link(key, card.url.as_deref()));
            cells.push(Cell::words(if card.reopened { "reopened" } else { "" }));
            cells
        };
        let head = ["Case", "Severity", "Account", "Problem", "Assigned to", "Card", ""];
        let rows = self.cards.iter().map(row).collect();
        Content::new(&self.subject(), &Body::default().paragraph(&lead).table("Cards", &head, rows))
    }
}

fn cards(number: usize) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{verb} {}", count(number, "new card", "new cards"))
}

fn opened(number: usize) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb} open", count(number, "card", "cards"))
}
