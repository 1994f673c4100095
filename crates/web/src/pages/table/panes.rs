//! The facets beside the table: values with how many cards each would leave, and the columns to choose from.

use std::cmp::Reverse;

use serde::Serialize;

use crate::live::LiveBoard;
use crate::live::table::{Column, Counts, Facet};
use crate::pages::table::query::{LONGEST, TableQuery};
use crate::text::neutral;
use crate::view::words::count;

/// Values of a pane that stand there at first, those with most cards; the others come when asked for.
const LISTED: usize = 8;
/// The same where most values are known beforehand, and so few.
const LISTED_KNOWN: usize = 20;
/// The longest value that is repeated as a label, in characters.
const LABEL: usize = 80;

/// One facet.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pane {
    name: &'static str,
    label: &'static str,
    /// Whether its values are seen at first.
    open: bool,
    picks: Vec<Pick>,
    more: Option<More>,
}

/// A value that can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pick {
    value: String,
    label: String,
    count: u32,
    chosen: bool,
}

/// The way to all values of a facet, or back to the first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct More {
    words: String,
    href: String,
}

impl Pane {
    /// All of them.
    pub(super) fn all(live: &LiveBoard, query: &TableQuery, counts: &Counts, path: &str) -> Vec<Self> {
        Facet::ALL.into_iter().map(|facet| Self::of(facet, live, query, counts, path)).collect()
    }

    fn of(facet: Facet, live: &LiveBoard, query: &TableQuery, counts: &Counts, path: &str) -> Self {
        let values = live.derived.table.facets().values(facet, counts);
        let chosen = query.facets.get(&facet);
        let is_chosen = |name: &str| chosen.is_some_and(|chosen| chosen.contains(name));
        let pick = |name: &str, count: u32| Pick {
            value: name.to_owned(),
            label: shortened(&facet.label(name)),
            count,
            chosen: is_chosen(name),
        };
        let offered = values.iter().filter(|value| value.name.chars().nth(LONGEST).is_none());
        let mut picks: Vec<_> = offered.map(|value| pick(value.name, value.count)).collect();
        // A value that no card of this board has can still be in the address, and must be droppable.
        let foreign = chosen.into_iter().flatten().filter(|name| {
            let known = |value: &crate::live::table::Value<'_>| value.name == name.as_str();
            !values.iter().any(known)
        });
        picks.extend(foreign.map(|name| pick(name, 0)));
        let all = picks.len();
        let (name, label) = facet.names();
        let whole = query.more.contains(&facet);
        let named = matches!(facet, Facet::Product | Facet::Account | Facet::Engineer);
        let listed = if named { LISTED } else { LISTED_KNOWN };
        if all > listed && !whole {
            picks.sort_by_key(|pick| (Reverse(pick.chosen), Reverse(pick.count)));
            let most = listed.max(picks.iter().filter(|pick| pick.chosen).count());
            picks.truncate(most);
        }
        let mut other = query.clone();
        if !other.more.remove(&facet) {
            other.more.insert(facet);
        }
        let words = if whole { format!("First {listed}") } else { format!("All {all}") };
        Self {
            name,
            label,
            open: !matches!(facet, Facet::CaseStatus | Facet::Engineer) || chosen.is_some(),
            more: (all > listed).then(|| More { words, href: other.link(path) }),
            picks,
        }
    }
}

/// A column that can be shown or not.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ColumnChoice {
    name: &'static str,
    label: &'static str,
    shown: bool,
    /// The case is always shown, and first.
    fixed: bool,
    moves: Vec<Move>,
}

/// A way to change places with a neighbour.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Move {
    value: String,
    words: &'static str,
    icon: &'static str,
}

impl ColumnChoice {
    /// Those shown, in order, then the others.
    pub(super) fn all(query: &TableQuery) -> Vec<Self> {
        let shown = query.shown();
        let others = Column::ALL.into_iter().filter(|column| !shown.contains(column));
        let one = |(place, column): (usize, Column)| {
            let (name, label) = column.names();
            let to = |possible: bool, side: &str, words, icon| {
                possible.then(|| Move { value: format!("{name}-{side}"), words, icon })
            };
            let left = to(place > 1 && place < shown.len(), "left", "to the left", "up");
            let right = to(place > 0 && place + 1 < shown.len(), "right", "to the right", "down");
            Self {
                name,
                label,
                shown: place < shown.len(),
                fixed: column == Column::Case,
                moves: left.into_iter().chain(right).collect(),
            }
        };
        shown.iter().copied().chain(others).enumerate().map(one).collect()
    }
}

/// How many filters hold, for a label: empty for none.
pub(super) fn filters(query: &TableQuery) -> String {
    let values: usize = query.facets.values().map(std::collections::BTreeSet::len).sum();
    match values {
        0 => String::new(),
        values => count(values, "value"),
    }
}

/// For a label: the box has the whole text, and as it is.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", neutral(text.get(..end).unwrap_or_default())),
        None => neutral(text).into_owned(),
    }
}
