//! The documents of the API: the stored values, conditional, compressed or not.

use std::io::Read;

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card};

/// Values of which a careless server changes something: order, number formats, unknown members, null.
fn odd() -> Value {
    serde_json::from_str(
        r#"{"K-2": {"case_number": "01", "z": 1.50, "big": 12345678901234567890, "unknown": [null, "한"]}, "K-1": null}"#,
    )
    .unwrap()
}

#[tokio::test]
async fn documents_come_as_they_are_stored() {
    let null = (Document::Bugs, Value::Null);
    let escalations = (Document::Escalations, json!(["01234567", "<a href='x'>2</a>"]));
    let app =
        TestApp::with(&[(Document::Cards, odd()), null, escalations.clone()], WebSettings::default()).await;
    let cards = app.get("/api/cards").await;
    assert_eq!(cards.header("content-type"), "application/json");
    assert_eq!(cards.json(), odd());
    assert_eq!(app.get("/api/bugs").await.text(), "null");
    assert_eq!(app.get("/api/escalations").await.json(), escalations.1);
}

#[tokio::test]
async fn a_document_that_was_never_written_is_empty() {
    let app = TestApp::empty().await;
    for name in ["cards", "cases", "bugs", "details", "escalations", "issues"] {
        assert_eq!(app.get(&format!("/api/{name}")).await.json(), json!({}), "{name}");
    }
}

#[tokio::test]
async fn a_client_that_has_the_document_gets_no_body() {
    let app = TestApp::with(&[(Document::Cards, odd())], WebSettings::default()).await;
    for path in ["/api/cards", "/api/cases", "/api/stats"] {
        let etag = app.get(path).await.header("etag").to_owned();
        let again = app.send(Method::GET, path, &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        let other = app.send(Method::GET, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
    }
    let old = app.get("/api/cards").await.header("etag").to_owned();
    app.write(Document::Cards, &json!({ "K-1": card("01234567", "High") })).await;
    let new = app.get_until("/api/cards", |answer| answer.header("etag") != old).await;
    assert_ne!(new.header("etag"), old);
}

#[tokio::test]
async fn a_large_document_is_compressed_for_who_wants_it_and_streamed_to_who_does_not() {
    let many: serde_json::Map<_, _> =
        (0..5_000).map(|n| (format!("K-{n}"), card(&format!("{n:08}"), "Low"))).collect();
    let many = Value::Object(many);
    let app = TestApp::with(&[(Document::Cards, many.clone())], WebSettings::default()).await;
    let plain = app.get("/api/cards").await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.json(), many);
    let packed = app.send(Method::GET, "/api/cards", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(packed.header("vary"), "Accept-Encoding");
    assert!(packed.bytes.len() < plain.bytes.len() / 5);
    let mut text = Vec::new();
    GzDecoder::new(&packed.bytes[..]).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.bytes);
    let refused = app.send(Method::GET, "/api/cards", &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(refused.header("content-encoding"), "");
}

#[tokio::test]
async fn the_index_lists_every_endpoint_by_its_full_address() {
    let app = TestApp::empty().await;
    for path in ["/api", "/api/"] {
        let index = app.get(path).await.json();
        let listed: Vec<_> =
            index["endpoints"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(listed.len(), 15);
        for address in listed {
            let path = address.strip_prefix("http://127.0.0.1:8080").unwrap();
            let answer = app.get(path).await;
            let known = answer.status == StatusCode::OK || answer.header("allow") == "POST";
            assert!(known, "{address}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn statistics_have_the_contracts_names() {
    let cards = json!({ "K-1": card("00000001", "High"), "K-2": card("00000002", "Low") });
    let app = TestApp::with(&[(Document::Cards, cards)], WebSettings::default()).await;
    let stats = app.get("/api/stats").await.json();
    assert_eq!(stats["by_customer"], json!({ "Acme": 2 }));
    assert_eq!(stats["high_prio"], 1);
    assert_eq!(stats["bugs"], json!({ "unique": 0, "no_target": 0 }));
    assert_eq!(stats.as_object().unwrap().len(), 16);
}
