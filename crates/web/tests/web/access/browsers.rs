//! Signing in as real browsers do it: several tabs, cookies that do not travel, other sites' pages open beside ours.

use axum::http::StatusCode;

use super::support::{Browser, FOREIGN, app, is_in, response};
use crate::common::{Answer, TestApp};

/// Brings an answer as a real browser does that comes from the identity provider's site: of two cookies, only the one
/// with SameSite=None travels with a form of another site.
async fn bring_from_another_site(
    browser: &mut Browser,
    app: &TestApp,
    relay: &str,
    response: &str,
) -> Answer {
    let flow = browser.cookies["__Host-saml_flow"].clone();
    let line = format!("__Host-saml_flow={flow}");
    let fields = [("SAMLResponse", response), ("RelayState", relay)];
    let answer = app.form("/?acs", &[&[("cookie", line.as_str())][..], &FOREIGN].concat(), &fields).await;
    for cookie in answer.headers.get_all("set-cookie") {
        let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
        browser.cookies.insert(name.to_owned(), value.to_owned());
    }
    answer
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before_in_a_real_browser_too() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Mallory", "field").await;
    let mut planted = browser.clone();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    let answer = response(&request, "Ada", "admins").to_string();
    let back = bring_from_another_site(&mut browser, &app, &relay, &answer).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text());
    assert!(is_in(&app, &mut browser).await);
    assert!(!is_in(&app, &mut planted).await, "the old session ended with the new sign-in");
}

#[tokio::test]
async fn another_sites_form_does_not_break_a_sign_in_that_is_under_way() {
    let app = app().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    // Another page, open in the same browser, posts nonsense.
    assert_eq!(browser.submit_as(&app, "/?acs", &FOREIGN, &[("x", "y")]).await.status, StatusCode::FORBIDDEN);
    assert!(browser.cookies.contains_key("__Host-saml_flow"), "its cookie was taken away");
    let back = browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn two_tabs_can_sign_in_at_once() {
    let app = app().await;
    for first_comes_first in [true, false] {
        let mut browser = Browser::default();
        let mut tabs = [browser.begin(&app, "/?sso").await, browser.begin(&app, "/?sso").await];
        if !first_comes_first {
            tabs.reverse();
        }
        let (relay, request) = &tabs[0];
        let back = browser.bring(&app, relay, &response(request, "Ada", "field").to_string()).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{first_comes_first}");
        assert!(is_in(&app, &mut browser).await);
        // The other one has nothing to do any more, and is led on.
        let (relay, request) = &tabs[1];
        let late = browser.bring(&app, relay, &response(request, "Ada", "field").to_string()).await;
        assert!(late.text().contains("content=\"0; url=/?late\""), "{}", late.text());
        assert_eq!(browser.get(&app, "/?late").await.header("location"), "/home");
        let stranger = Browser::default().get(&app, "/?late").await;
        assert!(stranger.text().contains("took too long") && !stranger.text().contains("http-equiv"));
    }
}

#[tokio::test]
async fn each_sign_in_is_bound_by_a_new_secret() {
    let app = app().await;
    let mut browser = Browser::default();
    browser.begin(&app, "/?sso").await;
    let first = browser.cookies["__Host-saml_flow"].clone();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    assert_eq!(browser.cookies["__Host-saml_flow"], first, "the other tab still waits");
    browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert!(!browser.cookies.contains_key("__Host-saml_flow"));
    browser.begin(&app, "/?sso").await;
    assert_ne!(browser.cookies["__Host-saml_flow"], first);
}
