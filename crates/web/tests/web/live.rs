//! The live board: changes arrive, what is corrupt does not, what is down is said.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};
use t5g_model::documents::Document;
use t5g_store::documents::{Limits, open};
use t5g_store::ledger::Ledger;
use t5g_testkit::Redis;
use t5g_web::WebSettings;

use crate::common::{Answer, TestApp, card};

fn one() -> Value {
    json!({ "K-1": card("01234567", "High") })
}

#[tokio::test]
async fn a_change_in_the_store_reaches_the_pages() {
    let app = TestApp::with(&[(Document::Cards, one())], WebSettings::default()).await;
    let before = app.get("/table/all").await;
    assert!(before.text().contains("K-1") && !before.text().contains("K-2"));
    app.write(Document::Cards, &json!({ "K-1": card("01234567", "High"), "K-2": card("00000002", "Low") }))
        .await;
    let after = app.get_until("/table/all", |page| page.text().contains("K-2")).await;
    assert!(after.text().contains("K-1") && after.text().contains("K-2"));
    assert_eq!(app.get("/api/stats").await.json()["by_customer"]["Acme"], 2);
}

/// Writes behind the store's back what it would never take itself.
async fn scribble(app: &TestApp, sql: &str) {
    let file = app.folder.path().join("t5g.db");
    let mut connection: SqliteConnection =
        SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_corrupt_document_never_replaces_the_good_one() {
    let app = TestApp::with(&[(Document::Cards, one())], WebSettings::default()).await;
    scribble(
        &app,
        "UPDATE documents SET content = CAST('{\"K-1\": {\"case_num' AS BLOB), revision = revision + 1 WHERE name = 'cards'",
    )
    .await;
    let troubled = |answer: &Answer| answer.text().contains("cannot be read");
    let page = app.get_until("/home", troubled).await;
    assert!(page.text().contains("The document cards cannot be read"), "{}", page.text());
    assert!(page.text().contains("The last good one is shown."));
    assert!(app.get("/table/all").await.text().contains("Summary of 01234567"));
    assert_eq!(app.get("/api/cards").await.json(), one());
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert!(ready.json()["unreadable_documents"]["cards"].is_string());
    assert!(app.get("/metrics").await.text().contains("t5g_document_unreadable{document=\"cards\"} 1"));
    assert!(app.get("/sources").await.text().contains("Last good one shown"));

    app.write(Document::Cards, &json!({ "K-7": card("00000007", "Low") })).await;
    let well = app.get_until("/home", |page| !troubled(page)).await;
    assert!(!troubled(&well));
    assert!(app.get("/table/all").await.text().contains("K-7"));
}

#[tokio::test]
async fn one_malformed_entry_is_left_out_and_named() {
    let cards = json!({ "K-1": card("01234567", "High"), "K-2": { "case_number": 5.5 }, "<b>": {} });
    let app = TestApp::with(&[(Document::Cards, cards.clone())], WebSettings::default()).await;
    assert!(app.get("/table/all").await.text().contains("1 card"));
    let sources = app.get("/sources").await;
    assert!(sources.text().contains("Partly unreadable") && sources.text().contains("K-2: "));
    assert!(sources.text().contains("&lt;b&gt;: ") && !sources.text().contains("<b>: "));
    assert_eq!(app.get("/api/cards").await.json(), cards);
}

#[tokio::test]
async fn a_document_that_vanishes_is_a_trouble_not_an_empty_page() {
    let app = TestApp::with(&[(Document::Cards, one())], WebSettings::default()).await;
    scribble(&app, "DELETE FROM documents WHERE name = 'cards'").await;
    let page = app.get_until("/home", |page| page.text().contains("cannot be read")).await;
    assert!(page.text().contains("The document cards cannot be read"));
    assert!(app.get("/table/all").await.text().contains("K-1"));
}

#[tokio::test]
async fn a_store_that_is_down_keeps_the_last_good_state_and_says_so() {
    let mut redis = Redis::start().await.unwrap();
    redis.cli(&["SET", "cards", &one().to_string()]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&redis.url(), Limits::default()).await.unwrap();
    let ledger = Ledger::open(&format!("sqlite:{}", folder.path().join("t5g.db").display())).await.unwrap();
    let app = TestApp::on(documents, ledger, folder, WebSettings::default()).await;
    assert!(app.get("/table/all").await.text().contains("K-1"));

    redis.stop().unwrap();
    let down = |answer: &Answer| answer.text().contains("The store cannot be read");
    let page = app.get_until("/home", down).await;
    assert!(down(&page), "{}", page.text());
    assert!(app.get("/table/all").await.text().contains("K-1"));
    assert_eq!(app.get("/api/cards").await.json(), one());
    assert_eq!(app.get("/readyz").await.json()["document_store"], "cannot be read");
    // The gauge is the process's: where tests share one, other stores are up in between.
    let counted = |answer: &Answer| answer.text().contains("t5g_document_store_up 0");
    assert!(counted(&app.get_until("/metrics", counted).await));

    redis.restart().await.unwrap();
    redis.cli(&["SET", "cards", &json!({ "K-9": card("00000009", "Low") }).to_string()]).await.unwrap();
    let well = app.get_until("/table/all", |page| page.text().contains("K-9")).await;
    assert!(well.text().contains("K-9") && !down(&well), "{}", well.text());
}

#[tokio::test]
async fn a_server_that_never_saw_its_store_says_so_instead_of_showing_nothing() {
    let mut redis = Redis::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&redis.url(), Limits::default()).await.unwrap();
    redis.stop().unwrap();
    let ledger = Ledger::open(&format!("sqlite:{}", folder.path().join("t5g.db").display())).await.unwrap();
    let app = TestApp::on(documents, ledger, folder, WebSettings::default()).await;
    for path in ["/home", "/table/all", "/api/cards", "/api/stats", "/readyz"] {
        assert_eq!(app.get(path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    for path in ["/api/v1/cards", "/api/v1/cases/1", "/api/v1/statistics", "/api/v1/accounts"] {
        assert_eq!(app.get(path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(
        app.get("/api/v1/sources").await.json()["total"],
        7,
        "what is known of the sources all the same"
    );
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    redis.restart().await.unwrap();
    let ready = app.get_until("/readyz", |answer| answer.status == StatusCode::OK).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(app.get("/home").await.status, StatusCode::OK);
}
