//! The GraphQL face: errors in a 200, cursors, batches, rows that are no cases.

use serde_json::{Value, json};
use t5g_clients::portal::{CaseQuery, GraphqlPortal, Portal};
use t5g_clients::{ClientError, ErrorKind};

use crate::support::{Reply, Seen, Server, around, grant};

fn node(number: &str) -> Value {
    json!({
        "CaseNumber__c": {"value": number}, "Subject": {"value": "s"}, "Status": "In Progress", "Priority": {"value": "1 (Urgent)"},
        "CreatedDate": {"value": "2026-01-01T00:00:00Z"}, "ClosedDate": {"value": null},
        "RedHatSupportAccount": {"Name": "ACME"}, "Product": {"Name": {"value": "OpenShift 4.18"}}, "Group__r": null,
        "CaseComments": {"edges": [{"node": {"Id": "c1", "CommentBody": {"value": "hello"}, "IsPublished": {"value": true}}}]},
    })
}

fn page(numbers: &[&str], total: usize, next: Option<&str>) -> Value {
    let edges: Vec<Value> =
        numbers.iter().map(|number| json!({"cursor": number, "node": node(number)})).collect();
    let info = json!({"hasNextPage": next.is_some(), "endCursor": next});
    let cases = json!({"totalCount": total, "edges": edges, "pageInfo": info});
    json!({"data": {"redhat_support_uiapi": {"query": {"RedHatSupportCase": cases}}}})
}

fn text(seen: &Seen) -> String {
    seen.json()["query"].as_str().unwrap().to_owned()
}

async fn with(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Server, GraphqlPortal) {
    let server =
        Server::start(move |seen| if seen.path == "/token" { grant(seen, 900) } else { answer(seen) }).await;
    let portal =
        GraphqlPortal::new(server.endpoint_at("/graphql"), server.tokens(&around()), &around()).unwrap();
    (server, portal)
}

async fn search(portal: &GraphqlPortal) -> Result<Vec<String>, ClientError> {
    let query =
        CaseQuery { query: r#"{"Status": {"ne": "Closed"}}"#.into(), rows: 100, modified_since: None };
    let list = portal.search_cases(&query, &|_, _| ()).await?;
    Ok(list.cases.into_iter().map(|case| case.number).collect())
}

#[tokio::test]
async fn pages_are_followed_by_cursor_and_bookkeeping_rows_dropped() {
    let (server, portal) = with(|seen| {
        let second = text(seen).contains("after:\"x\"");
        Reply::ok(&if second { page(&["02", "03"], 4, None) } else { page(&["01", "EN-5"], 4, Some("x")) })
    })
    .await;
    assert_eq!(search(&portal).await.unwrap(), ["01", "02", "03"]);
    let seen = server.seen();
    assert!(text(&seen[1]).contains(r#"where:{Status:{ne:"Closed"}} first:200"#), "{}", text(&seen[1]));
    assert_eq!(seen[1].header("apollographql-client-name"), Some("t5g"));
    assert_eq!((seen[1].method.as_str(), seen[1].path.as_str()), ("POST", "/graphql"));
}

#[tokio::test]
async fn passing_errors_in_a_200_are_tried_again_and_partial_data_is_never_taken() {
    let (server, portal) = with(|seen| {
        let mut partial = page(&["01"], 1, None);
        let error = |status: u16| json!([{"message": "x", "extensions": {"code": "SUBREQUEST_HTTP_ERROR", "http": {"status": status}}}]);
        match seen.place {
            1 => {
                partial["errors"] = error(503);
                Reply::ok(&partial)
            }
            2 => Reply::ok(&json!({"data": null, "errors": error(502)})),
            3 => Reply::html(403, "Request blocked"),
            _ => Reply::ok(&page(&["01", "02"], 2, None)),
        }
    })
    .await;
    assert_eq!(search(&portal).await.unwrap(), ["01", "02"]);
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn other_errors_in_a_200_are_final() {
    let (server, portal) = with(|_| {
        let mut whole = page(&["01"], 1, None);
        whole["errors"] =
            json!([{"message": "Field undefined", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]);
        Reply::ok(&whole)
    })
    .await;
    let error = search(&portal).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Refused { .. }) && error.to_string().contains("Field undefined"),
        "{error}"
    );
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_list_that_does_not_add_up_is_an_error() {
    for answer in [page(&["01"], 3, None), page(&["01"], 3, Some("always the same"))] {
        let (_server, portal) = with(move |_| Reply::ok(&answer)).await;
        let error = search(&portal).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Invalid { .. }), "{error}");
    }
    let mut holes = page(&["01"], 1, None);
    holes["data"]["redhat_support_uiapi"]["query"]["RedHatSupportCase"]["edges"][0]["node"] = Value::Null;
    let (_server, portal) = with(move |_| Reply::ok(&holes)).await;
    assert!(search(&portal).await.is_err());
}

#[tokio::test]
async fn details_come_in_batches_of_a_hundred_and_say_what_they_cannot_tell() {
    let (server, portal) = with(|seen| {
        let text = text(seen);
        let asked = text.split("in:[").nth(1).unwrap().split(']').next().unwrap().replace('"', "");
        let numbers: Vec<&str> = asked.split(',').filter(|number| *number != "00000007").collect();
        assert!(numbers.len() <= 100);
        Reply::ok(&page(&numbers, numbers.len(), None))
    })
    .await;
    let numbers: Vec<String> = (0..230).map(|n| format!("{n:08}")).collect();
    let details = portal.cases(&numbers).await;
    assert_eq!((details.len(), server.count()), (230, 4));
    assert!(details.iter().map(|(number, _)| number).eq(&numbers));
    assert!(matches!(&details[7].1, Err(error) if matches!(error.kind, ErrorKind::NotFound { .. })));
    let detail = details[8].1.as_ref().unwrap();
    assert_eq!((detail.crit_sit, &detail.notified_users, &detail.bugzillas), (None, &None, &None));
    assert_eq!((detail.comments[0].body.as_str(), detail.comments[0].public), ("hello", true));
    assert!(!portal.capabilities().details && !portal.capabilities().linked_issues);
    assert!(!portal.capabilities().watchers);
    let error = portal.linked_issues("00000001").await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Unsupported { .. }));
}

#[tokio::test]
async fn more_comments_than_a_page_holds_are_fetched() {
    let (server, portal) = with(|seen| {
        let mut whole = page(&["01"], 1, None);
        let case =
            &mut whole["data"]["redhat_support_uiapi"]["query"]["RedHatSupportCase"]["edges"][0]["node"];
        let further = text(seen).contains("CaseComments(first:200 after:\"c200\")");
        let body = if further { "second" } else { "first" };
        case["CaseComments"] = json!({
            "edges": [{"node": {"Id": body, "CommentBody": body}}],
            "pageInfo": {"hasNextPage": !further, "endCursor": "c200"},
        });
        Reply::ok(&whole)
    })
    .await;
    let bodies: Vec<String> = portal.case("01").await.unwrap().comments.into_iter().map(|c| c.body).collect();
    assert_eq!((bodies, server.count()), (vec!["first".to_owned(), "second".into()], 3));
}

#[tokio::test]
async fn fields_are_read_bare_or_wrapped() {
    let (_server, portal) = with(|_| Reply::ok(&page(&["01"], 1, None))).await;
    let query = CaseQuery { query: String::new(), rows: 100, modified_since: None };
    let case = portal.search_cases(&query, &|_, _| ()).await.unwrap().cases.remove(0);
    assert_eq!((case.status.as_deref(), case.account.as_deref()), (Some("In Progress"), Some("ACME")));
    assert_eq!((case.products.as_slice(), case.closed), (["OpenShift 4.18".to_owned()].as_slice(), None));
}
