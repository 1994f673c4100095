//! `/api/v1/events`: news as they come, to who may hear them and as long as they may.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::{Method, StatusCode};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::{Limits, WebSettings};

use crate::access::support::{Browser, make_token, settings};
use crate::common::{TestApp, card};
use crate::described::check_news;

const EVENTS: &str = "/api/v1/events";
const PATIENCE: Duration = Duration::from_secs(10);

/// One event, or a comment.
struct Event {
    id: String,
    data: Value,
}

/// A client that listens.
struct Ear {
    body: BodyDataStream,
    text: String,
}

impl Ear {
    async fn open(app: &TestApp, headers: &[(&str, &str)]) -> Self {
        let answer = app.open(EVENTS, headers).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Self { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The next block; `None` if the stream has ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let bytes =
                tokio::time::timeout(PATIENCE, self.body.next()).await.expect("something comes")?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event of that name.
    async fn hear(&mut self, name: &str) -> Event {
        loop {
            let block = self.block().await.expect("the stream goes on");
            let line = |field: &str| {
                let found = block.lines().find_map(|line| line.strip_prefix(field));
                found.unwrap_or_default().to_owned()
            };
            if line("event: ") == name {
                let data: Value = serde_json::from_str(&line("data: ")).unwrap();
                check_news(&data);
                return Event { id: line("id: "), data };
            }
        }
    }

    /// Whether it ends within ten seconds.
    async fn ends(mut self) -> bool {
        let end = async { while self.block().await.is_some() {} };
        tokio::time::timeout(PATIENCE, end).await.is_ok()
    }
}

fn quick(base: WebSettings) -> WebSettings {
    let limits = Limits {
        event_heartbeat: Duration::from_millis(40),
        event_recheck: Duration::from_millis(40),
        event_streams: 4,
        event_streams_of_one: 2,
        ..Limits::default()
    };
    WebSettings { limits, ..base }
}

fn one() -> Value {
    json!({ "K-1": card("01234567", "High") })
}

#[tokio::test]
async fn listeners_are_told_what_changed() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(WebSettings::default())).await;
    let mut ear = Ear::open(&app, &[]).await;
    assert_eq!(ear.block().await.as_deref(), Some("retry: 3000"));
    let now = ear.hear("data").await;
    let page = app.get("/home").await;
    let board = now.data["board"].as_str().unwrap().to_owned();
    assert!(page.text().contains(&format!("data-board=\"{board}\"")), "the page's own state");
    app.write(Document::Cards, &json!({ "K-2": card("00000002", "Low") })).await;
    let news = ear.hear("data").await;
    assert_eq!(news.data["documents"], json!(["cards"]));
    assert_ne!(news.data["board"], board);
    let mut late = Ear::open(&app, &[]).await;
    assert_eq!(late.hear("data").await.data["board"], news.data["board"], "what holds now");
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(WebSettings::default())).await;
    let mut ear = Ear::open(&app, &[]).await;
    ear.hear("data").await;
    app.write(Document::Cards, &json!({ "K-2": card("00000002", "Low") })).await;
    let first = ear.hear("data").await;
    drop(ear);
    app.write(Document::Bugs, &Value::Null).await;
    app.get_until("/api/bugs", |answer| answer.text() == "null").await;
    let mut again = Ear::open(&app, &[("last-event-id", &first.id)]).await;
    assert_eq!(again.hear("data").await.data["documents"], json!(["bugs"]));
    app.write(Document::Issues, &json!({})).await;
    assert_eq!(again.hear("data").await.data["documents"], json!(["issues"]));
    let mut stranger = Ear::open(&app, &[("last-event-id", "1-1")]).await;
    assert_eq!(stranger.hear("data").await.data["documents"], json!([]), "an id of another process");
}

#[tokio::test]
async fn everybody_hears_how_far_a_refresh_is() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(WebSettings::default())).await;
    let (mut one, mut two) = (Ear::open(&app, &[]).await, Ear::open(&app, &[]).await);
    let started = app.post("/refresh").await;
    let place = started.header("location").to_owned();
    for ear in [&mut one, &mut two] {
        loop {
            let news = ear.hear("refresh").await;
            assert_eq!(news.data["place"], place);
            if news.data["current"] == 1 {
                assert_eq!((&news.data["state"], &news.data["total"]), (&json!("PROGRESS"), &json!(4)));
                break;
            }
        }
    }
    drop(two);
    let mut reloaded = Ear::open(&app, &[]).await;
    assert_eq!(reloaded.hear("refresh").await.data["place"], place, "a page that is loaded anew");
    app.permits.add_permits(1);
    loop {
        let news = one.hear("refresh").await;
        if news.data["state"] == "SUCCESS" {
            break;
        }
    }
    drop(reloaded);
    let mut late = Ear::open(&app, &[]).await;
    late.hear("data").await;
    let block = late.block().await.unwrap();
    assert_eq!(block, ": still here", "what is over is not told again");
}

#[tokio::test]
async fn a_stream_ends_with_the_session_or_token() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(settings())).await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    let cookie = format!("__Host-sid={}", browser.cookies["__Host-sid"]);
    let bearer = format!("Bearer {token}");
    let mut by_session = Ear::open(&app, &[("cookie", &cookie)]).await;
    let mut by_token = Ear::open(&app, &[("authorization", &bearer)]).await;
    for ear in [&mut by_session, &mut by_token] {
        ear.hear("data").await;
        for _ in 0..5 {
            assert_eq!(ear.block().await.as_deref(), Some(": still here"));
        }
    }
    let handle = t5g_store::ledger::SecretDigest::of(&token).handle();
    browser.submit(&app, &format!("/tokens/{handle}/revoke"), &[]).await;
    assert!(by_token.ends().await, "the token is revoked");
    assert_eq!(by_session.block().await.as_deref(), Some(": still here"));
    browser.submit(&app, "/?slo", &[]).await;
    assert!(by_session.ends().await, "the session is over");
    let refused = app.send(Method::GET, EVENTS, &[("authorization", &bearer)]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_listens_too_often_and_not_too_many_do() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(settings())).await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let mut ears = Vec::new();
    for full in [false, false, true] {
        let bearer = format!("Bearer {}", make_token(&app, &mut browser, &["read"]).await);
        let headers = [("authorization", bearer.as_str())];
        if full {
            let refused = app.send(Method::GET, EVENTS, &headers).await;
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "all places are taken");
            ears.clear();
            ears.push(Ear::open(&app, &headers).await);
            break;
        }
        ears.push(Ear::open(&app, &headers).await);
        ears.push(Ear::open(&app, &headers).await);
        let refused = app.send(Method::GET, EVENTS, &headers).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
    }
}

#[tokio::test]
async fn streams_end_when_the_server_does() {
    let app = TestApp::with(&[(Document::Cards, one())], quick(WebSettings::default())).await;
    let mut ear = Ear::open(&app, &[]).await;
    ear.hear("data").await;
    drop(app);
    assert!(ear.ends().await);
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_does_not_wait_for_listeners() {
    let app = TestApp::with(&[(Document::Cards, one())], WebSettings::default()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, kept) = app.into_parts();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(t5g_web::serve(listener, app, async { drop(stopped.await) }));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {EVENTS} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    while !seen.contains("event: data") {
        let mut part = [0; 1024];
        let count = tokio::io::AsyncReadExt::read(&mut stream, &mut part).await.unwrap();
        assert!(count > 0, "{seen}");
        seen.push_str(std::str::from_utf8(&part[..count]).unwrap());
    }
    assert!(!seen.to_lowercase().contains("content-encoding"), "{seen}");
    stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server).await.expect("it stops").unwrap().unwrap();
    drop(kept);
}
