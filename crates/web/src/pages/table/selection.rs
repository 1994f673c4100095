//! Which cards a table is about, and the ways to the others.

use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::figures::TRENDS_LABEL;

use chrono::NaiveDate;

/// Which cards the address is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Every card.
    All,
    /// Cards with a comment younger than 7 days.
    Recent,
    /// Cards that show a trend.
    Trends,
}

impl Selection {
    pub(crate) const EACH: [Self; 3] = [Self::All, Self::Recent, Self::Trends];

    /// The page.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::All => "/table/all",
            Self::Recent => "/table/",
            Self::Trends => "/table/trends",
        }
    }

    /// Where scripts ask for its rows.
    pub(crate) const fn rows_path(self) -> &'static str {
        match self {
            Self::All => "/table/all/rows",
            Self::Recent => "/table/recent/rows",
            Self::Trends => "/table/trends/rows",
        }
    }

    /// As addresses of exports begin, and files are called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Recent => "recent",
            Self::Trends => "trends",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::All => "All cards",
            Self::Recent => "Recently updated cards",
            Self::Trends => "Trends",
        }
    }

    /// What it is about, after a number of cards.
    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Recent => " with a comment of the last 7 days",
            Self::Trends => " that show a trend",
        }
    }

    /// What stands in place of its rows if there are none.
    pub(super) fn empty(self, board: &Board) -> &'static str {
        match self {
            _ if board.cards().is_empty() => {
                "No card has come yet. The state of the sources says which one has not run."
            }
            Self::All => "There is no card.",
            Self::Recent => "No card has a comment of the last 7 days.",
            Self::Trends => "No card carries the label Trends.",
        }
    }

    /// Whether the card belongs to it.
    pub(super) fn has(self, card: &Card, today: NaiveDate) -> bool {
        match self {
            Self::All => true,
            Self::Recent => card.commented_on.is_some_and(|on| (today - on).num_days() < 7),
            Self::Trends => card.has_label(TRENDS_LABEL),
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
            Selection::Trends => "Trends",
        };
        Self { label, href: one.path(), current: one == current }
    }
}
