//! The headings of the columns, which are links that sort.

use serde::Serialize;

use crate::live::table::Column;
use crate::pages::table::query::{Sort, TableQuery};

#[derive(Debug, Clone, Serialize)]
pub(super) struct Heading {
    label: &'static str,
    href: String,
    sorted: Option<&'static str>,
    right: bool,
}

pub(super) fn heading(column: Column, query: &TableQuery, path: &str) -> Heading {
    let now = query.sort.filter(|sort| sort.column == column);
    let descending = now.map_or(column.largest_first(), |sort| !sort.descending);
    let href = TableQuery { sort: Some(Sort { column, descending }), page: 0, open: None, ..query.clone() }
        .link(path);
    let sorted = now.map(|sort| if sort.descending { "descending" } else { "ascending" });
    Heading { label: column.names().1, href, sorted, right: column == Column::DaysOpen }
}
