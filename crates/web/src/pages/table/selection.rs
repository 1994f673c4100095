//! Which cards a table is about, and the ways to the others.

use serde::Serialize;

/// Which cards the address is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Every card.
    All,
    /// Cards with a comment younger than 7 days.
    Recent,
}

impl Selection {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::All => "/table/all",
            Self::Recent => "/table/",
        }
    }
}

/// A way to the other selection.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tab {
    label: &'static str,
    href: &'static str,
    current: bool,
}

impl Tab {
    pub(super) fn of(one: Selection, current: Selection) -> Self {
        let label = match one {
            Selection::All => "All",
            Selection::Recent => "Updated in the last 7 days",
        };
        Self { label, href: one.path(), current: one == current }
    }
}
