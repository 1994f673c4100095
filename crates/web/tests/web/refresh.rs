//! Starting refreshes and seeing how far they are.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::common::TestApp;

#[tokio::test]
async fn the_button_starts_a_refresh_that_everybody_sees() {
    let app = TestApp::empty().await;
    assert_eq!(app.post("/progress/status").await.json(), json!({}));
    let started = app.post("/refresh").await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    let place = started.header("location").to_owned();
    assert!(place.starts_with("/status/"));
    let running = app.get_until(&place, |answer| answer.json()["current"] == 1).await;
    assert_eq!(running.json(), json!({ "state": "PROGRESS", "current": 1, "total": 4, "status": "cards" }));
    let seen = app.post("/progress/status").await;
    assert_eq!((seen.status, seen.header("location")), (StatusCode::ACCEPTED, place.as_str()));
    let again = app.post("/refresh").await;
    assert_eq!(again.header("location"), place, "a second press joins the running one");
    app.permits.add_permits(1);
    let done = app.get_until(&place, |answer| answer.json()["state"] == "SUCCESS").await;
    assert_eq!(done.json()["result"], json!({ "cards": 4 }));
    assert_eq!(app.post("/progress/status").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_browser_without_scripts_is_led_to_a_page() {
    let app = TestApp::empty().await;
    let headers = [("accept", "text/html,*/*"), ("sec-fetch-site", "same-origin")];
    let started = app.send(Method::POST, "/refresh", &headers).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER);
    let page = app.send(Method::GET, started.header("location"), &headers).await;
    assert!(page.text().contains("<h1>The refresh"), "{}", page.text());
}

#[tokio::test]
async fn the_api_answers_as_the_python_dashboard() {
    let app = TestApp::empty().await;
    assert_eq!(app.post("/api/refresh/cards").await.json(), json!({ "caching cards": "ok" }));
    let unknown = app.post("/api/refresh/nonsense").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.json(), json!({ "error": "unknown data type: nonsense" }));
    let not_here = app.post("/api/refresh/bugs").await;
    assert_eq!(not_here.status, StatusCode::NOT_FOUND);
    assert!(not_here.json()["detail"].as_str().unwrap().contains("bugs_sync"));
}

#[tokio::test]
async fn an_unknown_run_is_not_found() {
    let app = TestApp::empty().await;
    assert_eq!(app.get("/status/none").await.status, StatusCode::NOT_FOUND);
}
