//! What answers say to browsers and caches, and what strangers do not get to see.

use axum::http::{Method, StatusCode};
use t5g_web::WebSettings;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::{Browser, app, make_token, response, settings, with_token};
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

/// Asks a real listener, as a program on this machine does.
async fn ask(address: std::net::SocketAddr, more: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn figures_are_for_this_machines_monitoring_and_for_who_may_look() {
    let app = app().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    let mut answer = response(&request, "Ada", "field");
    answer["bad"] = "x".into();
    browser.bring(&app, &relay, &answer.to_string()).await;
    let mut viewer = Browser::sign_in(&app, "Ada", "field").await;
    assert_eq!(app.get("/metrics").await.status, StatusCode::UNAUTHORIZED, "a stranger");
    let figures = viewer.get(&app, "/metrics").await;
    assert_eq!(figures.status, StatusCode::OK);
    // Why an answer was not believed is for the audit log.
    let outcomes: Vec<_> =
        figures.text().lines().filter_map(|line| line.strip_prefix("t5g_logins_total{outcome=\"")).collect();
    assert!(!outcomes.is_empty());
    assert!(
        outcomes.iter().all(|rest| rest.starts_with("done\"") || rest.starts_with("refused\"")),
        "{outcomes:?}"
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, _rest) = app.into_parts();
    tokio::spawn(t5g_web::serve(listener, app, std::future::pending()));
    assert!(ask(address, "").await.starts_with("HTTP/1.1 200"));
    for header in [
        "X-Forwarded-For: 203.0.113.9",
        "Forwarded: for=203.0.113.9",
        "Via: 1.1 proxy",
        "X-Forwarded-Proto: https",
    ] {
        let told = ask(address, &format!("{header}\r\n")).await;
        assert!(told.starts_with("HTTP/1.1 401") && !told.contains("t5g_cards"), "{header}: {told}");
    }
}

#[tokio::test]
async fn a_listener_of_its_own_takes_the_figures_away_from_the_pages() {
    let app = TestApp::with(&[], WebSettings { metrics_elsewhere: true, ..settings() }).await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    assert_eq!(admin.get(&app, "/metrics").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    let (listener, own) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (pages, monitoring) = (listener.local_addr().unwrap(), own.local_addr().unwrap());
    let (app, _rest) = app.into_parts();
    tokio::spawn(app.monitoring().serve(own, tokio_util::sync::CancellationToken::new()));
    tokio::spawn(t5g_web::serve(listener, app, std::future::pending()));
    assert!(ask(pages, "").await.starts_with("HTTP/1.1 404"), "not even from this machine");
    let told = ask(monitoring, "X-Forwarded-For: 203.0.113.9\r\n").await;
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("t5g_"), "{told}");
}

#[tokio::test]
async fn documents_stay_in_no_browser_and_programs_may_ask_for_news() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    for path in ["/api/cards", "/api/cases", "/api/details", "/api/stats"] {
        assert_eq!(browser.get(&app, path).await.header("cache-control"), "no-store", "{path}");
        let first = with_token(&app, Method::GET, path, &token).await;
        let etag = first.header("etag").to_owned();
        let bearer = format!("Bearer {token}");
        let again =
            app.send(Method::GET, path, &[("authorization", &bearer), ("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
    }
    let cards = with_token(&app, Method::GET, "/api/cards", &token).await;
    assert_eq!(cards.header("cache-control"), "private, no-cache");
}
