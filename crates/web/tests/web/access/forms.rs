//! Forms of other sites, and requests that do not say where they come from.

use axum::http::{Method, StatusCode};

use super::support::{Browser, app};

/// A change that does nothing: there is no such token.
const CHANGE: &str = "/tokens/0123456789abcdef/revoke";

#[tokio::test]
async fn a_change_needs_our_own_page_or_the_sessions_token() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = browser.form_token(&app).await;
    let others = Browser::sign_in(&app, "Bob", "field").await.form_token(&app).await;
    assert_ne!(token, others);
    let mut change = async |headers: &[(&str, &str)], fields: &[(&str, &str)]| {
        browser.submit_as(&app, CHANGE, headers, fields).await.status
    };
    assert_eq!(change(&[("sec-fetch-site", "same-origin")], &[]).await, StatusCode::NOT_FOUND, "let through");
    assert_eq!(change(&[], &[("csrf", &token)]).await, StatusCode::NOT_FOUND);
    assert_eq!(change(&[("x-csrf-token", &token)], &[]).await, StatusCode::NOT_FOUND);
    assert_eq!(change(&[("sec-fetch-site", "none")], &[("csrf", &token)]).await, StatusCode::NOT_FOUND);

    assert_eq!(change(&[], &[]).await, StatusCode::FORBIDDEN);
    assert_eq!(change(&[("sec-fetch-site", "none")], &[]).await, StatusCode::FORBIDDEN);
    assert_eq!(change(&[], &[("csrf", "")]).await, StatusCode::FORBIDDEN);
    assert_eq!(change(&[], &[("csrf", &others)]).await, StatusCode::FORBIDDEN);
    assert_eq!(
        change(&[], &[("csrf", &others), ("csrf", &token)]).await,
        StatusCode::FORBIDDEN,
        "the first counts"
    );
    assert_eq!(change(&[("x-csrf-token", &others)], &[]).await, StatusCode::FORBIDDEN);
    assert_eq!(change(&[], &[("token", &token)]).await, StatusCode::FORBIDDEN);
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            change(&[("sec-fetch-site", site)], &[("csrf", &token)]).await,
            StatusCode::FORBIDDEN,
            "{site}"
        );
    }
    let origin = [("origin", "https://evil.example")];
    assert_eq!(change(&origin, &[("csrf", &token)]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signing_out_needs_it_too_and_only_the_answer_may_come_from_elsewhere() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://idp.example")];
    for path in ["/?slo", "/?slo&acs", "/?x=1&acs", "/refresh?acs", "/tokens?acs"] {
        let answer = browser.submit_as(&app, path, &foreign, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.submit_as(&app, "/?slo", &[], &[]).await.status, StatusCode::FORBIDDEN);
    assert!(super::support::is_in(&app, &mut browser).await);
    let answer = browser.submit_as(&app, "/?acs", &foreign, &[]).await;
    assert!(answer.text().contains("Signing in did not work"), "it is looked at, and refused for what it is");
    assert!(super::support::is_in(&app, &mut browser).await, "a bad answer ends no session");
}

#[tokio::test]
async fn a_form_reaches_its_handler_whole() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = browser.form_token(&app).await;
    let fields = [("name", "made without scripts"), ("days", "7"), ("scope", "read"), ("csrf", &token)];
    let made = browser.submit_as(&app, "/tokens", &[], &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert!(made.text().contains("made without scripts"));
    let huge = "x".repeat(100_000);
    let refused = browser.submit_as(&app, "/tokens", &[], &[("name", &huge), ("csrf", &token)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn reading_needs_no_token() {
    let app = app().await;
    let browser = Browser::sign_in(&app, "Ada", "field").await;
    let cookie = format!("__Host-sid={}", browser.cookies["__Host-sid"]);
    for site in ["cross-site", "none", "same-origin"] {
        let answer =
            app.send(Method::GET, "/sources", &[("cookie", &cookie), ("sec-fetch-site", site)]).await;
        assert_eq!(answer.status, StatusCode::OK, "a link from elsewhere leads here: {site}");
    }
}
