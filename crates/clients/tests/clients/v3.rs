//! The v3 face: a list that counts but does not show, comments in two shapes, absent members that are not "none".

use serde_json::json;
use t5g_clients::portal::{CaseQuery, Portal, V3Portal};
use t5g_clients::{ClientError, ErrorKind};

use crate::support::{Reply, Seen, Server, around, grant};

async fn with(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Server, V3Portal) {
    let server =
        Server::start(move |seen| if seen.path == "/token" { grant(seen, 900) } else { answer(seen) }).await;
    let portal =
        V3Portal::new(server.endpoint_at("/support/v3"), server.tokens(&around()), &around()).unwrap();
    (server, portal)
}

async fn search(portal: &V3Portal, query: &str) -> Result<Vec<String>, ClientError> {
    let since = Some("2026-06-01T00:00:00Z".parse().unwrap());
    let query = CaseQuery { query: query.into(), rows: 3, modified_since: since };
    let list = portal.search_cases(&query, &|_, _| ()).await?;
    Ok(list.cases.into_iter().map(|case| case.number).collect())
}

#[tokio::test]
async fn the_list_is_paged_and_what_did_not_change_left_out() {
    let (server, portal) = with(|seen| {
        let start = usize::try_from(seen.json()["offset"].as_u64().unwrap()).unwrap();
        let row = |n: usize| {
            json!({"caseNumber": n.to_string(), "createdDate": format!("2026-01-0{}T00:00:00Z", n + 1),
                                    "lastModifiedDate": format!("2026-0{}-01T00:00:00Z", n + 3)})
        };
        let cases: Vec<_> = (start..7).take(2).map(row).collect();
        Reply::ok(&json!({"totalCount": 7, "cases": cases}))
    })
    .await;
    assert_eq!(search(&portal, r#"{"severities": ["1 (Urgent)"]}"#).await.unwrap(), ["3", "4", "5", "6"]);
    let body = server.seen()[1].json();
    assert_eq!(
        (&body["severities"][0], &body["includeClosed"], &body["maxResults"]),
        (&json!("1 (Urgent)"), &json!(true), &json!(3))
    );
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    // Case 1 leaves after the first page: 2 moves to its place, where nobody looks any more.
    for leaves_each_time in [false, true] {
        let (server, portal) = with(move |seen| {
            let start = usize::try_from(seen.json()["offset"].as_u64().unwrap()).unwrap();
            let readings = if leaves_each_time { seen.place } else { usize::from(seen.place > 1) };
            let there: Vec<usize> = (readings.min(1)..7 + readings.saturating_sub(1)).collect();
            let row = |n: &usize| json!({"caseNumber": n.to_string(), "createdDate": "2026-01-01T00:00:00Z"});
            let cases: Vec<_> = there.iter().skip(start).take(2).map(row).collect();
            Reply::ok(&json!({"totalCount": there.len(), "cases": cases}))
        })
        .await;
        let found = search(&portal, "words").await;
        if leaves_each_time {
            assert!(found.unwrap_err().to_string().contains("changed under our feet"));
        } else {
            assert_eq!(found.unwrap(), ["1", "2", "3", "4", "5", "6"]);
        }
        assert!(server.count() > 4);
    }
}

#[tokio::test]
async fn an_empty_list_that_counts_is_an_error_that_names_the_mend() {
    let (_server, portal) = with(|_| Reply::ok(&json!({"totalCount": 12, "cases": null}))).await;
    let error = search(&portal, "words").await.unwrap_err();
    assert!(error.to_string().contains("`graphql`") && error.to_string().contains("12"), "{error}");
}

#[tokio::test]
async fn a_query_of_another_face_is_told_apart() {
    let (server, portal) = with(|_| Reply::ok(&json!({"totalCount": 0, "cases": []}))).await;
    let error = search(&portal, "{not json").await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Setting { .. }), "{error}");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn comments_come_in_two_shapes_and_absent_members_are_unknown() {
    for wrapped in [false, true] {
        let (_server, portal) = with(move |seen| {
            let comments = json!([{"id": "1", "commentBody": "b", "createdDate": "2026-01-01T00:00:00Z"}]);
            match (seen.path.as_str(), wrapped) {
                ("/support/v3/cases/01234567", _) => Reply::ok(&json!({"groupName": "g", "critSit": true})),
                (_, true) => Reply::ok(&json!({"comments": comments})),
                (_, false) => Reply::ok(&comments),
            }
        })
        .await;
        let detail = portal.case("01234567").await.unwrap();
        assert_eq!((detail.comments.len(), detail.crit_sit), (1, Some(true)));
        assert_eq!((detail.notified_users, detail.bugzillas), (None, None));
    }
}
