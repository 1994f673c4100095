//! What a letter is about. Its words are made when it is sent, from this and from what became of the plan; and before, as
//! they are if all of the plan is done.

use serde::{Deserialize, Serialize};

use crate::names::CaseNumber;

/// A case as letters tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterCase {
    /// Its number.
    pub case: CaseNumber,
    /// Whose it is.
    pub account: String,
    /// The word only: `Urgent`.
    pub severity: String,
    /// Its summary.
    pub problem: String,
    /// Who takes it.
    pub assignee: Option<String>,
    /// Whether an earlier card is opened again.
    pub reopened: bool,
}

/// A letter's words before it is known what it can tell of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterDraft {
    /// The whole subject.
    pub subject: String,
    /// The text; the HTML says the same.
    pub text: String,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum LetterKind {
    /// Cards were made for new cases: only those of which there is a card are told.
    NewCards {
        /// The cases of the plan.
        cases: Vec<LetterCase>,
    },
    /// More new cases came than are made without asking.
    ManyNewCases {
        /// All of them.
        cases: Vec<LetterCase>,
        /// How many are made without asking.
        limit: u32,
    },
    /// What was tagged, and what was not; the former is in the plan's own steps.
    Tagged {
        /// What could not be tagged or is no bug: what, and why.
        left_out: Vec<(String, String)>,
    },
}

impl LetterKind {
    /// The kind's name, for people.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::NewCards { .. } => "new cards",
            Self::ManyNewCases { .. } => "many new cases",
            Self::Tagged { .. } => "what was tagged",
        }
    }
}
