//! `/api/v1/plans` and `/api/v1/journal`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use t5g_store::ledger::PlanState;

use super::{RUN, app, app_with_login, keep_held, partly_done};
use crate::access::support::{Browser, make_token, with_token};
use crate::common::{Answer, TestApp};

fn problem(answer: &Answer, status: StatusCode, said: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.json()["detail"].as_str().unwrap().contains(said), "{}", answer.text());
}

async fn walk(app: &TestApp, first: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(address) = next {
        let page = app.get(&address).await;
        let body = page.json();
        all.extend(body["items"].as_array().unwrap().iter().cloned());
        next = body["next"].as_str().map(str::to_owned);
        if let Some(next) = &next {
            assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\""));
        }
        assert!(all.len() < 100, "there is no end");
    }
    all
}

#[tokio::test]
async fn plans_and_writes_are_listed_in_pages() {
    let app = app().await;
    let id = partly_done(&app).await;
    let held = keep_held(&app).await;
    let ids: Vec<_> =
        walk(&app, "/api/v1/plans?limit=1").await.iter().map(|plan| plan["id"].clone()).collect();
    assert_eq!(ids, [json!(held), json!(id)], "newest first");
    let waits = app.get("/api/v1/plans?state=held&kind=cards&fields=id,held").await.json();
    assert_eq!(waits["items"], json!([{ "id": held, "held": "11 new cases are more than 10" }]));
    let steps = walk(&app, "/api/v1/journal?limit=1&fields=seq,state").await;
    assert_eq!(steps.iter().map(|step| step["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [4, 3, 2, 1]);
    let doubtful = app.get("/api/v1/journal?deliveries=true&state=doubtful").await.json();
    assert_eq!(doubtful["items"][0]["error"], "the connection broke");
    assert_eq!(doubtful["items"][0]["effect"]["do"], "slack_post");
    let moved = app.get("/api/v1/journal?about=00000007&service=jira&state=done").await.json();
    assert_eq!(moved["items"][0]["before"], json!({ "status": "New" }));
    let whole = app.get(&format!("/api/v1/plans/{id}")).await;
    assert_eq!(whole.json()["all_steps"].as_array().unwrap().len(), 4);
    assert_eq!(whole.json()["left_out"][0]["about"], "case 00000099");
    let headers = [("if-none-match", whole.header("etag"))];
    let again = app.send(Method::GET, &format!("/api/v1/plans/{id}"), &headers).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn lists_come_as_lines_and_tables_too() {
    let app = app().await;
    partly_done(&app).await;
    for path in ["/api/v1/plans", "/api/v1/journal"] {
        let lines = app.send(Method::GET, path, &[("accept", "application/x-ndjson")]).await;
        assert!(lines.text().lines().all(|line| serde_json::from_str::<Value>(line).unwrap().is_object()));
        let table = app.send(Method::GET, path, &[("accept", "text/csv")]).await;
        assert_eq!(
            table.text().lines().next().unwrap().split(',').next().unwrap(),
            if path.ends_with("plans") { "id" } else { "plan" }
        );
    }
}

#[tokio::test]
async fn what_a_list_does_not_know_is_an_error() {
    let app = app().await;
    partly_done(&app).await;
    problem(&app.get("/api/v1/journal?lmit=1").await, StatusCode::BAD_REQUEST, "service, deliveries");
    problem(&app.get("/api/v1/plans?about=00000007").await, StatusCode::BAD_REQUEST, "kind, state");
    problem(&app.get("/api/v1/plans?kind=fax").await, StatusCode::BAD_REQUEST, "priorities");
    problem(&app.get("/api/v1/journal?limit=0").await, StatusCode::BAD_REQUEST, "from 1 to 500");
    problem(&app.get("/api/v1/journal?fields=colour").await, StatusCode::BAD_REQUEST, "colour");
    let cursor = app.get("/api/v1/journal?limit=1").await.json()["cursor"].as_str().unwrap().to_owned();
    problem(
        &app.get(&format!("/api/v1/plans?cursor={cursor}")).await,
        StatusCode::BAD_REQUEST,
        "another list",
    );
    problem(&app.get(&format!("/api/v1/plans/{RUN}")).await, StatusCode::NOT_FOUND, "no plan");
    problem(&app.get("/api/v1/plans/x").await, StatusCode::NOT_FOUND, "no plan's id");
}

#[tokio::test]
async fn programs_decide_with_a_token_that_may_write() {
    let app = app_with_login().await;
    let (first, second) = (keep_held(&app).await, keep_held(&app).await);
    let mut olga = Browser::sign_in(&app, "Olga", "leads").await;
    let reads = make_token(&app, &mut olga, &["read"]).await;
    let writes = make_token(&app, &mut olga, &["write"]).await;
    let release = format!("/api/v1/plans/{first}/release");
    let refused = with_token(&app, Method::POST, &release, &reads).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let released = with_token(&app, Method::POST, &release, &writes).await;
    assert_eq!(released.status, StatusCode::ACCEPTED, "{}", released.text());
    assert_eq!((&released.json()["state"], released.json()["run"].is_string()), (&json!("released"), true));
    let late = with_token(&app, Method::POST, &release, &writes).await;
    problem(&late, StatusCode::CONFLICT, "it is released by");
    let reject = format!("/api/v1/plans/{second}/reject");
    let rejected = with_token(&app, Method::POST, &reject, &writes).await;
    assert_eq!(rejected.json(), json!({ "plan": second, "state": "rejected", "run": null }));
    assert_eq!(app.ledger.plan(second).await.unwrap().unwrap().summary.state, PlanState::Rejected);
    let none = format!("/api/v1/plans/{RUN}/release");
    problem(&with_token(&app, Method::POST, &none, &writes).await, StatusCode::NOT_FOUND, "no plan");
}
