//! Faults happen as scripted, and time moves when told.

use crate::common::Client;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CASE: &str = "/portal/hydra/rest/v1/cases/04000001";

async fn fault(client: &Client, rule: Value) {
    let (status, answer) = client.post("/_sim/faults", rule).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
}

#[tokio::test]
async fn statuses_come_with_their_retry_after() {
    let client = Client::start(10).await;
    for (form, expected) in [
        ("missing", None),
        ("zero", Some("0")),
        ("seconds", Some("1")),
        ("date", Some("Mon, 23 Nov 2026 09:00:01 GMT")),
    ] {
        fault(&client, json!({ "route": "GET /portal/*", "times": 1, "fault": { "kind": "status", "status": 429, "retry_after": form } })).await;
        let answer = client.send(Method::GET, CASE, None).await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers().get("retry-after").map(|value| value.to_str().unwrap()), expected);
        assert_eq!(client.status(CASE).await, StatusCode::OK);
    }
    assert_eq!(client.get("/_sim/state").await["faults_hit"], 4);
}

#[tokio::test]
async fn connections_are_cut_before_and_within_the_answer() {
    let client = Client::start(10).await;
    fault(&client, json!({ "route": CASE, "nth": [1], "fault": { "kind": "drop" } })).await;
    assert!(client.send(Method::GET, CASE, None).await.is_err());
    assert_eq!(client.status(CASE).await, StatusCode::OK);
    client.send(Method::DELETE, "/_sim/faults", None).await.unwrap();
    fault(&client, json!({ "route": CASE, "fault": { "kind": "half_sent" } })).await;
    let answer = client.send(Method::GET, CASE, None).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn a_write_can_take_effect_before_its_answer_is_lost() {
    let client = Client::start(10).await;
    fault(&client, json!({ "route": "POST /jira/*/issue", "nth": [1], "after_effect": true, "fault": { "kind": "drop" } })).await;
    let fields = json!({ "fields": { "project": { "key": "KNIECO" }, "issuetype": { "name": "Story" }, "summary": "04000001: lost" } });
    assert!(client.send(Method::POST, "/jira/rest/api/3/issue", Some(fields)).await.is_err());
    let (_, found) = client
        .post("/jira/rest/api/3/search/jql", json!({ "jql": "project = KNIECO AND summary ~ \"lost\"" }))
        .await;
    assert_eq!(found["issues"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/_sim/journal").await["total"], 1);
}

#[tokio::test]
async fn a_write_can_take_effect_long_after_its_answer_was_lost() {
    let client = Client::start(10).await;
    fault(&client, json!({ "route": "POST /jira/*/issue", "holds": "lost", "effect_after_ms": 700, "fault": { "kind": "drop" } })).await;
    let fields = |summary: &str| json!({ "fields": { "project": { "key": "KNIECO" }, "issuetype": { "name": "Story" }, "summary": summary } });
    let (status, _) = client.post("/jira/rest/api/3/issue", fields("04000001: kept")).await;
    assert_eq!(status, StatusCode::CREATED, "only what the rule names by its body goes wrong");
    assert!(
        client.send(Method::POST, "/jira/rest/api/3/issue", Some(fields("04000002: lost"))).await.is_err()
    );
    assert_eq!(client.get("/_sim/journal").await["total"], 1, "nothing of it yet");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while client.get("/_sim/journal").await["total"] != 2 {
        assert!(std::time::Instant::now() < deadline, "it never took effect");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn answers_are_spoilt_as_asked() {
    let client = Client::start(120).await;
    let search = "/jira/rest/api/3/search/jql?jql=project%3DKNIECO&maxResults=40";
    let whole = client.get(search).await["issues"].as_array().unwrap().len();
    for (kind, rows) in [
        ("duplicate_rows", whole + whole.div_ceil(3)),
        ("dropped_rows", whole - whole / 4),
        ("short_page", whole / 2),
        ("anonymous", 0),
    ] {
        fault(&client, json!({ "route": "/jira/*", "times": 1, "fault": { "kind": kind } })).await;
        assert_eq!(client.get(search).await["issues"].as_array().unwrap().len(), rows, "{kind}");
    }
    fault(&client, json!({ "route": "/jira/*", "times": 1, "fault": { "kind": "truncated_json" } })).await;
    let answer = client.send(Method::GET, search, None).await.unwrap().text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&answer).is_err());
    fault(&client, json!({ "route": "/jira/*", "times": 1, "fault": { "kind": "repeated_token" } })).await;
    assert_eq!(client.get(search).await["nextPageToken"], "sim-page-0");
    let (status, refused) = client.post("/_sim/faults", json!({ "fault": { "kind": "earthquake" } })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["error"].as_str().unwrap().contains("earthquake"));
}

#[tokio::test]
async fn a_fifth_of_everything_fails_and_trying_again_helps() {
    let client = Client::start(50).await;
    fault(&client, json!({ "everything": 0.2 })).await;
    let mut failed = 0;
    for index in 0..50 {
        let path = format!("/portal/hydra/rest/v1/cases/{:08}", 4_000_001 + index);
        let mut tries = 0;
        loop {
            tries += 1;
            assert!(tries < 30, "{path}");
            let answer = client.send(Method::GET, &path, None).await;
            let Ok(answer) = answer else { continue };
            let good = answer.status() == StatusCode::OK;
            if let (true, Ok(text)) = (good, answer.text().await)
                && let Ok(case) = serde_json::from_str::<Value>(&text)
            {
                assert!(case["caseNumber"].is_string());
                break;
            }
        }
        failed += tries - 1;
    }
    assert!(failed > 0);
}

#[tokio::test]
async fn time_moves_when_told_and_new_cases_come() {
    let client = Client::start(100).await;
    let before = client.get("/_sim/state").await;
    let (_, moved) = client.post("/_sim/advance", json!({ "days": 1 })).await;
    assert_eq!(moved["opened"], 3);
    let after = client.get("/_sim/state").await;
    assert_eq!(after["cases"].as_u64().unwrap(), before["cases"].as_u64().unwrap() + 3);
    assert_eq!(after["now"], "2026-11-24T09:00:00Z");
    let (status, _) = client.post("/_sim/advance", json!({ "hours": "many" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let requests = client.get("/_sim/requests").await;
    assert_eq!(requests["POST /_sim/advance"], 2);
    client.running.shutdown().await;
}

#[tokio::test]
async fn a_new_issue_is_found_by_key_at_once_and_by_search_later() {
    let client = Client::start(10).await;
    client.post("/_sim/search-lag", json!({ "seconds": 1800 })).await;
    let fields = json!({ "fields": { "project": { "key": "KNIECO" }, "issuetype": { "name": "Story" }, "summary": "04000001: new" } });
    let (_, made) = client.post("/jira/rest/api/3/issue", fields).await;
    let (key, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap().parse::<u64>().unwrap());
    let found = async |more: Value| {
        let mut body = json!({ "jql": "project = KNIECO AND summary ~ \"new\"", "fields": ["summary"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (_, page) = client.post("/jira/rest/api/3/search/jql", body).await;
        page["issues"].as_array().unwrap().len()
    };
    assert_eq!(client.status(&format!("/jira/rest/api/3/issue/{key}")).await, StatusCode::OK);
    assert_eq!(found(json!({})).await, 0);
    assert_eq!(found(json!({ "reconcileIssues": [id] })).await, 1);
    client.running.advance(1);
    assert_eq!(found(json!({})).await, 1);
}
