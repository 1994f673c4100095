//! Links to the world outside. Only `http` and `https` ever become one: anything else stays text.

use t5g_model::names::{CardKey, CaseNumber};
use url::Url;

use crate::settings::WebSettings;

/// Where to, or `None` where there is nothing to link to.
pub(crate) type Link = Option<String>;

/// The portal's page of a case.
pub(crate) fn case(settings: &WebSettings, number: &CaseNumber) -> String {
    format!("{}{number}", settings.case_base)
}

/// Jira's page of a card.
pub(crate) fn card(settings: &WebSettings, key: &CardKey) -> Link {
    settings.jira_base.as_deref().map(|base| format!("{}/browse/{key}", base.trim_end_matches('/')))
}

/// An address that somebody else wrote.
pub(crate) fn outside(address: Option<&str>) -> Link {
    let url = Url::parse(address?.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            outside(Some(" https://example.com/a?b=c ")).as_deref(),
            Some("https://example.com/a?b=c")
        );
        for bad in
            ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//x", "x", "", "file:///etc"]
        {
            assert_eq!(outside(Some(bad)), None, "{bad}");
        }
        assert_eq!(outside(None), None);
    }
}
