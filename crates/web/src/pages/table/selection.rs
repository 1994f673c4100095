//! Which cards a table is about, and the ways to the others.

use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::figures::TRENDS_LABEL;

use chrono::NaiveDate;

use crate::pages::table::form::labels;
use crate::pages::table::query::TableQuery;

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

    /// What a view of it shows, in words.
    pub(crate) fn shows(self, query: &TableQuery) -> String {
        let filters = labels(query).into_iter();
        let sort = query.sort.iter().map(|sort| {
            let turned = if sort.descending { ", the largest first" } else { "" };
            format!("sorted by {}{turned}", sort.column.names().1)
        });
        let words: Vec<_> = std::iter::once(self.title().to_owned()).chain(filters).chain(sort).collect();
        words.join(" · ")
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
pub(crate) struct Tab {
    label: &'static str,
    href: &'static str,
    current: bool,
}

impl Tab {
    /// All of them, and the way to the saved views, where nothing is current.
    pub(crate) fn all(current: Option<Selection>) -> Vec<Self> {
        let saved = Self { label: "Saved views", href: "/views", current: current.is_none() };
        Selection::EACH.into_iter().map(|one| Self::of(one, current)).chain([saved]).collect()
    }

    fn of(one: Selection, current: Option<Selection>) -> Self {
        let label = match one {
            Selection::All => "All",
            Selection::Recent => "Updated in the last 7 days",
            Selection::Trends => "Trends",
        };
        Self { label, href: one.path(), current: Some(one) == current }
    }
}
