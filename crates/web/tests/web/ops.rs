//! For orchestrators and monitoring.

use axum::http::StatusCode;
use serde_json::json;
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card};

#[tokio::test]
async fn a_server_that_has_read_its_store_is_ready() {
    let app = TestApp::empty().await;
    assert_eq!(app.get("/healthz").await.text(), "ok\n");
    let ready = app.get_until("/readyz", |answer| answer.status == StatusCode::OK).await;
    let wanted = json!({ "ready": true, "document_store": "ok", "ledger": "ok", "unreadable_documents": {} });
    assert_eq!(ready.json(), wanted);
}

#[tokio::test]
async fn requests_are_counted_by_route_never_by_address() {
    let cards = json!({ "K-1": card("00000001", "High") });
    let app = TestApp::with(&[(Document::Cards, cards)], WebSettings::default()).await;
    for path in ["/home", "/made-up/1", "/made-up/2", "/status/abc", "/assets/evil.js"] {
        app.get(path).await;
    }
    let text = app.get("/metrics").await.text().to_owned();
    for line in [
        "route=\"/home\",status=\"200\"",
        "route=\"(none)\",status=\"404\"",
        "route=\"/status/{id}\",status=\"404\"",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("made-up") && !text.contains("abc") && !text.contains("evil"));
    assert!(text.contains("t5g_cards{status=\"Backlog\"} 1"));
}
