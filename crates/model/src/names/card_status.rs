//! The team's own status of a card ("internal status"), mapped from Jira's.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! card_statuses {
    ($($(#[$attribute:meta])* $variant:ident = $words:literal),+ $(,)?) => {
        /// Internal status of a card. Orders along the card's life; a status of Jira's that the map does
        /// not know is shown by its own name and comes last.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub enum CardStatus {
            $($(#[$attribute])* #[doc = $words] $variant,)+
            /// A Jira status that the map does not know, by its own name.
            Other(Box<str>),
        }

        impl CardStatus {
            /// The statuses known by name, along the card's life.
            pub const KNOWN: &[Self] = &[$(Self::$variant),+];

            /// The words shown and stored.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $words,)+
                    Self::Other(words) => words,
                }
            }
        }
    };
}

card_statuses! {
    #[default]
    New = "New",
    Backlog = "Backlog",
    Debugging = "Debugging",
    EngWorking = "Eng Working",
    Backport = "Backport",
    ReadyToClose = "Ready To Close",
    Blocked = "Blocked",
    Done = "Done",
}

impl CardStatus {
    /// Position along the card's life, from 0; unknown ones share the last place.
    pub fn rank(&self) -> usize {
        Self::KNOWN.iter().position(|known| known == self).unwrap_or(Self::KNOWN.len())
    }
}

impl FromStr for CardStatus {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::KNOWN.iter().find(|known| known.as_str() == text);
        Ok(known.cloned().unwrap_or_else(|| Self::Other(text.into())))
    }
}

impl PartialOrd for CardStatus {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CardStatus {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.as_str().cmp(other.as_str()))
    }
}

impl fmt::Display for CardStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CardStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CardStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(status) = String::deserialize(deserializer)?.parse();
        Ok(status)
    }
}
