//! Links to the world outside, of which only `http` and `https` ever become one: anything else stays text. Links to
//! our own pages of accounts and engineers, whatever those are called.

use t5g_model::names::{CardKey, CaseNumber};
use url::{Url, form_urlencoded};

use crate::settings::WebSettings;

/// Where to, or `None` where there is nothing to link to.
pub(crate) type Link = Option<String>;

/// The longest name that an address carries, in bytes; a longer one stays text.
pub(crate) const LONGEST_NAME: usize = 1_000;

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

/// Our page of an account.
pub(crate) fn account(name: &str) -> Link {
    page_of("/account", name)
}

/// Our page of an engineer.
pub(crate) fn engineer(name: &str) -> Link {
    page_of("/engineer", name)
}

fn page_of(path: &str, name: &str) -> Link {
    let value: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let link = match name {
        // Browsers take these out of a path, however they are written there.
        "" | "." | ".." => format!("{path}?name={value}"),
        // A plus sign that was typed is %2B by now.
        _ => format!("{path}/{}", value.replace('+', "%20")),
    };
    (name.len() <= LONGEST_NAME).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_paths_whatever_they_are() {
        let links = [
            ("Acme", "/account/Acme"),
            ("A/B & Co+\"x\" 100%", "/account/A%2FB%20%26%20Co%2B%22x%22%20100%25"),
            ("한글", "/account/%ED%95%9C%EA%B8%80"),
            ("../..", "/account/..%2F.."),
            ("..", "/account?name=.."),
            (".", "/account?name=."),
            ("", "/account?name="),
        ];
        for (name, link) in links {
            assert_eq!(account(name).as_deref(), Some(link));
            assert_eq!(engineer(name).unwrap(), link.replace("account", "engineer"));
        }
        assert_eq!(account(&"x".repeat(LONGEST_NAME + 1)), None);
    }

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

    /// The name that the router reads from a link, after a browser has made an address of it.
    async fn arrives(link: &str) -> String {
        use axum::extract::{Path, Query};
        use axum::{Router, body::Body, http::Request, routing::get};
        use std::collections::HashMap;
        use tower::ServiceExt as _;
        let path = get(|Path(name): Path<String>| async move { name });
        let query = get(|Query(all): Query<HashMap<String, String>>| async move { all["name"].clone() });
        let router: Router = Router::new().route("/account/{*name}", path).route("/account", query);
        let url = Url::parse("http://x").unwrap().join(link).unwrap();
        let asked = &url[url::Position::BeforePath..];
        let answer = router.oneshot(Request::get(asked).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200, "{link} as {asked}");
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.into()).unwrap()
    }

    proptest::proptest! {
        #[test]
        fn every_name_arrives_as_it_is(name in "[./%+ a?#&\"\\\\]{0,8}|\\PC{0,40}|.{0,40}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            if let Some(link) = account(&name) {
                assert_eq!(runtime.block_on(arrives(&link)), name);
            }
        }
    }
}
