//! Bugzilla: three ways to present the key, ids that are dropped without a word, answers cut at 20 bugs.

use serde_json::{Value, json};
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::{ErrorKind, Secret};

use crate::support::{Reply, Seen, Server, around};

fn ids(seen: &Seen) -> Vec<u64> {
    seen.get("id").unwrap().split(',').map(|id| id.parse().unwrap()).collect()
}

fn bugs(ids: impl IntoIterator<Item = u64>) -> Reply {
    let bugs: Vec<Value> =
        ids.into_iter().map(|id| json!({"id": id, "summary": "s", "component": ["c"]})).collect();
    Reply::ok(&json!({"bugs": bugs, "faults": []}))
}

#[tokio::test]
async fn the_key_is_presented_in_one_way_only() {
    for style in [KeyStyle::Bearer, KeyStyle::Query, KeyStyle::Header] {
        let server = Server::start(|seen| bugs(ids(seen))).await;
        let client =
            BugzillaClient::new(server.endpoint(), style, Secret::new("bugzilla-key-1"), &around()).unwrap();
        client.bugs(&[1]).await.unwrap();
        let seen = &server.seen()[0];
        let ways = (seen.header("authorization"), seen.get("api_key"), seen.header("x-bugzilla-api-key"));
        let key = Some("bugzilla-key-1");
        assert_eq!(
            ways,
            match style {
                KeyStyle::Bearer => (Some("Bearer bugzilla-key-1"), None, None),
                KeyStyle::Query => (None, key, None),
                KeyStyle::Header => (None, None, key),
            }
        );
        assert_eq!((seen.get("limit"), seen.path.as_str()), (Some("0"), "/rest/bug"));
        assert!(
            seen.get("include_fields").unwrap().split(',').any(|field| field == "cf_internal_whiteboard")
        );
    }
}

#[tokio::test]
async fn dropped_ids_are_unavailable_and_harm_no_other() {
    let server = Server::start(|seen| {
        assert!(ids(seen).len() <= 100);
        bugs(ids(seen).into_iter().filter(|id| id % 10 != 0))
    })
    .await;
    let wanted: Vec<u64> = (1..=250).chain(1..=5).collect();
    let answer = server.bugzilla().bugs(&wanted).await.unwrap();
    assert_eq!((answer.found.len(), answer.unavailable.len()), (225, 25));
    assert!(answer.unavailable.iter().all(|id| id % 10 == 0));
    assert!(answer.found.iter().map(|bug| bug.id).is_sorted());
}

#[tokio::test]
async fn an_answer_cut_at_twenty_bugs_is_completed() {
    let server = Server::start(|seen| bugs(ids(seen).into_iter().filter(|id| *id != 7).take(20))).await;
    let answer = server.bugzilla().bugs(&(1..=90).collect::<Vec<u64>>()).await.unwrap();
    assert_eq!((answer.found.len(), answer.unavailable), (89, vec![7]));
}

#[tokio::test]
async fn nothing_asked_costs_nothing() {
    let server = Server::start(|_| Reply::text(500, "")).await;
    assert_eq!(server.bugzilla().bugs(&[]).await.unwrap().found, []);
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_bad_key_is_a_400_with_code_306_and_final() {
    let told = json!({"error": true, "code": 306, "message": "The API key you specified is invalid."});
    for status in [400, 200] {
        let told = told.clone();
        let server = Server::start(move |_| Reply::json(status, &told)).await;
        let error = server.bugzilla().bugs(&[1]).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::CredentialRejected { setting: "bz_key", .. }), "{error}");
        assert!(error.to_string().contains("code 306"));
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_restricted_bug_is_forbidden_although_it_says_401() {
    let told = json!({"error": true, "code": 102, "message": "You are not authorized to access bug #3."});
    let server = Server::start(move |_| Reply::json(401, &told)).await;
    let error = server.bugzilla().bugs(&[3]).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Forbidden { .. }), "{error}");
}

#[tokio::test]
async fn a_plain_bugzilla_without_whoami_is_checked_by_a_bug() {
    for good in [true, false] {
        let server = Server::start(move |seen| match (seen.path.as_str(), good) {
            ("/rest/version", _) => Reply::ok(&json!({"version": "5.0.6"})),
            ("/rest/whoami", _) => {
                Reply::json(404, &json!({"error": true, "code": 32614, "message": "not found"}))
            }
            (_, true) => bugs([1]),
            (_, false) => Reply::json(400, &json!({"error": true, "code": 306, "message": "revoked"})),
        })
        .await;
        let probe = server.bugzilla().check().await;
        assert_eq!(probe.is_ok(), good, "{probe:?}");
    }
}

#[tokio::test]
async fn an_empty_key_is_told_at_once() {
    let client = BugzillaClient::new(
        crate::support::endpoint("http://127.0.0.1:9"),
        KeyStyle::Bearer,
        Secret::new(" "),
        &around(),
    );
    assert!(client.unwrap_err().to_string().contains("`bz_key` is empty"));
}

#[tokio::test]
async fn a_whiteboard_is_set_without_mail_and_what_changed_is_told() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/bug/1" => Reply::ok(&json!({"bugs": [{"id": 1, "changes": {"cf_internal_whiteboard": {"removed": "", "added": "Telco"}}}]})),
        "/rest/bug/2" => Reply::ok(&json!({"bugs": [{"id": 2, "changes": {}}]})),
        "/rest/bug/3" => Reply::json(401, &json!({"error": true, "code": 102, "message": "You are not authorized to access bug #3."})),
        "/rest/bug/4" => Reply::json(404, &json!({"error": true, "code": 101, "message": "Bug #4 does not exist."})),
        _ => Reply::ok(&json!({"bugs": []})),
    })
    .await;
    let bugzilla = server.bugzilla();
    assert!(bugzilla.update_bug(1, "Telco").await.unwrap().changed);
    assert!(!bugzilla.update_bug(2, "Telco").await.unwrap().changed);
    let first = &server.seen()[0];
    assert_eq!(first.method, "PUT");
    assert_eq!(first.json(), json!({"cf_internal_whiteboard": "Telco", "minor_update": true}));
    let restricted = bugzilla.update_bug(3, "x").await.unwrap_err();
    assert!(matches!(restricted.kind, ErrorKind::Forbidden { .. }) && !restricted.may_have_acted());
    let unknown = bugzilla.update_bug(4, "x").await.unwrap_err();
    assert!(matches!(unknown.kind, ErrorKind::NotFound { .. }) && !unknown.may_have_acted());
    assert!(bugzilla.update_bug(5, "x").await.unwrap_err().may_have_acted());
}
