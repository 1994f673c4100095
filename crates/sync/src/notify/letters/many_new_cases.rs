//! More new cases came at once than cards are made for without asking.

use super::super::body::Body;
use super::{Content, ToldCase};

/// The words that the people of the Python dashboard sort their mail by.
const SUBJECT: &str = "High New Case Count Detected";

/// The letter about too many new cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManyNewCases {
    /// All of them.
    pub cases: Vec<ToldCase>,
    /// For how many cards are made without asking.
    pub limit: u32,
    /// Where an operator releases or rejects the plan, if the dashboard's address is known.
    pub release: Option<String>,
}

impl ManyNewCases {
    /// What it says.
    pub fn content(&self) -> Content {
        let (count, limit) = (self.cases.len(), self.limit);
        let lead = format!(
            "{count} new cases came at once; cards are made for at most {limit} without asking \
             (cards.max_to_create). No card was made. The plan waits until an operator releases or rejects it."
        );
        let how = match self.release {
            Some(_) => "",
            None => "It is at /cards/plan on the dashboard; `t5g cards plans` lists it too.",
        };
        let rows = self.cases.iter().map(ToldCase::cells).collect();
        let mut body = Body::default().paragraph(&lead).link("Look at the plan", self.release.as_deref());
        if !how.is_empty() {
            body = body.paragraph(how);
        }
        Content::new(SUBJECT, &body.table("New cases", &["Case", "Severity", "Account", "Problem"], rows))
    }
}
