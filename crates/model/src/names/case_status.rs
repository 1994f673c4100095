//! Where a case stands at the portal.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A case's status. Orders as reports show it: who must act first, then closed, then any other by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CaseStatus {
    /// The team must act.
    WaitingOnRedHat,
    /// The customer must act.
    WaitingOnCustomer,
    /// Done.
    Closed,
    /// Any other status that the portal may invent; open.
    Other(Box<str>),
}

impl CaseStatus {
    /// The statuses that are known by name, in report order.
    pub const KNOWN: [Self; 3] = [Self::WaitingOnRedHat, Self::WaitingOnCustomer, Self::Closed];

    /// The portal's words.
    pub fn as_str(&self) -> &str {
        match self {
            Self::WaitingOnRedHat => "Waiting on Red Hat",
            Self::WaitingOnCustomer => "Waiting on Customer",
            Self::Closed => "Closed",
            Self::Other(words) => words,
        }
    }

    /// Everything but `Closed` is open.
    pub fn is_open(&self) -> bool {
        *self != Self::Closed
    }

    fn rank(&self) -> u8 {
        match self {
            Self::WaitingOnRedHat => 0,
            Self::WaitingOnCustomer => 1,
            Self::Closed => 2,
            Self::Other(_) => 3,
        }
    }
}

impl Default for CaseStatus {
    /// A case of which nothing is known counts as open.
    fn default() -> Self {
        Self::Other("".into())
    }
}

impl FromStr for CaseStatus {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::KNOWN.into_iter().find(|known| known.as_str() == text);
        Ok(known.unwrap_or_else(|| Self::Other(text.into())))
    }
}

impl PartialOrd for CaseStatus {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CaseStatus {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.as_str().cmp(other.as_str()))
    }
}

impl fmt::Display for CaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CaseStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CaseStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(status) = String::deserialize(deserializer)?.parse();
        Ok(status)
    }
}
