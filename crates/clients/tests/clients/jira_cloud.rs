//! Jira Cloud: pages by token, bulk reads, comments, boards, and the answers given to nobody.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use t5g_clients::jira::{Flavour, JiraAuth, JiraClient, SearchQuery, WireIssue};
use t5g_clients::{ClientError, ErrorKind, Secret};

use crate::support::{Reply, Seen, Server, around};

const MYSELF: &str = "/rest/api/3/myself";

fn issue(n: usize) -> Value {
    json!({"id": (10_000 + n).to_string(), "key": format!("SIM-{n}"), "fields": {"summary": "s"}})
}

fn myself() -> Reply {
    Reply::ok(&json!({"accountId": "5b", "displayName": "Bot"}))
}

fn query() -> SearchQuery {
    SearchQuery {
        jql: "project = \"SIM\"".into(),
        fields: vec!["summary".into()],
        rendered: true,
        reconcile: vec![],
    }
}

async fn search(server: &Server) -> Result<Vec<WireIssue>, ClientError> {
    server.jira(Flavour::Cloud).search(&query(), &|_, _| ()).await
}

fn token(seen: &Seen) -> String {
    seen.json().get("nextPageToken").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn short_and_empty_pages_are_not_the_end() {
    let server = Server::start(|seen| {
        Reply::ok(&match token(seen).as_str() {
            "" => json!({"issues": [issue(1)], "nextPageToken": "a"}),
            "a" => json!({"issues": [], "nextPageToken": "b", "isLast": false}),
            "b" => json!({"issues": [issue(2), issue(1)], "nextPageToken": "c", "isLast": false}),
            _ => json!({"issues": [issue(3)], "isLast": true}),
        })
    })
    .await;
    let issues = search(&server).await.unwrap();
    assert_eq!(issues.len(), 3, "each once");
    let first = &server.seen()[0];
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/rest/api/3/search/jql"));
    let mut members: Vec<String> = first.json().as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["expand", "fields", "jql", "maxResults"], "unknown members are an error there");
    assert!(first.header("authorization").unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_repeated_token_ends_in_an_error_not_in_a_circle() {
    let server = Server::start(|_| Reply::ok(&json!({"issues": [issue(1)], "nextPageToken": "a"}))).await;
    let error = search(&server).await.unwrap_err();
    assert!(error.to_string().contains("repeated nextPageToken"), "{error}");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_page_that_neither_ends_nor_goes_on_is_asked_for_again() {
    let server = Server::start(|seen| {
        Reply::ok(&match seen.place {
            0 => json!({"issues": [issue(1)], "isLast": false}),
            _ => json!({"issues": [issue(1)], "isLast": true}),
        })
    })
    .await;
    assert_eq!(search(&server).await.unwrap().len(), 1);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn an_empty_answer_is_believed_only_while_jira_knows_us() {
    for known in [true, false] {
        let server = Server::start(move |seen| match (seen.path.as_str(), known) {
            (MYSELF, true) => myself(),
            (MYSELF, false) => Reply::ok(&json!({})),
            _ => Reply::ok(&json!({"issues": [], "isLast": true})),
        })
        .await;
        match search(&server).await {
            Ok(issues) => assert!(known && issues.is_empty()),
            Err(error) => {
                assert!(!known && error.kind == ErrorKind::Anonymous { setting: "jira_pass" }, "{error}");
                assert!(error.to_string().contains("renew `jira_pass`"));
                assert_eq!(server.count(), 4, "one search, and three times who we are");
            }
        }
    }
}

#[tokio::test]
async fn a_search_that_turns_anonymous_midway_is_not_taken_as_complete() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.place) {
        (MYSELF, _) => Reply::json(401, &json!({"errorMessages": ["expired"]})),
        (_, 0) => Reply::ok(&json!({"issues": [issue(1)], "nextPageToken": "a"})),
        _ => Reply::ok(&json!({"issues": [], "isLast": true})),
    })
    .await;
    assert!(search(&server).await.unwrap_err().is_credential());
}

#[tokio::test]
async fn a_header_that_calls_us_anonymous_is_heard() {
    let server = Server::start(|_| {
        Reply::ok(&json!({"issues": [], "isLast": true})).header("x-ausername", "anonymous")
    })
    .await;
    assert!(matches!(search(&server).await.unwrap_err().kind, ErrorKind::Anonymous { .. }));
}

#[tokio::test]
async fn the_old_search_being_gone_is_an_error_with_its_reason() {
    let gone = json!({"errorMessages": ["The requested API has been removed."], "errors": {}});
    let server = Server::start(move |_| Reply::json(410, &gone)).await;
    let error = search(&server).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Refused { .. }) && error.to_string().contains("has been removed"),
        "{error}"
    );
}

fn asked_keys(seen: &Seen) -> Vec<String> {
    let keys = seen.json()["issueIdsOrKeys"].as_array().unwrap().clone();
    keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn bulk(keys: &[String]) -> Reply {
    let issues: Vec<Value> = keys.iter().rev().map(|key| issue(key[4..].parse().unwrap())).collect();
    Reply::ok(&json!({"issues": issues, "issueErrors": []}))
}

#[tokio::test]
async fn bulk_reads_take_a_hundred_and_ask_once_more_for_what_is_missing() {
    let lapses = AtomicUsize::new(0);
    let server = Server::start(move |seen| {
        let mut keys = asked_keys(seen);
        assert!(keys.len() <= 100);
        keys.retain(|key| key != "SIM-9");
        if lapses.fetch_add(1, Ordering::SeqCst) == 0 {
            keys.truncate(40);
        }
        bulk(&keys)
    })
    .await;
    let keys: Vec<String> = (0..230).chain(0..5).map(|n| format!("SIM-{n}")).collect();
    let found = server.jira(Flavour::Cloud).issues_by_key(&keys, &["summary".into()], true).await.unwrap();
    assert_eq!(found.len(), 229, "all but the one that may not be seen, each once");
    assert_eq!(server.seen()[0].json()["expand"], json!(["renderedFields"]));
}

#[tokio::test]
async fn issues_that_could_not_be_read_for_now_are_read_again() {
    let server = Server::start(|seen| match seen.place {
        0 => Reply::ok(&json!({"issues": [], "issueErrors": [{"id": "1", "errorMessage": "timeout"}]})),
        _ => bulk(&asked_keys(seen)),
    })
    .await;
    let found = server.jira(Flavour::Cloud).issues_by_key(&["SIM-1".into()], &[], false).await.unwrap();
    assert_eq!((found.len(), server.count()), (1, 2));
}

#[tokio::test]
async fn an_issue_that_moved_is_found_by_its_old_key() {
    let server = Server::start(|seen| {
        if seen.path.ends_with("bulkfetch") {
            let keys = asked_keys(seen).into_iter().filter(|key| key != "SIM-3");
            let keys: Vec<String> = keys.map(|key| key.replace("SIM-2", "SIM-77")).collect();
            return bulk(&keys);
        }
        match seen.path.rsplit('/').next() {
            Some("SIM-2") => Reply::ok(&issue(77)),
            Some("myself") => myself(),
            _ => Reply::json(404, &json!({"errorMessages": ["Issue does not exist"], "errors": {}})),
        }
    })
    .await;
    let keys = ["SIM-1", "SIM-2", "SIM-3"].map(str::to_owned);
    let found = server.jira(Flavour::Cloud).issues_asked_for(&keys, &["summary".into()]).await.unwrap();
    assert_eq!((found["SIM-1"].key.as_str(), found["SIM-2"].key.as_str()), ("SIM-1", "SIM-77"));
    assert!(!found.contains_key("SIM-3"), "one that may not be read stays out");
    let before = server.count();
    server.jira(Flavour::Cloud).issues_asked_for(&keys[..1], &[]).await.unwrap();
    assert_eq!(server.count(), before + 1, "where nothing moved, nothing more is asked");
}

#[tokio::test]
async fn more_comments_than_came_along_are_paged() {
    let comment = |n: usize| {
        json!({"id": n.to_string(), "renderedBody": format!("<p>{n}</p>"), "body": {"type": "doc"},
                                    "created": format!("2026-11-20T10:{:02}:{:02}.123+0000", n / 60, n % 60)})
    };
    let server = Server::start(move |seen| {
        let start = seen.number("startAt");
        let comments: Vec<Value> = (start..250).take(100).map(comment).collect();
        Reply::ok(&json!({"startAt": start, "maxResults": 100, "total": 250, "comments": comments}))
    })
    .await;
    let embedded =
        json!({"id": "1", "key": "SIM-1", "fields": {"comment": {"total": 250, "comments": [comment(0)]}}});
    let issue: WireIssue = serde_json::from_value(embedded).unwrap();
    let comments = server.jira(Flavour::Cloud).all_comments(&issue).await.unwrap();
    assert_eq!((comments.len(), server.count()), (250, 3));
    assert_eq!((comments[249].html.as_deref(), comments[0].id.as_str()), (Some("<p>249</p>"), "0"));
    assert_eq!(server.seen()[0].get("expand"), Some("renderedBody"));
}

#[tokio::test]
async fn comments_that_all_came_along_cost_no_call() {
    let server = Server::start(|_| Reply::text(500, "")).await;
    let whole =
        json!({"id": "1", "key": "SIM-1", "fields": {"comment": {"total": 1, "comments": [{"id": "1"}]}}});
    let issue: WireIssue = serde_json::from_value(whole).unwrap();
    assert_eq!(server.jira(Flavour::Cloud).all_comments(&issue).await.unwrap().len(), 1);
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn the_board_is_found_beyond_the_first_page_by_its_whole_name() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/agile/1.0/board" => {
            let start = seen.number("startAt");
            let name = |n: usize| if n == 61 { "Field".to_owned() } else { format!("Field {n}") };
            let values: Vec<Value> = (start..70).take(50).map(|n| json!({"id": n, "name": name(n)})).collect();
            Reply::ok(&json!({"maxResults": 50, "startAt": start, "isLast": start + values.len() == 70, "values": values}))
        }
        "/rest/agile/1.0/board/61/sprint" => Reply::ok(&json!({"isLast": true, "values": [
            {"id": 8, "name": "new", "state": "active", "startDate": "2026-11-16T00:00:00.000Z"},
            {"id": 7, "name": "old", "state": "active", "startDate": "2026-11-02T00:00:00.000Z"}]})),
        _ => Reply::text(404, ""),
    })
    .await;
    let jira = server.jira(Flavour::Cloud);
    let board = jira.board_by_name("Field").await.unwrap().unwrap();
    assert_eq!(board.id, 61);
    assert_eq!(jira.active_sprint(board.id).await.unwrap().unwrap().id, 8);
    assert_eq!(jira.board_by_name("Fiel").await.unwrap(), None);
    assert_eq!(server.seen()[0].get("name"), Some("Field"));
}

#[tokio::test]
async fn the_flavour_is_asked_for_once() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/api/2/serverInfo" => Reply::ok(&json!({"deploymentType": "Cloud", "version": "1001.0.0"})),
        MYSELF => myself(),
        _ => Reply::text(404, ""),
    })
    .await;
    let auth = JiraAuth::Basic { user: "bot@example.test".into(), password: Secret::new("jira-token-1") };
    let jira = JiraClient::new(server.endpoint(), auth, None, &around()).unwrap();
    jira.myself().await.unwrap();
    jira.myself().await.unwrap();
    assert_eq!(server.count(), 3);
    let probe = jira.check().await.unwrap();
    assert_eq!((probe.service.as_str(), probe.identity.as_deref()), ("Jira Cloud 1001.0.0", Some("Bot")));
}
