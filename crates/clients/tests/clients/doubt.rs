//! Whether a write that failed may have been done: what callers decide by whether to do it again.

use std::time::Duration;

use serde_json::{Map, json};
use t5g_clients::jira::{Flavour, JiraClient, RemoteLink};
use t5g_clients::{ClientError, ErrorKind};

use crate::support::{Reply, Server, endpoint};

async fn comment(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> (ClientError, usize) {
    let server = Server::start(move |seen| answer(seen.place)).await;
    let error = server.jira(Flavour::Cloud).add_comment("A-1", "x").await.unwrap_err();
    (error, server.count())
}

#[tokio::test]
async fn an_answer_of_4xx_is_certain_and_a_5xx_or_half_an_answer_is_not() {
    let body = json!({"errorMessages": ["no"], "errors": {"summary": "too long"}});
    for (status, doubt) in [
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (409, false),
        (408, true),
        (500, true),
        (502, true),
        (503, true),
    ] {
        let body = body.clone();
        let (error, count) = comment(move |_| Reply::json(status, &body)).await;
        assert_eq!(error.may_have_acted(), doubt, "{status}");
        assert_eq!(count, 1, "{status}: a comment is not repeated");
        assert!(error.to_string().contains("no; summary: too long"), "{error}");
    }
    let good = Reply::json(201, &json!({"id": "10001", "body": "some text that is longer than its half"}));
    for (what, reply) in [
        ("cut", good.clone().cut()),
        ("not JSON", Reply::text(201, "{\"id\": \"1")),
        ("a page", Reply::html(200, "Welcome")),
        ("without an id", Reply::json(201, &json!({}))),
    ] {
        let (error, count) = comment(move |_| reply.clone()).await;
        assert!(error.may_have_acted(), "{what}: {error}");
        assert_eq!(count, 1, "{what}");
    }
}

#[tokio::test]
async fn being_throttled_is_certain_and_so_tried_again() {
    let good = json!({"id": "10001"});
    let server = Server::start(move |seen| match seen.place {
        0 => Reply::text(429, "").header("retry-after", "0"),
        _ => Reply::json(201, &good),
    })
    .await;
    assert_eq!(server.jira(Flavour::Cloud).add_comment("A-1", "x").await.unwrap(), "10001");
    assert_eq!(server.count(), 2);
    let (error, count) = comment(|_| Reply::text(429, "").header("retry-after", "0")).await;
    assert!(!error.may_have_acted() && error.is_transient() && count == 4, "{error}");
}

#[tokio::test]
async fn no_connection_is_certain_and_silence_is_not() {
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let auth = t5g_clients::jira::JiraAuth::Bearer(t5g_clients::Secret::new("jira-pat-1"));
    let client = |address: &str, wait: Duration| {
        let mut endpoint = endpoint(address);
        endpoint.options.total_timeout = wait;
        JiraClient::new(endpoint, auth.clone(), Some(Flavour::Cloud), &crate::support::around()).unwrap()
    };
    let error = client(&format!("http://{gone}"), Duration::from_secs(5)).add_comment("A-1", "x").await;
    let error = error.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Unreachable { .. }) && !error.may_have_acted(), "{error}");
    let error = client("http://no-such-host.invalid", Duration::from_secs(5)).add_comment("A-1", "x").await;
    assert!(!error.unwrap_err().may_have_acted());
    let server = Server::start(|_| Reply::json(201, &json!({"id": "1"})).after(Duration::from_secs(5))).await;
    let error = client(&server.address, Duration::from_millis(200)).add_comment("A-1", "x").await;
    let error = error.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TimedOut { .. }) && error.may_have_acted(), "{error}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn what_may_be_done_twice_is_repeated_and_an_earlier_doubt_is_not_forgotten() {
    let server = Server::start(|seen| match seen.place {
        0 => Reply::text(500, "after the effect, perhaps"),
        _ => Reply::json(404, &json!({"errorMessages": ["gone meanwhile"]})),
    })
    .await;
    let link = RemoteLink { global_id: "g".into(), url: "https://x.example/".into(), title: "x".into() };
    let error = server.jira(Flavour::Cloud).set_remote_link("A-1", &link).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::NotFound { .. }) && error.may_have_acted(), "{error}");
    assert_eq!(server.count(), 2);
    let server = Server::start(|_| Reply::text(409, "conflict")).await;
    let error = server.jira(Flavour::Cloud).update_fields("A-1", &Map::new()).await.unwrap_err();
    assert_eq!((error.status, server.count(), error.may_have_acted()), (Some(409), 1, false));
}

#[tokio::test]
async fn a_link_without_a_global_id_is_not_repeated() {
    let server = Server::start(|_| Reply::text(500, "")).await;
    let error = server.jira(Flavour::Cloud).set_remote_link("A-1", &RemoteLink::default()).await.unwrap_err();
    assert!(error.may_have_acted() && server.count() == 1);
}

#[tokio::test]
async fn a_write_that_is_sent_on_is_in_doubt_and_a_read_never_is() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => Reply::text(302, "").header("location", "/elsewhere"),
        _ => Reply::json(200, &json!({"id": "1"})),
    })
    .await;
    let error = server.jira(Flavour::Cloud).add_comment("A-1", "x").await.unwrap_err();
    assert!(error.may_have_acted() && error.to_string().contains("another address"), "{error}");
    let server = Server::start(|_| Reply::text(500, "")).await;
    let error = server.jira(Flavour::Cloud).server_info().await.unwrap_err();
    assert!(!error.may_have_acted() && server.count() == 4);
}
