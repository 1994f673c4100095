//! The rules of Jira's pages, apart from the calls: when a list ends, which token may be followed, what order
//! makes offsets mean something.

use std::collections::HashSet;

use super::wire::{WireAgilePage, WireTokenPage};

/// Pages of at least one issue each; a site has fewer.
const MAX_PAGES: usize = 100_000;

/// Whether a page of Cloud's search is the last one.
pub(super) fn is_end(page: &WireTokenPage) -> bool {
    page.is_last == Some(true) || page.next_page_token.as_deref().is_none_or(str::is_empty)
}

/// The tokens followed so far: one that comes again would never end.
#[derive(Default)]
pub(super) struct Tokens(HashSet<String>);

impl Tokens {
    /// The next page's token, or what is wrong with it.
    pub(super) fn follow(&mut self, token: Option<String>) -> Result<String, String> {
        let token = token.unwrap_or_default();
        if self.0.len() >= MAX_PAGES {
            return Err(format!("its search did not end after {MAX_PAGES} pages"));
        }
        if !self.0.insert(token.clone()) {
            return Err("a page of issues that leads back to one seen before (repeated nextPageToken)".into());
        }
        Ok(token)
    }
}

/// The query in a fixed order: without one, pages by offset may overlap or leave gaps.
pub(super) fn ordered(jql: &str) -> String {
    if jql.to_ascii_lowercase().contains("order by") { jql.into() } else { format!("{jql} ORDER BY key ASC") }
}

/// Whether a page of boards, sprints or comments is the last one, `start` being where it began.
pub(super) fn agile_end<T>(page: &WireAgilePage<T>, start: usize) -> bool {
    let known = page.total.map(|total| start + page.values.len() >= total);
    page.values.is_empty() || page.is_last.or(known).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(token: Option<&str>, is_last: Option<bool>) -> WireTokenPage {
        WireTokenPage { issues: Vec::new(), next_page_token: token.map(Into::into), is_last }
    }

    #[test]
    fn a_short_page_with_a_token_is_not_the_end() {
        assert!(!is_end(&page(Some("t"), None)));
        assert!(!is_end(&page(Some("t"), Some(false))));
        assert!(is_end(&page(Some("t"), Some(true))));
        assert!(is_end(&page(None, None)));
        assert!(is_end(&page(Some(""), None)));
    }

    #[test]
    fn a_repeated_token_is_an_error() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.follow(Some("a".into())), Ok("a".into()));
        assert!(tokens.follow(Some("b".into())).is_ok());
        assert!(tokens.follow(Some("a".into())).unwrap_err().contains("repeated"));
    }

    #[test]
    fn a_query_without_an_order_gets_one() {
        assert_eq!(ordered("a = 1"), "a = 1 ORDER BY key ASC");
        assert_eq!(ordered("a = 1 order by created"), "a = 1 order by created");
    }
}
