//! What all lists of `/api/v1` have in common: pages over data that change, order, members, forms, tags, errors.

use std::collections::BTreeSet;
use std::io::Read as _;

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::access::support::{Browser, make_token, settings, with_token};
use crate::api_world::app;
use crate::common::{Answer, TestApp, card};

const LISTS: [&str; 8] = [
    "/api/v1/cards",
    "/api/v1/cases",
    "/api/v1/bugs",
    "/api/v1/issues",
    "/api/v1/accounts",
    "/api/v1/engineers",
    "/api/v1/statistics/history",
    "/api/v1/sources",
];

fn problem(answer: &Answer, status: StatusCode, said: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.json()["detail"].as_str().unwrap().contains(said), "{}", answer.text());
}

fn cards(numbers: impl Iterator<Item = u32>) -> Map<String, Value> {
    let severities = ["Urgent", "High", "Normal", "Low"];
    numbers.map(|n| (format!("K-{n}"), card(&format!("{n:08}"), severities[n as usize % 4]))).collect()
}

fn keys(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

async fn write(app: &TestApp, cards: &Map<String, Value>) {
    let before = app.get("/api/v1/cards?fields=key&limit=1").await.header("etag").to_owned();
    app.write(Document::Cards, &Value::Object(cards.clone())).await;
    let after =
        app.get_until("/api/v1/cards?fields=key&limit=1", |answer| answer.header("etag") != before).await;
    assert_ne!(after.header("etag"), before);
}

#[tokio::test]
async fn pages_miss_nothing_that_stays_and_tell_nothing_twice_while_data_change() {
    let mut all = cards(1..=60);
    let app = TestApp::with(&[(Document::Cards, Value::Object(all.clone()))], WebSettings::default()).await;
    let mut stays: BTreeSet<String> = all.keys().cloned().collect();
    let mut seen: Vec<String> = Vec::new();
    let mut next =
        "/api/v1/cards?q=sev:urgent,high,normal,low&sort=-severity,summary&limit=7&fields=key,severity"
            .to_owned();
    for round in 0_u32.. {
        let page = app.get(&next).await;
        let body = page.json();
        seen.extend(keys(&body));
        let Some(address) = body["next"].as_str() else { break };
        assert_eq!(page.header("link"), format!("<{address}>; rel=\"next\""));
        next = address.to_owned();
        // What the page ended with goes, others come before and after it.
        let last = seen.last().unwrap().clone();
        all.remove(&last);
        stays.remove(&last);
        all.extend(cards(100 + round * 4..104 + round * 4));
        write(&app, &all).await;
        assert!(round < 50, "there is no end");
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "something came twice");
    assert!(stays.iter().all(|key| distinct.contains(key)), "something was missed");
}

#[tokio::test]
async fn the_order_is_as_asked_and_the_unknown_comes_last() {
    let app = app().await;
    let order = async |sort: &str| keys(&app.get(&format!("/api/v1/cards?sort={sort}")).await.json());
    assert_eq!(order("severity").await, ["K-1", "K-9", "K-10"]);
    assert_eq!(order("-severity").await, ["K-10", "K-9", "K-1"]);
    assert_eq!(order("case_created").await, ["K-1", "K-10", "K-9"]);
    assert_eq!(order("-case_created").await, ["K-1", "K-10", "K-9"]);
    assert_eq!(order("assignee,-comment_count").await, ["K-10", "K-1", "K-9"]);
    problem(&app.get("/api/v1/cards?sort=colour").await, StatusCode::BAD_REQUEST, "severity, escalated");
}

#[tokio::test]
async fn cursors_are_ours_or_refused() {
    let app = app().await;
    let first = app.get("/api/v1/cards?limit=1&sort=account").await.json();
    let cursor = first["cursor"].as_str().unwrap();
    let at = async |rest: &str| app.get(&format!("/api/v1/cards?cursor={rest}")).await;
    assert_eq!(keys(&at(&format!("{cursor}&sort=account&limit=2&fields=key")).await.json()).len(), 2);
    problem(&at(cursor).await, StatusCode::BAD_REQUEST, "another list, filter or order");
    problem(
        &at(&format!("{cursor}&sort=-account")).await,
        StatusCode::BAD_REQUEST,
        "another list, filter or order",
    );
    problem(
        &at(&format!("{cursor}&sort=account&q=x")).await,
        StatusCode::BAD_REQUEST,
        "another list, filter or order",
    );
    let elsewhere = app.get(&format!("/api/v1/accounts?cursor={cursor}&sort=name")).await;
    problem(&elsewhere, StatusCode::BAD_REQUEST, "another list");
    for bad in ["x", "%00", "e30", "%ED%95%9C", &"A".repeat(20_000)] {
        problem(&at(bad).await, StatusCode::BAD_REQUEST, "none of ours");
    }
}

#[tokio::test]
async fn members_are_picked_and_unknown_ones_named() {
    let app = app().await;
    let picked = app.get("/api/v1/cards?fields=severity,key&limit=1").await.json();
    assert_eq!(picked["items"], json!([{ "severity": "Low", "key": "K-1" }]));
    for list in LISTS {
        let page = app.get(list).await.json();
        let full = page["items"][0].as_object().unwrap();
        let unknown = app.get(&format!("{list}?fields=nonsense")).await;
        problem(&unknown, StatusCode::BAD_REQUEST, "There is no field \"nonsense\" here. Known are: ");
        let detail = unknown.json()["detail"].as_str().unwrap().to_owned();
        assert!(full.keys().all(|name| detail.contains(name.as_str())), "{list}: {detail}");
        let all: Vec<&str> = full.keys().map(String::as_str).collect();
        let again = app.get(&format!("{list}?fields={}", all.join(","))).await.json();
        assert_eq!(again["items"][0].as_object().unwrap(), full, "{list}");
    }
    problem(&app.get("/api/v1/cards/K-1?fields=key,colour").await, StatusCode::BAD_REQUEST, "\"colour\"");
}

#[tokio::test]
async fn what_a_list_does_not_know_is_an_error() {
    let app = app().await;
    for list in LISTS {
        let unknown = app.get(&format!("{list}?lmit=1")).await;
        problem(&unknown, StatusCode::BAD_REQUEST, "limit, cursor, fields");
        for bad in ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1&limit=2", "sort=x"] {
            let answer = app.get(&format!("{list}?{bad}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{list} {bad}");
        }
    }
    problem(&app.get("/api/v1/cases?open=yes").await, StatusCode::BAD_REQUEST, "true or false");
    problem(&app.get("/api/v1?x=1").await, StatusCode::BAD_REQUEST, "\"x\"");
    problem(&app.get("/api/v1/nothing").await, StatusCode::NOT_FOUND, "nothing at this address");
    problem(&app.post("/api/v1/cards").await, StatusCode::METHOD_NOT_ALLOWED, "cannot be used this way");
}

#[tokio::test]
async fn a_client_that_has_it_gets_no_body_until_it_changes() {
    let app = app().await;
    let others = ["/api/v1", "/api/v1/cards/K-1", "/api/v1/cases/00000001", "/api/v1/statistics"];
    let mut tags = BTreeSet::new();
    for path in LISTS.into_iter().chain(others) {
        for accept in ["application/json", "application/x-ndjson", "text/csv"] {
            let first = app.send(Method::GET, path, &[("accept", accept)]).await;
            if first.status == StatusCode::NOT_ACCEPTABLE {
                continue;
            }
            let etag = first.header("etag").to_owned();
            assert!(tags.insert(etag.clone()), "{path} {accept}: the tag of another answer");
            let headers = [("accept", accept), ("if-none-match", etag.as_str())];
            let again = app.send(Method::GET, path, &headers).await;
            assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
            assert_eq!((again.header("etag"), again.header("vary")), (etag.as_str(), "Accept"), "{path}");
        }
    }
    let filtered = app.get("/api/v1/cards?q=is:open").await.header("etag").to_owned();
    assert!(tags.insert(filtered), "another filter is another answer");
    let old = app.get("/api/v1/cards").await.header("etag").to_owned();
    app.write(Document::Cards, &json!({ "K-1": card("00000001", "Low") })).await;
    let new = app.get_until("/api/v1/cards", |answer| answer.header("etag") != old).await;
    assert_eq!(new.json()["total"], 1);
}

#[tokio::test]
async fn forms_that_cannot_be_had_are_refused_with_those_that_can() {
    let app = app().await;
    let ask = async |path: &str, accept: &str| app.send(Method::GET, path, &[("accept", accept)]).await;
    for list in LISTS {
        problem(
            &ask(list, "image/png").await,
            StatusCode::NOT_ACCEPTABLE,
            "application/json, application/x-ndjson, text/csv",
        );
        assert_eq!(ask(list, "text/html,*/*;q=0.8").await.header("content-type"), "application/json");
    }
    for one in ["/api/v1/cards/K-1", "/api/v1/cases/00000001", "/api/v1/statistics", "/api/v1"] {
        problem(&ask(one, "text/csv").await, StatusCode::NOT_ACCEPTABLE, "It offers: application/json.");
    }
}

#[tokio::test]
async fn long_lists_come_whole_as_lines_and_in_pages_as_json() {
    let documents = [(Document::Cards, Value::Object(cards(1..=2_345)))];
    let app = TestApp::with(&documents, WebSettings::default()).await;
    let page = app.get("/api/v1/cards?fields=key").await.json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (100, &json!(2_345)));
    let lines = [("accept", "application/x-ndjson")];
    let all = app.send(Method::GET, "/api/v1/cards?fields=key", &lines).await;
    let got: BTreeSet<&str> = all.text().lines().collect();
    assert_eq!((got.len(), all.text().lines().count(), all.header("link")), (2_345, 2_345, ""));
    let some = app.send(Method::GET, "/api/v1/cards?fields=key&limit=1000", &lines).await;
    assert_eq!(some.text().lines().count(), 1_000);
    let next = some.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
    let more = app.send(Method::GET, &next, &lines).await;
    assert_eq!(more.text().lines().count(), 1_000);
    assert_ne!(more.text().lines().next(), some.text().lines().next());
    let csv = app.send(Method::GET, "/api/v1/cards?fields=key", &[("accept", "text/csv")]).await;
    assert_eq!(csv.text().lines().count(), 2_346);
    let packed = [("accept", "text/csv"), ("accept-encoding", "gzip")];
    let packed = app.send(Method::GET, "/api/v1/cards?fields=key", &packed).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&packed.bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, csv.text());
}

#[tokio::test]
async fn tokens_need_the_scope_and_are_told_how_often_they_may_ask() {
    let app = TestApp::with(&[(Document::Cards, Value::Object(cards(1..=3)))], settings()).await;
    let mut browser = Browser::sign_in(&app, "Eve", "admins").await;
    let reads = make_token(&app, &mut browser, &["read"]).await;
    let writes = make_token(&app, &mut browser, &["write"]).await;
    for path in
        LISTS.into_iter().chain(["/api/v1", "/api/v1/cards/K-1", "/api/v1/statistics", "/api/openapi.json"])
    {
        let answer = with_token(&app, Method::GET, path, &reads).await;
        assert_eq!(
            (answer.status, answer.header("ratelimit-policy")),
            (StatusCode::OK, "\"token\";q=600;w=60"),
            "{path}"
        );
        let refused = with_token(&app, Method::GET, path, &writes).await;
        problem(&refused, StatusCode::FORBIDDEN, "a token with the scope read");
        problem(&app.get(path).await, StatusCode::UNAUTHORIZED, "Authorization: Bearer");
    }
    for (path, status) in
        [("/api/v1/cards/NO-1", StatusCode::NOT_FOUND), ("/api/v1/cards?x=1", StatusCode::BAD_REQUEST)]
    {
        let answer = with_token(&app, Method::GET, path, &reads).await;
        assert_eq!(answer.status, status);
        assert!(answer.header("ratelimit").starts_with("\"token\";r="), "an error counts too");
        assert_eq!(answer.header("ratelimit-limit"), "600");
    }
}
