//! What the table's address says: text, filters, order, columns, page, open rows. The page, its rows for scripts and
//! its exports are all made from this one view; it is read strictly and written back as a link.

mod legacy;
mod protocol;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use t5g_model::query::{Property, Query, QueryError, Word as _};
use url::form_urlencoded;

pub(crate) use protocol::Draw;

use crate::live::table::{Column, Facet, Sort, USUAL};

/// Rows of a page where nobody chose another number.
pub(crate) const ROWS: usize = 50;
/// The most rows of a page.
pub(crate) const MOST_ROWS: usize = 200;
/// The longest value that pages offer to filter by, in characters: longer ones are looked for in the box.
pub(crate) const LONGEST: usize = 300;
/// The most rows that an address holds open one by one.
pub(crate) const MOST_OPEN: usize = 200;

/// How many rows a page has: 1 to [`MOST_ROWS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows(usize);

impl Default for Rows {
    fn default() -> Self {
        Self(ROWS)
    }
}

impl Rows {
    pub(crate) const fn get(self) -> usize {
        self.0
    }
}

/// Which rows are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Open {
    /// These cards', by key.
    Keys(BTreeSet<String>),
    /// All of the page.
    All,
}

impl Default for Open {
    fn default() -> Self {
        Self::Keys(BTreeSet::new())
    }
}

impl Open {
    /// Whether the row of that card is.
    pub(crate) fn has(&self, key: &str) -> bool {
        match self {
            Self::Keys(keys) => keys.contains(key),
            Self::All => true,
        }
    }
}

/// The view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TableQuery {
    /// What stands in the box, as typed: a query in the filter language, perhaps a wrong one.
    pub(crate) text: String,
    /// Any of the values of a facet, all of the facets.
    pub(crate) facets: BTreeMap<Facet, BTreeSet<String>>,
    /// All of them.
    pub(crate) flags: BTreeSet<Property>,
    /// Empty: the usual order.
    pub(crate) sort: Vec<Sort>,
    /// Empty: the usual ones.
    pub(crate) columns: Vec<Column>,
    /// Of a page.
    pub(crate) rows: Rows,
    /// From 0.
    pub(crate) page: usize,
    pub(crate) open: Open,
    /// Facets of which all values are shown.
    pub(crate) more: BTreeSet<Facet>,
}

impl TableQuery {
    /// Its parts by name, as they stand in an address.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.filter_pairs();
        pairs.extend(self.shape_pairs());
        if self.page > 0 {
            pairs.push(("page", (self.page + 1).to_string()));
        }
        match &self.open {
            Open::Keys(keys) => pairs.extend(keys.iter().map(|key| ("open", key.clone()))),
            Open::All => pairs.push(("open", "all".to_owned())),
        }
        pairs
    }

    /// The parts that choose among the cards.
    fn filter_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        for (facet, values) in &self.facets {
            pairs.extend(values.iter().map(|value| (facet.names().0, value.clone())));
        }
        pairs.extend(self.flags.iter().map(|flag| ("is", flag.name().to_owned())));
        pairs
    }

    /// The parts that say how they are shown.
    pub(crate) fn shape_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.sort.is_empty() {
            pairs.push(("sort", written(&self.sort)));
        }
        if !self.columns.is_empty() {
            pairs.push(("cols", joined(self.columns.iter().map(|column| column.names().0.to_owned()))));
        }
        if self.rows != Rows::default() {
            pairs.push(("rows", self.rows.get().to_string()));
        }
        pairs.extend(self.more.iter().map(|facet| ("more", facet.names().0.to_owned())));
        pairs
    }

    /// As a link to `path`.
    pub(crate) fn link(&self, path: &str) -> String {
        let pairs = self.pairs();
        if pairs.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    /// The same cards in the same order and columns, from the first page, nothing open: what exports are of.
    pub(crate) fn whole(&self) -> Self {
        Self { page: 0, open: Open::default(), more: BTreeSet::new(), rows: Rows::default(), ..self.clone() }
    }

    /// From the first row on, nothing open: what changing a filter or the order leads to.
    pub(crate) fn at_the_start(&self) -> Self {
        Self { page: 0, open: Open::default(), ..self.clone() }
    }

    /// Whether anything narrows the rows down.
    pub(crate) fn is_filtered(&self) -> bool {
        !(self.text.is_empty() && self.facets.is_empty() && self.flags.is_empty())
    }

    /// The query in the box.
    pub(crate) fn search(&self) -> Result<Query, QueryError> {
        Query::parse(&self.text)
    }

    /// The columns shown, in order.
    pub(crate) fn shown(&self) -> Vec<Column> {
        if self.columns.is_empty() { Column::usual().collect() } else { self.columns.clone() }
    }

    /// What the rows are sorted by.
    pub(crate) fn order(&self) -> &[Sort] {
        if self.sort.is_empty() { &USUAL } else { &self.sort }
    }

    /// Shows these columns: the case always and first, each once; the usual ones are no choice.
    pub(crate) fn choose_columns(&mut self, chosen: impl IntoIterator<Item = Column>) {
        let mut columns = vec![Column::Case];
        for column in chosen {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        self.columns = if columns.iter().copied().eq(Column::usual()) { Vec::new() } else { columns };
    }

    /// Sorts by these, each once; the usual order is no choice.
    pub(crate) fn choose_sort(&mut self, chosen: impl IntoIterator<Item = Sort>) {
        let mut sort: Vec<Sort> = Vec::new();
        for one in chosen {
            if !sort.iter().any(|known| known.column == one.column) {
                sort.push(one);
            }
        }
        self.sort = if sort == USUAL { Vec::new() } else { sort };
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(",")
}

/// An order as an address says it.
pub(crate) fn written(sort: &[Sort]) -> String {
    let one = |sort: &Sort| {
        let minus = if sort.descending { "-" } else { "" };
        format!("{minus}{}", sort.column.names().0)
    };
    joined(sort.iter().map(one))
}
