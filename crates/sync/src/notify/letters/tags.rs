//! Which bugs and issues were tagged, which could not be and why, and what is no bug.

use super::super::body::{Body, Cell};
use super::{Content, count, reasons};

/// A bug or issue that has its tags now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// `bug 1234567` or an issue's key.
    pub what: String,
    /// Its address for people, if it is known.
    pub url: Option<String>,
    /// The tags that were added.
    pub added: Vec<String>,
}

/// Something without tags, and why.
pub type Untagged = (String, String);

/// The letter about tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagSummary {
    /// What was tagged.
    pub tagged: Vec<Tagged>,
    /// What could not be, and why.
    pub failed: Vec<Untagged>,
    /// What is not tagged, and why: an issue that is no bug.
    pub left_out: Vec<Untagged>,
}

impl TagSummary {
    /// What it says.
    pub fn content(&self) -> Content {
        let tagged = count(self.tagged.len(), "bug or issue was tagged", "bugs and issues were tagged");
        let mut parts = vec![if self.tagged.is_empty() { "nothing was tagged".to_owned() } else { tagged }];
        if !self.failed.is_empty() {
            parts.push(format!("{} could not be", self.failed.len()));
        }
        if !self.left_out.is_empty() {
            parts.push(format!("{} left alone", self.left_out.len()));
        }
        let subject = format!("Tagged bugs: {}", parts.join(", "));
        let row = |one: &Tagged| {
            vec![Cell::link(&one.what, one.url.as_deref()), Cell::words(&one.added.join(", "))]
        };
        let body = Body::default()
            .paragraph(&format!("Of the bugs and issues that are linked to cases, {}.", parts.join(", ")))
            .table("Tagged", &["What", "Tags added"], self.tagged.iter().map(row).collect())
            .table("Could not be tagged", &["What", "Why"], reasons(&self.failed))
            .table("Left alone", &["What", "Why"], reasons(&self.left_out));
        Content::new(&subject, &body)
    }
}
