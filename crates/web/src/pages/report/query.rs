//! What a report's address says: which accounts, which page.

use axum::http::Uri;
use url::form_urlencoded;

use crate::error::AppError;

/// The longest name of an account, in characters.
const NAME: usize = 1_000;
/// The most parts of an address that are looked at.
const PARTS: usize = 20;

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ReportQuery {
    /// An account's name, or a part of it.
    pub(super) account: Option<String>,
    /// From 0.
    pub(super) page: usize,
}

impl ReportQuery {
    /// Reads it. Unknown names are passed over; a page that cannot be is an error.
    pub(super) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut query = Self::default();
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        for (name, value) in pairs.filter(|(_, value)| !value.trim().is_empty()).take(PARTS) {
            match &*name {
                // Kept as it is: an account's name may begin with a blank.
                "account" => query.account = Some(value.chars().take(NAME).collect()),
                "page" => {
                    let page = value.trim().parse::<usize>().ok().and_then(|page| page.checked_sub(1));
                    query.page = page.ok_or_else(|| no_page(&value))?;
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// As a link to `path`, to another page.
    pub(super) fn link(&self, path: &str, page: usize) -> String {
        let account = self.account.iter().map(|name| ("account", name.clone()));
        let page = (page > 0).then(|| ("page", (page + 1).to_string()));
        let pairs: Vec<_> = account.chain(page).collect();
        if pairs.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }
}

fn no_page(value: &str) -> AppError {
    let shown: String = value.chars().take(80).collect();
    AppError::BadRequest(format!("The address says page={shown}. Pages are numbered 1, 2, and so on."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_back() {
        let read = |query: &str| ReportQuery::read(&format!("/updates/all?{query}").parse().unwrap());
        let query = read("account=A%2FB+%26+%ED%95%9C&page=3&other=1").unwrap();
        assert_eq!((query.account.as_deref(), query.page), (Some("A/B & 한"), 2));
        let link = query.link("/updates/all", query.page);
        assert_eq!(ReportQuery::read(&link.parse().unwrap()).unwrap(), query);
        assert_eq!(read("account=&page=").unwrap().link("/updates/", 0), "/updates/");
        for bad in ["page=0", "page=-1", "page=x"] {
            assert!(read(bad).unwrap_err().to_string().contains("numbered 1, 2"), "{bad}");
        }
    }
}
