//! How fresh the sources are, on every page.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_store::ledger::{Counts, Pass, ProblemEntry, SourceRun};
use t5g_web::WebSettings;

use crate::common::{TestApp, now};

fn run(minutes_ago: i64) -> SourceRun {
    let finished = now() - TimeDelta::minutes(minutes_ago);
    SourceRun {
        source: Source::Cases,
        started: finished - TimeDelta::seconds(3),
        finished,
        pass: Pass::Full,
        counts: Counts { entries: 1234, ..Counts::default() },
        high_water: None,
        stale: Vec::new(),
        problems: Vec::new(),
    }
}

async fn app() -> TestApp {
    let intervals = BTreeMap::from([(Source::Cases, Duration::from_mins(10))]);
    let unconfigured = Source::ALL.iter().copied().filter(|source| *source != Source::Cases).collect();
    TestApp::with(&[], WebSettings { intervals, unconfigured, ..WebSettings::default() }).await
}

#[tokio::test]
async fn a_success_and_failures_are_seen_as_they_happen() {
    let app = app().await;
    assert!(app.get("/home").await.text().contains("No refresh yet"));
    app.ledger.record_success(&run(5)).await.unwrap();
    let fresh = app.get_until("/sources", |page| page.text().contains("Fresh, 5 min old")).await;
    assert!(fresh.text().contains("1234") && fresh.text().contains("3.0 s"));
    app.ledger.record_failure(Source::Cases, "portal: 500 <b>", now()).await.unwrap();
    let late = app.get_until("/sources", |page| page.text().contains("cases failing: 5 min ago")).await;
    assert!(late.text().contains("portal: 500 &lt;b&gt;"));
    app.ledger.record_success(&run(41)).await.unwrap();
    let stale = app.get_until("/sources", |page| page.text().contains("cases stale: 41 min ago")).await;
    assert!(stale.text().contains("cases stale: 41 min ago"));
    assert!(app.get("/metrics").await.text().contains("t5g_source_failures{source=\"cases\"} 0"));
}

#[tokio::test]
async fn an_open_page_is_told_only_what_is_new() {
    let app = app().await;
    let chip = app.get("/partials/freshness").await;
    assert_eq!(chip.status, StatusCode::OK);
    assert!(!chip.header("t5g-board").is_empty());
    let headers = [("if-none-match", chip.header("etag"))];
    let again = app.send(Method::GET, "/partials/freshness", &headers).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert!(!again.header("t5g-board").is_empty());
    app.ledger.record_success(&run(1)).await.unwrap();
    let news =
        app.get_until("/partials/freshness", |answer| answer.header("etag") != chip.header("etag")).await;
    assert!(news.text().contains("Fresh, 1 min old"));
}

#[tokio::test]
async fn what_no_page_can_show_is_listed_with_its_reason() {
    let details = serde_json::json!({ "00000001": {}, "00000002": 7, "<b>": [] });
    let settings =
        WebSettings { jira_base: Some("https://jira.example".to_owned()), ..WebSettings::default() };
    let app = TestApp::with(&[(Document::Details, details.clone())], settings).await;
    let problem = |entry: &str, reason: &str| ProblemEntry {
        document: Document::Cards,
        entry: entry.to_owned(),
        reason: reason.to_owned(),
    };
    let problems = vec![problem("KNIECO-7", "no case <b>"), problem("<script>", "x")];
    let cards = SourceRun { source: Source::Cards, problems, ..run(1) };
    app.ledger.record_success(&cards).await.unwrap();
    let page = app.get_until("/sources", |page| page.text().contains("KNIECO-7")).await;
    let page = page.text();
    assert!(page.contains(r#"<a href="https://jira.example/browse/KNIECO-7">KNIECO-7</a>"#), "{page}");
    assert!(page.contains("no case &lt;b&gt;") && page.contains("&lt;script&gt;"), "{page}");
    assert!(page.contains("2 entries upstream"), "{page}");
    // No board is made of the details; what is wrong with them is seen all the same, and nothing is lost.
    assert!(page.contains("00000002: "), "{page}");
    assert!(
        app.get("/metrics").await.text().contains("t5g_document_skipped_entries{document=\"details\"} 2")
    );
    assert_eq!(app.get("/api/details").await.json(), details);
}
