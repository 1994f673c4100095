//! The v1 face: the walk past 9,999 rows, pages that lie, details with keys missing, HTML where JSON should be.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use t5g_clients::ErrorKind;
use t5g_clients::portal::{CaseList, CaseQuery, HydraPortal, Moment, Portal, PortalUser};

use crate::support::{Reply, Seen, Server, around, grant};

type Row = (String, String);

fn query() -> CaseQuery {
    CaseQuery { query: "case_summary:*a* OR case_tags:b".into(), rows: 5000, modified_since: None }
}

fn portal(server: &Server) -> HydraPortal {
    HydraPortal::new(server.endpoint(), server.tokens(&around()), &around()).unwrap()
}

async fn search(server: &Server) -> Result<CaseList, t5g_clients::ClientError> {
    portal(server).search_cases(&query(), &|_, _| ()).await
}

fn doc((number, created): &Row) -> Value {
    json!({"case_number": number, "case_createdDate": created, "case_summary": "s"})
}

/// The rows that a request reaches, as the portal does: from the date in its query on, never beyond the 9,999th.
fn page(rows: &[Row], seen: &Seen) -> (usize, Vec<Value>) {
    let asked = seen.get("q").unwrap();
    let from = asked.split("case_createdDate:[").nth(1).map_or("", |rest| rest.split(' ').next().unwrap());
    let matching: Vec<&Row> = rows.iter().filter(|(_, created)| created.as_str() >= from).collect();
    let (start, count) = (seen.number("start"), seen.number("rows"));
    let end = (start + count).min(9_999).min(matching.len());
    let docs = matching.get(start.min(end)..end).unwrap_or_default().iter().map(|row| doc(row)).collect();
    (matching.len(), docs)
}

fn reply(found: usize, docs: &[Value]) -> Reply {
    Reply::ok(&json!({"response": {"numFound": found, "start": 0, "docs": docs}}))
}

async fn with(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen| if seen.path == "/token" { grant(seen, 900) } else { answer(seen) }).await
}

/// `same` cases share each second.
fn rows(count: usize, same: usize) -> Vec<Row> {
    let time = |second: usize| {
        let start: chrono::DateTime<chrono::Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
        (start + chrono::TimeDelta::seconds(i64::try_from(second).unwrap()))
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    };
    (0..count).map(|n| (format!("{n:08}"), time(n / same))).collect()
}

#[tokio::test]
async fn all_of_25_000_cases_come_although_a_query_reaches_9_999() {
    for same in [1, 7, 4000] {
        let world = rows(25_000, same);
        let server = with(move |seen| {
            assert!(seen.number("start") + seen.number("rows") <= 9_999);
            let (found, docs) = page(&world, seen);
            reply(found, &docs)
        })
        .await;
        let list = search(&server).await.unwrap();
        let numbers: BTreeSet<&str> = list.cases.iter().map(|case| case.number.as_str()).collect();
        assert_eq!((list.cases.len(), numbers.len(), list.skipped), (25_000, 25_000, 0), "{same} a second");
        assert!(list.cases.is_sorted_by_key(|case| (case.created.clone(), case.number.clone())));
    }
}

#[tokio::test]
async fn more_cases_of_one_second_than_can_be_reached_are_an_error_not_a_loss() {
    let world = rows(12_000, 12_000);
    let server = with(move |seen| {
        let (found, docs) = page(&world, seen);
        reply(found, &docs)
    })
    .await;
    let error = search(&server).await.unwrap_err();
    assert!(error.to_string().contains("2020-01-01T00:00:00Z"), "{error}");
}

#[tokio::test]
async fn exactly_9_999_cases_need_no_second_window() {
    let world = rows(9_999, 1);
    let server = with(move |seen| {
        let (found, docs) = page(&world, seen);
        reply(found, &docs)
    })
    .await;
    assert_eq!(search(&server).await.unwrap().cases.len(), 9_999);
    assert!(server.seen().iter().all(|seen| seen.get("q").is_none_or(|q| !q.contains("case_createdDate"))));
}

#[tokio::test]
async fn the_query_is_kept_together_and_asks_for_what_changed() {
    let server = with(|_| reply(0, &[])).await;
    let query = CaseQuery { modified_since: Some("2026-11-23T10:00:00Z".parse().unwrap()), ..query() };
    portal(&server).search_cases(&query, &|_, _| ()).await.unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(
        seen.get("q"),
        Some("(case_summary:*a* OR case_tags:b) AND case_lastModifiedDate:[2026-11-23T10:00:00Z TO *]")
    );
    assert_eq!(seen.get("sort"), Some("case_createdDate asc, case_number asc"));
    assert_eq!(seen.get("partnerSearch"), Some("false"));
    assert!(seen.get("fl").unwrap().split(',').any(|field| field == "case_tags"));
    assert_eq!(seen.header("authorization"), Some("Bearer access-token-0"));
}

#[tokio::test]
async fn a_count_that_is_never_reached_is_an_error() {
    let server =
        with(|seen| if seen.number("start") == 0 { reply(3, &[doc(&rows(1, 1)[0])]) } else { reply(3, &[]) });
    let error = search(&server.await).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Invalid { .. }) && error.is_transient());
    assert!(error.to_string().contains("counts 3 cases but shows 1"), "{error}");
}

#[tokio::test]
async fn a_list_longer_than_any_real_one_is_refused_at_once() {
    let server = with(|_| reply(3_000_000, &[doc(&rows(1, 1)[0])])).await;
    let error = search(&server).await.unwrap_err();
    assert!(error.to_string().contains("narrow the query"), "{error}");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn short_pages_doubled_rows_and_a_lapse_do_no_harm() {
    let world = rows(50, 1);
    let lapses = AtomicUsize::new(0);
    let server = with(move |seen| {
        let start = seen.number("start");
        let mut docs: Vec<Value> = world.iter().skip(start).take(7).map(doc).collect();
        docs.extend(docs.first().cloned());
        if start == 14 && lapses.fetch_add(1, Ordering::SeqCst) == 0 {
            docs.clear();
        }
        reply(50, &docs)
    })
    .await;
    assert_eq!(search(&server).await.unwrap().cases.len(), 50);
}

#[tokio::test]
async fn a_case_that_leaves_the_search_between_two_pages_hides_no_other() {
    let world = Arc::new(rows(20, 1));
    let server = with(move |seen| {
        // After the first page the very first case is gone, so that all others move up by one.
        let gone = usize::from(seen.place > 1);
        let (found, docs) = page(&world[gone..], seen);
        reply(found, &docs)
    })
    .await;
    let query = CaseQuery { rows: 5, ..query() };
    let list = portal(&server).search_cases(&query, &|_, _| ()).await.unwrap();
    let numbers: BTreeSet<String> = list.cases.into_iter().map(|case| case.number).collect();
    for n in 1..20 {
        assert!(numbers.contains(&format!("{n:08}")), "case {n} was lost: {numbers:?}");
    }
}

#[tokio::test]
async fn rows_without_a_number_are_counted_and_absent_keys_are_absent() {
    let full = json!({
        "case_number": "04000001", "case_owner": "o", "case_tags": ["a;b"], "case_product": ["OpenShift", "x"],
        "case_createdDate": "2026-01-01T00:00:00Z", "case_bugzillaNumber": 1_234_567, "unknown": {"x": 1},
    });
    let server = with(move |_| reply(2, &[full.clone(), json!({"case_owner": null})])).await;
    let list = search(&server).await.unwrap();
    assert_eq!((list.cases.len(), list.skipped), (1, 1));
    let case = &list.cases[0];
    assert_eq!((case.tags.join("|").as_str(), case.products[0].as_str()), ("a|b", "OpenShift"));
    assert_eq!((case.bug.as_deref(), &case.closed, &case.summary), (Some("1234567"), &None, &None));
}

#[tokio::test]
async fn progress_tells_how_many_of_how_many() {
    let world = rows(30, 1);
    let server = with(move |seen| {
        let (found, docs) = page(&world, seen);
        reply(found, &docs)
    })
    .await;
    let told = std::sync::Mutex::new(Vec::new());
    let query = CaseQuery { rows: 10, ..query() };
    let note = |done, total| told.lock().unwrap().push((done, total));
    portal(&server).search_cases(&query, &note).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [(10, Some(30)), (20, Some(30)), (30, Some(30))]);
}

#[tokio::test]
async fn a_case_is_read_with_all_its_parts() {
    let case = json!({
        "groupName": "Edge", "critSit": true, "reliefAt": 1_795_444_919_000_i64, "resolvedAt": null,
        "notifiedUsers": [{"ssoUsername": "ann", "title": "Ms", "type": "x"}, {"title": "nobody"}],
        "bugzillas": [{"bugzillaNumber": "1", "bugzillaLink": "https://b/1"}],
        "comments": [
            {"id": "b", "commentBody": "later", "createdDate": "2026-02-01T00:00:00Z", "createdBy": "Bo", "isPublic": true},
            {"id": "a", "commentBody": "earlier", "createdDate": "2026-01-01T00:00:00Z"}, {"id": "draft"}],
    });
    let server = with(move |_| Reply::ok(&case)).await;
    let detail = portal(&server).case("01234567").await.unwrap();
    assert_eq!((detail.crit_sit, detail.relief_at), (Some(true), Some(Moment::Millis(1_795_444_919_000))));
    let users = detail.notified_users.unwrap();
    let other = serde_json::Map::from_iter([("type".to_owned(), json!("x"))]);
    assert_eq!(users, [PortalUser { sso_username: "ann".into(), title: Some("Ms".into()), other }]);
    assert_eq!(detail.bugzillas.unwrap()[0]["bugzillaNumber"], "1");
    let bodies: Vec<&str> = detail.comments.iter().map(|comment| comment.body.as_str()).collect();
    assert_eq!(bodies, ["earlier", "later"]);
    assert_eq!(server.seen()[1].path, "/v1/cases/01234567");
}

#[tokio::test]
async fn an_html_404_is_not_found_and_an_html_403_is_waited_out() {
    let server = with(|seen| match (seen.path.as_str(), seen.place) {
        ("/v1/cases/00000404", _) => Reply::html(404, "Page Not Found"),
        ("/v1/cases/00000403", _) => Reply::json(403, &json!({"message": "Account mismatch."})),
        (_, ..4) => Reply::html(403, "Access Denied"),
        _ => Reply::ok(&json!({"groupName": "g"})),
    })
    .await;
    let portal = portal(&server);
    assert_eq!(portal.case("01234567").await.unwrap().group_name.as_deref(), Some("g"));
    assert_eq!(server.count(), 5, "token, three refusals, the case");
    let missing = portal.case("00000404").await.unwrap_err();
    assert!(matches!(missing.kind, ErrorKind::NotFound { .. }), "{missing}");
    let forbidden = portal.case("00000403").await.unwrap_err();
    assert!(matches!(forbidden.kind, ErrorKind::Forbidden { .. }), "{forbidden}");
}

#[tokio::test]
async fn one_failed_case_does_not_harm_the_others() {
    let server =
        with(|seen| if seen.path.ends_with('3') { Reply::text(500, "") } else { Reply::ok(&json!({})) })
            .await;
    let numbers: Vec<String> = (0..8).map(|n| format!("{n:08}")).collect();
    let details = portal(&server).cases(&numbers).await;
    let failed: Vec<&str> = details.iter().filter(|(_, d)| d.is_err()).map(|(n, _)| n.as_str()).collect();
    assert_eq!((details.len(), failed), (8, vec!["00000003"]));
    assert!(details.iter().map(|(number, _)| number).eq(&numbers), "in the order asked for");
}

#[tokio::test]
async fn linked_issues_may_lack_a_title() {
    let server = with(|_| {
        Reply::ok(&json!([{"resourceKey": "A-1", "resourceURL": "https://j/A-1", "title": "t", "status": "Open"},
                          {"resourceKey": "B-2", "lastModifiedDate": "2026-01-01T00:00:00Z"}, {"title": "no key"}]))
    })
    .await;
    let issues = portal(&server).linked_issues("01234567").await.unwrap();
    assert_eq!(server.seen()[1].path, "/cases/01234567/jiras");
    assert_eq!(issues.iter().map(|issue| issue.key.as_str()).collect::<Vec<_>>(), ["A-1", "B-2"]);
    assert_eq!(
        (issues[1].title.as_deref(), issues[1].modified.as_deref()),
        (None, Some("2026-01-01T00:00:00Z"))
    );
}

#[tokio::test]
async fn a_hostile_case_number_stays_one_part_of_the_path() {
    let server = with(|_| Reply::text(404, "")).await;
    portal(&server).case("../../admin?x=1#").await.unwrap_err();
    assert_eq!(server.seen()[1].path, "/v1/cases/..%2F..%2Fadmin%3Fx=1%23");
}
