//! What is refreshed as one: a source of documents with a freshness of its own.

use std::fmt;
use std::str::FromStr;

use crate::documents::Document;
use crate::names::InvalidName;

macro_rules! sources {
    ($($variant:ident = $name:literal => [$($document:ident),+]),+ $(,)?) => {
        /// A source of documents, in the order in which a cold start fetches them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Source {
            $(#[doc = $name] $variant,)+
        }

        impl Source {
            /// All sources, in cold-start order: each needs only those before it.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in commands, addresses and the ledger.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The documents that a refresh of this source writes.
            pub const fn documents(self) -> &'static [Document] {
                match self { $(Self::$variant => &[$(Document::$document),+],)+ }
            }
        }
    };
}

sources! {
    Cases = "cases" => [Cases],
    Details = "details" => [Details, CaseBz],
    Bugs = "bugs" => [Bugs],
    Issues = "issues" => [Issues],
    Escalations = "escalations" => [Escalations],
    Cards = "cards" => [Cards, Timestamp],
    Stats = "stats" => [Stats],
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Source {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|source| source.name() == text).ok_or_else(|| InvalidName {
            text: text.chars().take(80).collect(),
            expected: "a source (cases, details, bugs, issues, escalations, cards, stats)",
        })
    }
}
