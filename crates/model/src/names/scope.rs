//! What a token is good for: four scopes, and sets of them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::names::{InvalidName, Role};

/// One thing that a token may be good for. None includes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reads what viewers see.
    Read,
    /// Refreshes sources.
    Refresh,
    /// Starts and stops jobs, plans and makes cards.
    Write,
    /// Reads and changes what only admins may.
    Admin,
}

impl Scope {
    /// All of them, from least to most.
    pub const ALL: [Self; 4] = [Self::Read, Self::Refresh, Self::Write, Self::Admin];

    /// The word in commands, on pages and in the ledger.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Refresh => "refresh",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The role that somebody needs for the same things. A deployment may let viewers refresh too.
    pub const fn role(self, viewers_refresh: bool) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Refresh if viewers_refresh => Role::Viewer,
            Self::Refresh | Self::Write => Role::Operator,
            Self::Admin => Role::Admin,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| InvalidName {
            text: text.chars().take(80).collect(),
            expected: "a scope (read, refresh, write, admin)",
        })
    }
}

/// A set of scopes, written with blanks between them; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// These; `None` if there are none.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Option<Self> {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        (!scopes.is_empty()).then_some(Self(scopes))
    }

    /// Whether this one is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// All of them, from least to most.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let scopes: BTreeSet<Scope> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let none = || InvalidName { text: String::new(), expected: "at least one scope" };
        Self::new(scopes).ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_come_back_in_order_and_once() {
        let scopes: Scopes = "write read  read".parse().unwrap();
        assert_eq!(scopes.to_string(), "read write");
        assert!(scopes.has(Scope::Read) && !scopes.has(Scope::Admin));
        for bad in ["", " ", "read,write", "Read", "all"] {
            assert!(bad.parse::<Scopes>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_deployments_wish_lets_viewers_refresh() {
        assert_eq!(Scope::Refresh.role(true), Role::Viewer);
        assert_eq!(Scope::Refresh.role(false), Role::Operator);
        assert_eq!(Scope::Write.role(true), Role::Operator);
    }
}
