//! Signing out: here, at the identity provider, and from there.

use axum::http::StatusCode;
use t5g_web::{AccessSettings, Login, WebSettings};

use super::support::{Browser, FOREIGN, FakeProvider, IDP, app, audited, is_in, settings};
use crate::common::TestApp;

/// The identity provider's address that the page leads to.
fn leads_to(page: &str) -> url::Url {
    let (_, rest) = page.split_once("content=\"0; url=").unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&").parse().unwrap()
}

#[tokio::test]
async fn signing_out_ends_the_session_here_first_and_then_there() {
    let (app, mut browser) = {
        let app = app().await;
        let browser = Browser::sign_in(&app, "Ada", "field").await;
        (app, browser)
    };
    let mut other_tab = browser.clone();
    let asked = browser.get(&app, "/?slo").await;
    assert!(asked.text().contains("Sign out?") && is_in(&app, &mut browser).await, "a link signs out nobody");
    let left = browser.submit(&app, "/?slo", &[]).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.text());
    assert!(!browser.cookies.contains_key("__Host-sid"));
    assert!(!is_in(&app, &mut other_tab).await, "ended before the identity provider is asked");
    let address = leads_to(left.text());
    assert_eq!((address.host_str(), address.path()), (Some("idp.example"), "/slo"));
    let find = |name: &str| address.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
    assert_eq!(find("who"), "Ada");

    let wrong = browser.clone().get(&app, "/?sls&answers=another").await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    let confirmed = format!("/?sls&answers={}&RelayState={}", find("id"), find("RelayState"));
    let stranger = Browser::default().get(&app, &confirmed).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN, "another browser's answer");
    let back = browser.get(&app, &confirmed).await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/?out"));
    assert!(browser.get(&app, "/?out").await.text().contains("You are signed out"));
    assert_eq!(browser.get(&app, &confirmed).await.status, StatusCode::FORBIDDEN, "once");
    let entries = audited(&app).await;
    assert!(entries.iter().any(|entry| entry.action == "logout"
        && entry.outcome == "done"
        && entry.actor == "Ada <Ada@example.com>"));
}

#[tokio::test]
async fn the_identity_provider_can_end_sessions_without_a_cookie() {
    let app = app().await;
    let (mut one, mut two) =
        (Browser::sign_in(&app, "Ada", "field").await, Browser::sign_in(&app, "Ada", "field").await);
    let mut bob = Browser::sign_in(&app, "Bob", "field").await;
    let answer = Browser::default().get(&app, "/?sls&end=Ada&session=none").await;
    assert_eq!(answer.header("location"), "https://idp.example/slo?SAMLResponse=done");
    assert!(is_in(&app, &mut one).await, "another session of hers was meant");
    Browser::default().get(&app.replica().await, "/?sls&end=Ada").await;
    assert!(!is_in(&app, &mut one).await && !is_in(&app, &mut two).await && is_in(&app, &mut bob).await);
    assert_eq!(audited(&app).await[0].detail["sessions"], 2);
}

#[tokio::test]
async fn the_identity_providers_word_may_come_as_a_form() {
    let app = app().await;
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let mut stranger = Browser::default();
    let ask = [("SAMLRequest", "end=Ada"), ("RelayState", "its own")];
    for fields in [
        &[("RelayState", "x")][..],
        &[("SAMLRequest", "end=Ada"), ("SAMLResponse", "end=Ada")],
        &[("SAMLRequest", "end=Ada"), ("SAMLRequest", "end=Bob")],
    ] {
        let refused = stranger.submit_as(&app, "/?sls", &FOREIGN, fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{fields:?}");
    }
    assert!(is_in(&app, &mut ada).await);
    let done = stranger.submit_as(&app, "/?sls", &FOREIGN, &ask).await;
    assert_eq!(done.header("location"), "https://idp.example/slo?SAMLResponse=done");
    assert!(!is_in(&app, &mut ada).await);

    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let address = leads_to(ada.submit(&app, "/?slo", &[]).await.text());
    let find = |name: &str| address.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
    let confirm = [("SAMLResponse", format!("answers={}", find("id"))), ("RelayState", find("RelayState"))];
    let confirm: Vec<(&str, &str)> = confirm.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(ada.submit_as(&app, "/?sls", &FOREIGN, &confirm).await.header("location"), "/?out");
}

#[tokio::test]
async fn where_the_provider_knows_no_signing_out_here_is_enough() {
    let base = settings();
    let Login::On { key, .. } = base.access.login else { panic!("login is on") };
    let provider = std::sync::Arc::new(FakeProvider { signs_out: false, issuer: IDP });
    let access = AccessSettings { login: Login::On { provider, key }, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let left = browser.submit(&app, "/?slo", &[]).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/?out"));
    assert!(!is_in(&app, &mut browser).await);
    assert_eq!(browser.submit(&app, "/?slo", &[]).await.header("location"), "/?out", "twice does no harm");
}

#[tokio::test]
async fn the_identity_providers_word_counts_once_at_all_replicas() {
    let app = app().await;
    let other = app.replica().await;
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let word = "/?sls&end=Ada&id=_1";
    assert_eq!(Browser::default().get(&app, word).await.status, StatusCode::SEE_OTHER);
    assert!(!is_in(&app, &mut ada).await);
    // Somebody who saw it go by sends it again and again, to keep her out.
    let mut again = Browser::sign_in(&app, "Ada", "field").await;
    for server in [&app, &other] {
        assert_eq!(Browser::default().get(server, word).await.status, StatusCode::FORBIDDEN);
        assert_eq!(audited(server).await[0].detail["code"], "replayed");
    }
    assert!(is_in(&app, &mut again).await);
    assert_eq!(Browser::default().get(&app, "/?sls&end=Ada&id=_2").await.status, StatusCode::SEE_OTHER);
    assert!(!is_in(&app, &mut again).await);
}
