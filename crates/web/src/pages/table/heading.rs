//! The headings of the columns, which are links that sort.

use serde::Serialize;

use crate::live::table::{Column, Sort};
use crate::pages::table::query::TableQuery;

/// One heading.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Heading {
    name: &'static str,
    label: &'static str,
    href: String,
    /// `ascending` or `descending`, of the first column that rows are sorted by.
    sorted: Option<&'static str>,
    /// `up` or `down`, of each of them.
    arrow: Option<&'static str>,
    /// Which one it is, from 1, where there are several.
    place: Option<usize>,
    /// Whether the largest come first when it is chosen.
    largest_first: bool,
}

impl Heading {
    /// All that are shown.
    pub(super) fn all(query: &TableQuery, path: &str) -> Vec<Self> {
        query.shown().into_iter().map(|column| Self::of(column, query, path)).collect()
    }

    fn of(column: Column, query: &TableQuery, path: &str) -> Self {
        let order = query.order();
        let place = order.iter().position(|sort| sort.column == column);
        let now = place.and_then(|place| order.get(place)).copied();
        let descending = now.map_or(column.largest_first(), |sort| !sort.descending);
        let mut sorted = query.at_the_start();
        sorted.choose_sort([Sort { column, descending }]);
        let (name, label) = column.names();
        Self {
            name,
            label,
            href: sorted.link(path),
            sorted: now.filter(|_| place == Some(0)).map(|sort| way(sort, "ascending", "descending")),
            arrow: now.map(|sort| way(sort, "up", "down")),
            place: place.filter(|_| order.len() > 1).map(|place| place + 1),
            largest_first: column.largest_first(),
        }
    }
}

fn way(sort: Sort, up: &'static str, down: &'static str) -> &'static str {
    if sort.descending { down } else { up }
}
