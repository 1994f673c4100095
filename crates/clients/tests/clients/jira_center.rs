//! Jira Data Center: pages by offset that move, login pages instead of data, keys it does not know.

use serde_json::{Value, json};
use t5g_clients::jira::{Flavour, SearchQuery, WireIssue};
use t5g_clients::{ClientError, ErrorKind};

use crate::support::{Reply, Seen, Server};

fn issue(n: usize) -> Value {
    json!({"id": (10_000 + n).to_string(), "key": format!("SIM-{n}"), "fields": {}})
}

fn page(seen: &Seen, all: &[usize], most: usize) -> Reply {
    let start = seen.number("startAt");
    let issues: Vec<Value> = all.iter().skip(start).take(most).map(|n| issue(*n)).collect();
    Reply::ok(&json!({"startAt": start, "maxResults": most, "total": all.len(), "issues": issues}))
}

async fn search(server: &Server) -> Result<Vec<WireIssue>, ClientError> {
    let query = SearchQuery {
        jql: "labels = \"field\"".into(),
        fields: vec!["summary".into(), "status".into()],
        ..SearchQuery::default()
    };
    server.jira(Flavour::DataCenter).search(&query, &|_, _| ()).await
}

#[tokio::test]
async fn a_server_that_gives_fewer_than_asked_is_asked_on() {
    let all: Vec<usize> = (0..120).collect();
    let server = Server::start(move |seen| page(seen, &all, 50)).await;
    assert_eq!(search(&server).await.unwrap().len(), 120);
    assert_eq!(server.count(), 3);
    let first = &server.seen()[0];
    assert_eq!(first.path, "/rest/api/2/search");
    assert_eq!(first.get("jql"), Some("labels = \"field\" ORDER BY key ASC"));
    assert_eq!(
        (first.get("fields"), first.header("authorization")),
        (Some("summary,status"), Some("Bearer jira-pat-1"))
    );
}

#[tokio::test]
async fn an_issue_that_leaves_midway_hides_no_other() {
    let server = Server::start(|seen| {
        let all: Vec<usize> = (usize::from(seen.place > 0)..90).collect();
        page(seen, &all, 50)
    })
    .await;
    let mut found: Vec<String> = search(&server).await.unwrap().into_iter().map(|issue| issue.id).collect();
    found.sort();
    let expected: Vec<String> = (1..90).map(|n| (10_000 + n).to_string()).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_total_that_is_never_reached_is_an_error() {
    let server = Server::start(|_| Reply::ok(&json!({"total": 9, "issues": [issue(1)]}))).await;
    assert!(matches!(search(&server).await.unwrap_err().kind, ErrorKind::Invalid { .. }));
}

#[tokio::test]
async fn a_login_page_is_an_expired_credential() {
    let server = Server::start(|_| Reply::html(200, "Log in - Jira")).await;
    let error = search(&server).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::CredentialRejected { setting: "jira_pass", .. }), "{error}");
    assert_eq!(server.count(), 1, "each failed login counts towards a lock");
}

#[tokio::test]
async fn another_page_instead_of_data_is_asked_for_again() {
    let server = Server::start(|seen| match seen.place {
        0 => Reply::html(200, "Reindexing"),
        _ => page(seen, &[1], 50),
    })
    .await;
    assert_eq!(search(&server).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_login_refused_by_header_is_final() {
    let server =
        Server::start(|_| Reply::text(200, "{}").header("x-seraph-loginreason", "AUTHENTICATION_DENIED"))
            .await;
    assert!(search(&server).await.unwrap_err().is_credential());
}

#[tokio::test]
async fn keys_that_it_does_not_know_do_not_harm_the_others() {
    let server = Server::start(|seen| {
        let jql = seen.get("jql").unwrap();
        let keys: Vec<usize> =
            jql.split('"').filter_map(|part| part.strip_prefix("SIM-")?.parse().ok()).collect();
        if keys.contains(&3) {
            let told =
                json!({"errorMessages": ["An issue with key 'SIM-3' does not exist for field 'key'."]});
            return Reply::json(400, &told);
        }
        page(seen, &keys, 100)
    })
    .await;
    let keys: Vec<String> = (0..10).map(|n| format!("SIM-{n}")).collect();
    let found =
        server.jira(Flavour::DataCenter).issues_by_key(&keys, &["summary".into()], false).await.unwrap();
    assert_eq!(found.len(), 9);
    assert!(found.iter().all(|issue| issue.key != "SIM-3"));
    assert_eq!(server.seen()[0].get("validateQuery"), Some("false"));
}
