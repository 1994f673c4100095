//! The letters, one file each: what it tells, as a type with samples, and how it says it.

mod many_new_cases;
mod new_cards;
mod tags;
#[cfg(test)]
mod tests;

pub use many_new_cases::ManyNewCases;
pub use new_cards::{NewCards, ToldCard, ToldCase};
pub use tags::{TagSummary, Tagged, Untagged};

use super::body::{Body, Cell};
use super::tame;

/// The longest subject, in characters: mail programs show no more.
const SUBJECT: usize = 200;

/// A letter's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Content {
    fn new(subject: &str, body: &Body) -> Self {
        Self { subject: tame::line(subject, SUBJECT), text: body.text(), html: body.html() }
    }
}

/// `one case`, `2 cases`.
fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("one {one}") } else { format!("{number} {many}") }
}

/// Rows of something and why.
fn reasons(list: &[(String, String)]) -> Vec<Vec<Cell>> {
    list.iter().map(|(what, why)| vec![Cell::words(what), Cell::words(why)]).collect()
}
