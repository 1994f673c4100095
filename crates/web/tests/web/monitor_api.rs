//! `/api/monitor`: background work for programs.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::{Answer, TestApp};

const JSON: &str = "application/json";

async fn until(app: &TestApp, path: &str, state: &str) -> Value {
    let answer = app.get_until(path, |answer| answer.json()["run"]["state"] == state).await;
    assert_eq!(answer.json()["run"]["state"], state, "{}", answer.text());
    answer.json()
}

fn problem(answer: &Answer, status: StatusCode, said: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.json()["detail"].as_str().unwrap().contains(said), "{}", answer.text());
}

#[tokio::test]
async fn a_task_is_started_seen_and_stopped() {
    let app = TestApp::empty().await;
    let body = r#"{"arguments": {"full": true, "note": "<b>"}}"#;
    let started = app.post_body("/api/monitor/tasks/refresh/runs", JSON, body).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    let place = started.header("location").to_owned();
    assert_eq!(place, format!("/api/monitor/runs/{}", started.json()["run"].as_str().unwrap()));
    assert_eq!(started.json()["joined"], false);
    let run = until(&app, &place, "running").await;
    assert_eq!(run["run"]["arguments"], json!({ "full": true, "note": "<b>" }));
    assert_eq!(run["run"]["asked_by"], "local");
    let again = app.post_body("/api/monitor/tasks/refresh/runs", JSON, body).await;
    assert_eq!((again.header("location"), &again.json()["joined"]), (place.as_str(), &json!(true)));
    let overview = app.get("/api/monitor").await.json();
    assert_eq!((&overview["running"], &overview["waiting"]), (&json!(1), &json!(0)));
    assert_eq!(overview["queues"][0]["name"], "test");
    assert_eq!(overview["workers"][0]["silent"], false);
    let stopped = app.post(&format!("{place}/cancel")).await;
    assert_eq!((stopped.status, &stopped.json()["state"]), (StatusCode::ACCEPTED, &json!("running")));
    until(&app, &place, "cancelled").await;
    let late = app.post(&format!("{place}/cancel")).await;
    problem(&late, StatusCode::CONFLICT, "it cannot be stopped any more");
    assert_eq!(app.post(&format!("{place}/retry")).await.status, StatusCode::ACCEPTED);
    app.permits.add_permits(1);
    until(&app, &place, "done").await;
    problem(&app.post(&format!("{place}/retry")).await, StatusCode::CONFLICT, "start the task anew");
}

#[tokio::test]
async fn bad_starts_say_what_is_expected() {
    let app = TestApp::empty().await;
    let start = async |task: &str, body: &str| {
        app.post_body(&format!("/api/monitor/tasks/{task}/runs"), JSON, body).await
    };
    problem(&start("none", "").await, StatusCode::NOT_FOUND, "refresh, card_sync, fails, for_admins");
    problem(&start("refresh", "{").await, StatusCode::BAD_REQUEST, "Expected is nothing, or");
    problem(&start("refresh", r#"{"argument": 1}"#).await, StatusCode::BAD_REQUEST, "argument");
    let large = json!({ "arguments": "x".repeat(4_001) }).to_string();
    problem(&start("refresh", &large).await, StatusCode::BAD_REQUEST, "at most 4000 bytes");
    assert_eq!(start("refresh", "").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn schedules_and_queues_are_paused_and_taken_up() {
    let app = TestApp::empty().await;
    let paused = app.post("/api/monitor/tasks/fails/pause").await.json();
    assert_eq!(paused, json!({ "paused": true, "changed": true }));
    let task = app.get("/api/monitor/tasks/fails").await.json();
    assert_eq!(task["schedule"]["paused"]["by"], "local");
    assert_eq!((&task["schedule"]["next"], &task["schedule"]["cron"]), (&Value::Null, &json!("40 4 * * *")));
    assert_eq!(app.post("/api/monitor/tasks/fails/pause").await.json()["changed"], false);
    assert_eq!(app.post("/api/monitor/tasks/fails/resume").await.json()["paused"], false);
    problem(&app.post("/api/monitor/tasks/refresh/pause").await, StatusCode::CONFLICT, "no schedule");
    app.post("/api/monitor/queues/other/pause").await;
    let queues = app.get("/api/monitor/queues").await.json();
    assert_eq!((&queues[0]["paused"], &queues[1]["paused"]["by"]), (&Value::Null, &json!("local")));
    assert_eq!(app.post("/api/monitor/queues/other/resume").await.json()["changed"], true);
    problem(&app.post("/api/monitor/queues/none/pause").await, StatusCode::NOT_FOUND, "test, other, high");
}

#[tokio::test]
async fn runs_are_filtered_counted_and_paged() {
    let app = TestApp::empty().await;
    let mut last = String::new();
    for _ in 0..3 {
        let started = app.post("/api/monitor/tasks/fails/runs").await;
        last = started.header("location").to_owned();
        until(&app, &last, "failed").await;
    }
    let page = app.get("/api/monitor/runs?q=task:%3Dfails&size=2&page=2").await.json();
    assert_eq!((&page["total"], &page["page"], &page["size"]), (&json!(3), &json!(2), &json!(2)));
    assert_eq!((page["runs"].as_array().unwrap().len(), &page["states"]), (1, &json!({ "failed": 3 })));
    assert_eq!(app.get("/api/monitor/runs?q=task:%3Dfail").await.json()["total"], 0, "the whole name");
    assert_eq!(app.get("/api/monitor/runs?q=ended:%3E%3D2026-11-23").await.json()["total"], 3);
    assert_eq!(app.get("/api/monitor/runs?q=ended:%3C2026-11-23").await.json()["total"], 0);
    problem(&app.get("/api/monitor/runs?q=stat:x").await, StatusCode::BAD_REQUEST, "at character 1");
    problem(&app.get("/api/monitor/runs?size=1000").await, StatusCode::BAD_REQUEST, "1 to 200");
    problem(&app.get("/api/monitor/runs/none").await, StatusCode::NOT_FOUND, "no run");
    let error = app.get(&last).await.json()["run"]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("<script>"), "programs get the text as it is: {error}");
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let app = TestApp::empty().await;
    for path in ["/api/monitor/tasks", "/api/monitor/tasks/fails", "/api/monitor/queues", "/api/monitor/runs"]
    {
        let first = app.get(path).await;
        assert_eq!(first.header("content-type"), "application/json", "{path}");
        let headers = [("if-none-match", first.header("etag"))];
        let again = app.send(Method::GET, path, &headers).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
    }
    assert_eq!(app.get("/api/monitor/tasks").await.json().as_array().unwrap().len(), 4);
    assert_eq!(app.get("/api/monitor/workers").await.json()[0]["running"], 0);
}
