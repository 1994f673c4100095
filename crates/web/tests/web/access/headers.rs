//! What answers say to browsers and caches, and what strangers do not get to see.

use axum::http::{Method, StatusCode};
use t5g_web::WebSettings;

use super::support::{Browser, app, settings};
use crate::common::TestApp;

#[tokio::test]
async fn private_answers_are_kept_by_no_cache() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "admins").await;
    for path in ["/sources", "/tokens", "/users", "/audit", "/audit/export", "/", "/nowhere", "/?slo"] {
        let answer = browser.get(&app, path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("content-security-policy"), t5g_web::CONTENT_POLICY, "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test]
async fn https_is_insisted_on_where_it_is_spoken() {
    let app = app().await;
    assert_eq!(app.get("/healthz").await.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(TestApp::empty().await.get("/healthz").await.header("strict-transport-security"), "");
    let base = settings();
    let plain = WebSettings { base_url: Some("http://t5g.example.com".parse().unwrap()), ..base };
    let app = TestApp::with(&[], plain).await;
    assert_eq!(app.get("/healthz").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn strangers_see_nothing_of_the_data() {
    let app = app().await;
    for path in ["/", "/nowhere", "/?out", "/card/none"] {
        let answer = app.send(Method::GET, path, &[("accept", "text/html")]).await;
        let page = answer.text();
        assert!(
            !page.contains("freshness") && !page.contains("Sources") && !page.contains("/table/"),
            "{path}: {page}"
        );
    }
    for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/assets/none.js", 404)] {
        let answer = app.get_until(path, |answer| answer.status.as_u16() == status).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn programs_are_told_what_is_missing() {
    let app = app().await;
    for (path, accept) in [("/api/cards", "text/html"), ("/home", "application/json"), ("/status/1", "*/*")] {
        let answer = app.send(Method::GET, path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"t5g\"", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    let posted = app.send(Method::POST, "/refresh", &[("accept", "text/html")]).await;
    assert_eq!(posted.header("location"), "/", "a form does not come back by itself");
}
