//! What was held back is decided about on `/sources`.

use axum::http::StatusCode;
use serde_json::json;
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_store::ledger::{Action, AuditFilter, ShrinkState};

use crate::common::{Answer, TestApp, now};

async fn held(app: &TestApp, entries: u64) {
    app.ledger.hold_shrink(Source::Cards, Document::Cards, 800, entries, now()).await.unwrap();
}

async fn decide(app: &TestApp, what: &str, entries: &str) -> Answer {
    app.form(&format!("/sources/{what}"), &[], &[("entries", entries)]).await
}

async fn state(app: &TestApp) -> ShrinkState {
    app.ledger.held_shrinks().await.unwrap()[0].state
}

#[tokio::test]
async fn what_was_held_back_is_let_through_and_fetched_again() {
    let app = TestApp::empty().await;
    assert!(!app.get("/sources").await.text().contains("Held back"));
    held(&app, 30).await;
    let page = app.get_until("/sources", |page| page.text().contains("800 to 30")).await;
    for part in ["action=\"/sources/cards/approve\"", "name=\"entries\" value=\"30\""] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    let answer = decide(&app, "cards/approve", "30").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sources"));
    assert_eq!(state(&app).await, ShrinkState::Approved);
    assert!(app.ledger.shrink_approved(Document::Cards, 30).await.unwrap());
    let runs = app.get("/api/monitor/runs?q=origin:person").await.json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 1, "{runs}");
    let noted = app.ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap();
    let noted = noted.iter().find(|entry| entry.action == Action::ShrinkDecide.as_str()).unwrap();
    assert_eq!(noted.detail, json!({ "decision": "approve", "from": 800, "to": 30 }));
    let page = app.get_until("/sources", |page| !page.text().contains("Held back")).await;
    assert!(!page.text().contains("800 to 30"));
}

#[tokio::test]
async fn what_was_seen_is_what_is_decided() {
    let app = TestApp::empty().await;
    assert_eq!(decide(&app, "cards/approve", "30").await.status, StatusCode::NOT_FOUND);
    assert_eq!(decide(&app, "nothing/approve", "30").await.status, StatusCode::NOT_FOUND);
    held(&app, 30).await;
    for other in ["31", "29", "", "x"] {
        assert_eq!(decide(&app, "cards/approve", other).await.status, StatusCode::CONFLICT, "{other}");
    }
    assert_eq!(state(&app).await, ShrinkState::Held);
    assert_eq!(decide(&app, "cards/reject", "30").await.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&app).await, ShrinkState::Rejected);
    // Once decided, it is not decided again from a page that was left open; a still smaller answer asks anew.
    assert_eq!(decide(&app, "cards/approve", "30").await.status, StatusCode::CONFLICT);
    held(&app, 20).await;
    assert_eq!(decide(&app, "cards/approve", "20").await.status, StatusCode::SEE_OTHER);
}
