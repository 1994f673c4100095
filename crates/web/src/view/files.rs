//! The same data for spreadsheets and programs: links in the last line of a page.

use serde::Serialize;
use url::form_urlencoded;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct File {
    name: &'static str,
    href: String,
}

impl File {
    /// Of that name, there.
    pub(crate) const fn new(name: &'static str, href: String) -> Self {
        Self { name, href }
    }

    /// A list of the API with these filters, whole as CSV and page by page as JSON.
    pub(crate) fn of_list(path: &str, filters: &[(&str, &str)]) -> Vec<Self> {
        let csv: Vec<_> = filters.iter().copied().chain([("format", "csv")]).collect();
        vec![Self::new("CSV", address(path, &csv)), Self::new("JSON", address(path, filters))]
    }

    /// One thing of the API.
    pub(crate) fn of_one(path: &str, filters: &[(&str, &str)]) -> Vec<Self> {
        vec![Self::new("JSON", address(path, filters))]
    }
}

/// An address that says this.
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}
