//! Which cards got the priority of their case's severity.

use std::fmt::Write as _;

use t5g_model::names::CardKey;

use super::super::body::{Body, Cell};
use super::{Content, ToldCase, count, reasons};

/// A card with another priority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriorityChange {
    /// The card.
    pub card: CardKey,
    /// Its address for people, if Jira's is known.
    pub url: Option<String>,
    /// Its case.
    pub case: ToldCase,
    /// What it was.
    pub from: Option<String>,
    /// What it is.
    pub to: String,
}

/// The summary of priorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrioritySummary {
    /// What changed.
    pub changed: Vec<PriorityChange>,
    /// Cards that could not be changed, and why.
    pub failed: Vec<(String, String)>,
}

impl PrioritySummary {
    /// What it says.
    pub fn content(&self) -> Content {
        let mut lead = match self.changed.len() {
            0 => "no priority changed".to_owned(),
            number => count(number, "priority changed", "priorities changed"),
        };
        if !self.failed.is_empty() {
            // Writing to a text cannot fail.
            let _ = write!(lead, ", {} could not be", self.failed.len());
        }
        let row = |change: &PriorityChange| {
            vec![
                Cell::link(change.card.as_str(), change.url.as_deref()),
                Cell::words(&format!("{} → {}", change.from.as_deref().unwrap_or("none"), change.to)),
                Cell::link(change.case.case.as_str(), Some(&change.case.url)),
                Cell::words(change.case.severity.word()),
                Cell::words(&change.case.problem),
            ]
        };
        let head = ["Card", "Priority", "Case", "Severity", "Problem"];
        let body = Body::default()
            .paragraph(&format!("Cards follow their cases' severity: {lead}."))
            .table("Changed", &head, self.changed.iter().map(row).collect())
            .table("Could not be changed", &["Card", "Why"], reasons(&self.failed));
        Content::new(&format!("Priorities of cards: {lead}"), &body)
    }
}
