//! What a step of a plan is about, so that everything written about a case or a card can be found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::{CardKey, CaseNumber};

/// What an item of a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A case, and the card that tracks it.
    Case(CaseNumber),
    /// An issue in Jira: a card, or one of engineering's.
    Issue(CardKey),
    /// A bug in Bugzilla.
    Bug(u64),
    /// The plan as a whole: one message for all.
    All,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(number) => write!(f, "case {number}"),
            Self::Issue(key) => write!(f, "issue {key}"),
            Self::Bug(number) => write!(f, "bug {number}"),
            Self::All => f.write_str("all"),
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = match text.split_once(' ') {
            None if text == "all" => Some(Self::All),
            Some(("case", number)) => number.parse().ok().map(Self::Case),
            Some(("issue", key)) => key.parse().ok().map(Self::Issue),
            Some(("bug", number)) => number.parse().ok().map(Self::Bug),
            _ => None,
        };
        known.ok_or_else(|| format!("{text:?} is nothing that a plan can be about"))
    }
}

impl Subject {
    /// The word in the ledger, by which everything about it is found.
    pub fn word(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_come_back_from_their_words() {
        let case = Subject::Case("01234567".parse().unwrap());
        for subject in [case, Subject::Issue("A-1".parse().unwrap()), Subject::Bug(7), Subject::All] {
            assert_eq!(subject.word().parse(), Ok(subject));
        }
        for bad in ["", "case", "case x", "bug -1", "issue 7", "everything"] {
            assert!(bad.parse::<Subject>().is_err(), "{bad}");
        }
    }
}
