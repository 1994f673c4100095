//! What the address of a list of names says: what is searched for, the order, the page. Read strictly, written back as
//! a link.

use axum::http::Uri;
use t5g_model::figures::{Figure, ScopeCounts};
use t5g_model::query::Property;
use url::form_urlencoded;

use crate::error::AppError;
use crate::view::counted::Counted;

/// The longest text that is searched for, in characters.
pub(super) const SEARCH: usize = 200;

/// What the list can be sorted by. The order is the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    OpenCards,
    HighPrio,
    Escalated,
    OpenCases,
    Cards,
}

impl Column {
    pub(super) const ALL: [Self; 6] =
        [Self::Name, Self::OpenCards, Self::HighPrio, Self::Escalated, Self::OpenCases, Self::Cards];

    /// In addresses, and as a heading.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("name", "Name"),
            Self::OpenCards => ("open", "Open cards"),
            Self::HighPrio => ("high", "High or Urgent"),
            Self::Escalated => ("escalated", "Escalated"),
            Self::OpenCases => ("cases", "Open cases"),
            Self::Cards => ("cards", "All cards"),
        }
    }

    pub(super) const fn value(self, counts: &ScopeCounts) -> u64 {
        match self {
            Self::Name => 0,
            Self::OpenCards => counts.open_cards,
            Self::HighPrio => counts.high_prio,
            Self::Escalated => counts.total_escalations,
            Self::OpenCases => counts.open_cases,
            Self::Cards => counts.cards,
        }
    }

    pub(super) fn counted(self) -> Option<Counted> {
        match self {
            Self::Name => None,
            Self::OpenCards => Some(Counted::cards(&[Property::Open])),
            Self::HighPrio => Some(Counted::Figure(Figure::HighPrio)),
            Self::Escalated => Some(Counted::Figure(Figure::TotalEscalations)),
            Self::OpenCases => Some(Counted::Figure(Figure::OpenCases)),
            Self::Cards => Some(Counted::cards(&[])),
        }
    }
}

/// What the address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamesQuery {
    pub(super) text: String,
    pub(super) column: Column,
    pub(super) descending: bool,
    /// From 0.
    pub(super) page: usize,
}

impl Default for NamesQuery {
    /// Who has most to do comes first.
    fn default() -> Self {
        Self { text: String::new(), column: Column::OpenCards, descending: true, page: 0 }
    }
}

impl NamesQuery {
    /// Reads it.
    pub(super) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).take(20) {
            match &*name {
                "q" => query.text = value.trim().chars().take(SEARCH).collect(),
                "sort" => {
                    let (bare, descending) =
                        value.strip_prefix('-').map_or((&*value, false), |bare| (bare, true));
                    let column = Column::ALL.into_iter().find(|column| column.names().0 == bare);
                    query.column = column.ok_or_else(|| unknown_sort(&value))?;
                    query.descending = descending;
                }
                "page" => {
                    let page = value.parse::<usize>().ok().and_then(|page| page.checked_sub(1));
                    let none = || AppError::BadRequest("page: expected a number from 1.".to_owned());
                    query.page = page.ok_or_else(none)?;
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// The order as an address says it.
    pub(super) fn sort_word(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.names().0)
    }

    /// As a link to `path`.
    pub(super) fn link(&self, path: &str) -> String {
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        let usual = Self::default();
        if (self.column, self.descending) != (usual.column, usual.descending) {
            pairs.push(("sort", self.sort_word()));
        }
        if self.page > 0 {
            pairs.push(("page", (self.page + 1).to_string()));
        }
        if pairs.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }
}

fn unknown_sort(value: &str) -> AppError {
    let shown: String = value.chars().take(80).collect();
    let known = Column::ALL.map(|column| column.names().0).join(", ");
    AppError::BadRequest(format!("The address says sort={shown}, which is not known. Known are: {known}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        for text in ["/accounts", "/accounts?q=a+%26+%ED%95%9C&sort=name&page=3", "/accounts?sort=-cases"] {
            let query = NamesQuery::read(&text.parse().unwrap()).unwrap();
            assert_eq!(query.link("/accounts"), text);
        }
        for bad in ["sort=x", "page=0", "page=x"] {
            assert!(NamesQuery::read(&format!("/accounts?{bad}").parse().unwrap()).is_err(), "{bad}");
        }
    }
}
