//! A plan: items, each a list of effects that are done in order. Made purely; whoever makes it again from the same
//! facts and seed gets the same.

use serde::{Deserialize, Serialize};

use super::{Effect, Subject};

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// Cards for new cases.
    Cards,
    /// Priorities of cards.
    Priorities,
    /// Tags of bugs and issues.
    Tags,
    /// Who watches cases on the portal.
    Watchers,
    /// Taking back what another plan did.
    Undo,
}

impl PlanKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Cards, Self::Priorities, Self::Tags, Self::Watchers, Self::Undo];

    /// The word in the ledger and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cards => "cards",
            Self::Priorities => "priorities",
            Self::Tags => "tags",
            Self::Watchers => "watchers",
            Self::Undo => "undo",
        }
    }

    /// The kind of that word.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

/// What is to be done about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What it is about.
    pub subject: Subject,
    /// In words: the case's summary.
    pub title: String,
    /// Why it is done so: how the assignee was chosen.
    pub reason: String,
    /// Whether it waits until all other items have ended.
    pub last: bool,
    /// What is done, in order.
    pub steps: Vec<Effect>,
}

/// A subject about which nothing is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What.
    pub subject: Subject,
    /// In words.
    pub title: String,
    /// Why not.
    pub reason: String,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is for.
    pub kind: PlanKind,
    /// The seed of what was left to chance.
    pub seed: u64,
    /// Why a person has to release it first; `None`: nobody has to.
    pub held: Option<String>,
    /// What is done.
    pub items: Vec<PlanItem>,
    /// About what nothing is done.
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// A plan of that kind that does nothing yet.
    pub const fn empty(kind: PlanKind, seed: u64) -> Self {
        Self { kind, seed, held: None, items: Vec::new(), left_out: Vec::new() }
    }

    /// How many effects it has.
    pub fn steps(&self) -> usize {
        self.items.iter().map(|item| item.steps.len()).sum()
    }
}
