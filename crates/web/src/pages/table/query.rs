//! What the table's address says: text, filters, order, page, open row. Read strictly, written back as a link.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Uri;
use t5g_model::board::{Board, Card};
use t5g_model::query::{self, Property, Query, QueryError, Word as _};
use url::form_urlencoded;

use chrono::{DateTime, Utc};

use crate::error::AppError;
use crate::live::table::Column;

/// The longest key of an open row, in characters.
const KEY: usize = 300;
/// The most filters in one address.
const FILTERS: usize = 50;

/// A field that is filtered by its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    Severity,
    CaseStatus,
    CardStatus,
    Account,
    Engineer,
    Product,
}

impl Facet {
    pub(crate) const ALL: [Self; 6] =
        [Self::Severity, Self::CaseStatus, Self::CardStatus, Self::Account, Self::Engineer, Self::Product];

    /// Name in addresses, and for people.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Severity => ("sev", "Severity"),
            Self::CaseStatus => ("case", "Case status"),
            Self::CardStatus => ("status", "Internal status"),
            Self::Account => ("account", "Account"),
            Self::Engineer => ("engineer", "Assignee"),
            Self::Product => ("product", "Product"),
        }
    }

    fn value(self, card: &Card) -> &str {
        match self {
            Self::Severity => card.severity.word(),
            Self::CaseStatus => card.case_status.as_str(),
            Self::CardStatus => card.card_status.as_str(),
            Self::Account => &card.account,
            Self::Engineer => card.engineer().unwrap_or_default(),
            Self::Product => &card.product,
        }
    }
}

/// The order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: Column,
    pub(crate) descending: bool,
}

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TableQuery {
    /// What stands in the box, as typed: a query in the filter language, perhaps a wrong one.
    pub(crate) text: String,
    /// Any of the values of a field, all of the fields.
    pub(crate) facets: BTreeMap<Facet, BTreeSet<String>>,
    /// All of them.
    pub(crate) flags: BTreeSet<Property>,
    /// `None`: the usual order.
    pub(crate) sort: Option<Sort>,
    /// From 0.
    pub(crate) page: usize,
    /// The card whose row is open.
    pub(crate) open: Option<String>,
}

impl TableQuery {
    /// Reads it. Unknown names are passed over (the old dashboard's addresses have them); values that cannot
    /// be are errors that say what can.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut query = Self::default();
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        for (name, value) in pairs.filter(|(_, value)| !value.is_empty()).take(FILTERS) {
            query.set(&name, value.trim())?;
        }
        Ok(query)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), AppError> {
        if let Some(facet) = Facet::ALL.into_iter().find(|facet| facet.names().0 == name) {
            self.facets.entry(facet).or_default().insert(value.to_owned());
            return Ok(());
        }
        match name {
            // One more than is allowed, so that a longer one is an error and not silently another query.
            "q" => self.text = value.chars().take(query::LENGTH + 1).collect(),
            "is" => {
                let all = || Property::ALL.iter().map(|flag| flag.name()).collect::<Vec<_>>();
                let known = Property::by_word(value);
                self.flags.insert(known.ok_or_else(|| unknown("is", value, &all()))?);
            }
            "sort" => {
                let all = Column::ALL.map(|column| column.names().0);
                let (bare, descending) = value.strip_prefix('-').map_or((value, false), |bare| (bare, true));
                let column = Column::by_name(bare).ok_or_else(|| unknown("sort", value, &all))?;
                self.sort = Some(Sort { column, descending });
            }
            "page" => {
                let page = value.parse::<usize>().ok().and_then(|page| page.checked_sub(1));
                self.page = page.ok_or_else(|| unknown("page", value, &["1", "2", "…"]))?;
            }
            "open" => self.open = Some(value.chars().take(KEY).collect()),
            _ => {}
        }
        Ok(())
    }

    /// Its parts by name, as they stand in an address.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        for (facet, values) in &self.facets {
            pairs.extend(values.iter().map(|value| (facet.names().0, value.clone())));
        }
        pairs.extend(self.flags.iter().map(|flag| ("is", flag.name().to_owned())));
        if let Some(sort) = self.sort {
            let minus = if sort.descending { "-" } else { "" };
            pairs.push(("sort", format!("{minus}{}", sort.column.names().0)));
        }
        if self.page > 0 {
            pairs.push(("page", (self.page + 1).to_string()));
        }
        pairs.extend(self.open.iter().map(|key| ("open", key.clone())));
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

    /// Whether anything narrows the rows down.
    pub(crate) fn is_filtered(&self) -> bool {
        !(self.text.is_empty() && self.facets.is_empty() && self.flags.is_empty())
    }

    /// The query in the box.
    pub(crate) fn search(&self) -> Result<Query, QueryError> {
        Query::parse(&self.text)
    }

    /// Whether the card passes the fields and properties; the query in the box is asked elsewhere.
    pub(crate) fn takes(&self, board: &Board, card: &Card, now: DateTime<Utc>) -> bool {
        self.facets.iter().all(|(facet, values)| values.contains(facet.value(card)))
            && self.flags.iter().all(|flag| flag.holds(board, card, now))
    }
}

fn unknown(name: &str, value: &str, known: &[&str]) -> AppError {
    let shown: String = value.chars().take(80).collect();
    AppError::BadRequest(format!(
        "The address says {name}={shown}, which is not known. Known are: {}.",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<TableQuery, AppError> {
        TableQuery::read(&format!("/table/all?{query}").parse().unwrap())
    }

    #[test]
    fn a_query_survives_the_way_through_an_address() {
        let text = "q=a+%26%23+%ED%95%9C&sev=High&sev=Urgent&account=A%2FB+%22x%22&is=open&is=breached&sort=-days&page=3&open=K-1";
        let query = read(text).unwrap();
        assert_eq!(query.text, "a &# 한");
        assert_eq!(query.facets[&Facet::Severity].len(), 2);
        assert_eq!(query.page, 2);
        let link = query.link("/table/all");
        assert_eq!(TableQuery::read(&link.parse().unwrap()).unwrap(), query);
    }

    #[test]
    fn nothing_said_is_a_plain_address() {
        let query = read("q=&sev=&unknown=1").unwrap();
        assert_eq!(query, TableQuery::default());
        assert_eq!(query.link("/table/all"), "/table/all");
        assert!(!query.is_filtered());
    }

    #[test]
    fn what_cannot_be_is_an_error_that_says_what_can() {
        for bad in ["is=x", "sort=x", "sort=--days", "page=0", "page=-1", "page=99999999999999999999"] {
            let error = read(bad).unwrap_err().to_string();
            assert!(error.contains("Known are: "), "{bad}: {error}");
        }
    }
}
