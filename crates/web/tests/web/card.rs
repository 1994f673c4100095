//! `/card/<key>`: all that is known, pages of comments, timeline, keys that nobody knows.

use axum::http::StatusCode;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card, case};

fn whole() -> Value {
    let mut one = card("00000001", "High");
    one["description"] = json!("h2. Steps\n* {{oc get nodes}}\n* see https://example.com/x");
    one["group_name"] = json!("Group A");
    one["tags"] = json!(["tag-a", "tag-b"]);
    one["labels"] = json!(["label-a"]);
    one["priority"] = json!("Major");
    one["card_created"] = json!("2026-11-02T10:00:00.000+0000");
    one["contributor"] = json!([{ "displayName": "Ben", "emailAddress": "ben@example.com" }]);
    one["notified_users"] = json!([{ "ssoUsername": "watcher-1", "title": "x" }]);
    one["relief_at"] = json!("2026-11-05T10:00:00Z");
    one["escalated"] = json!(true);
    one["escalated_link"] = json!("https://jira.example/browse/ESC-1");
    one["crit_sit"] = json!(true);
    one["bugzilla"] = json!([{
        "bugzillaNumber": 4711, "bugzillaLink": "https://bz.example/4711", "summary": "Kernel", "status": "NEW",
        "linkedAt": "2026-11-04T10:00:00Z", "target_release": ["4.17"], "severity": "high",
    }]);
    one["issues"] = json!([{ "id": "OCPBUGS-9", "url": "https://jira.example/browse/OCPBUGS-9", "title": "Title", "fix_versions": ["4.16", "4.17"] }]);
    one
}

async fn app(cards: Value) -> TestApp {
    let settings =
        WebSettings { jira_base: Some("https://jira.example".to_owned()), ..WebSettings::default() };
    let cases = json!({ "00000001": case("2026-11-01T10:00:00Z") });
    TestApp::with(&[(Document::Cards, cards), (Document::Cases, cases)], settings).await
}

#[tokio::test]
async fn everything_known_is_shown() {
    let page = app(json!({ "K-1": whole(), "K-2": card("00000001", "High") })).await.get("/card/K-1").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Summary of 00000001",
        "https://access.redhat.com/support/cases/#/case/00000001",
        "https://jira.example/browse/K-1",
        "<strong>Steps</strong>",
        "<code>oc get nodes</code>",
        "<a href=\"https://example.com/x\"",
        "Group A",
        "tag-a, tag-b",
        "label-a",
        "Major",
        "Ben (ben@example.com)",
        "watcher-1",
        "On prio-list",
        "https://jira.example/browse/ESC-1",
        "Crit sit",
        "4711",
        "Kernel",
        "OCPBUGS-9",
        "4.16, 4.17",
        "Looked at <b>it</b>",
        "1 comment, newest first",
        "2026-11-05 10:00",
        "href=\"/card/K-2\"",
        "22 days",
        "Bug 4711 linked",
        "Customer got relief",
        "Card K-1 made",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_timeline_is_newest_first_and_knows_no_time_that_nobody_told() {
    let mut one = whole();
    one["resolved_at"] = json!("soon");
    let page = app(json!({ "K-1": one })).await.get("/card/K-1").await;
    let timeline = page.text().split("class=\"timeline\"").nth(1).unwrap().split("</ol>").next().unwrap();
    let at: Vec<_> =
        timeline.split("datetime=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(
        at,
        [
            "2026-11-21T10:00:00Z",
            "2026-11-20T10:00:00Z",
            "2026-11-05T10:00:00Z",
            "2026-11-04T10:00:00Z",
            "2026-11-02T10:00:00Z",
            "2026-11-01T10:00:00Z"
        ]
    );
    assert!(!timeline.contains("resolved"));
}

#[tokio::test]
async fn comments_are_newest_first_twenty_a_page() {
    let mut one = card("00000001", "High");
    let comments: Vec<_> = (1..=45)
        .map(|n| json!([format!("<p>comment {n}.</p>"), format!("2026-10-01T10:{n:02}:00.000+0000")]))
        .collect();
    one["comments"] = json!(comments);
    let app = app(json!({ "K-1": one })).await;
    let mut all = Vec::new();
    for page in 1..=3 {
        let page = app.get(&format!("/card/K-1?page={page}")).await;
        let comments = page.text().split("class=\"remarks\"").nth(1).unwrap().split("</ol>").next().unwrap();
        all.extend(
            comments
                .split("<p>comment ")
                .skip(1)
                .map(|one| one.split('.').next().unwrap().parse::<u32>().unwrap()),
        );
    }
    assert_eq!(all, (1..=45).rev().collect::<Vec<_>>());
    let first = app.get("/card/K-1").await;
    assert!(
        first.text().contains("1–20 of 45 comments")
            && first.text().contains("href=\"/card/K-1?page=2#comments\"")
    );
    assert!(app.get("/card/K-1?page=9").await.text().contains("41–45 of 45 comments"));
    assert_eq!(app.get("/card/K-1?page=0").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_card_of_which_little_is_known_says_so() {
    let page = app(json!({ "K-1": { "case_number": "00000009" } })).await.get("/card/K-1").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Nobody is assigned",
        "<dd dir=\"auto\">—</dd>",
        "Bugzilla is not configured",
        "No Jira issue is linked",
        "None yet.",
        "No time is known",
        "— since opened",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn keys_that_nobody_knows_get_a_page_that_helps() {
    let app =
        app(json!({ "K-1": whole(), "K-2": card("00000002", "Low"), "K-3": card("00000002", "Low") })).await;
    let page = app.get("/card/%3Cb%3EX-1%22").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("There is no card &lt;b&gt;X-1&quot; on the board"));
    assert!(page.text().contains("<a href=\"/table/all?q=%22%3Cb%3EX-1+%22\">Look for it in all cards</a>"));
    assert_eq!(app.get("/table/all?q=%22%3Cb%3EX-1+%22").await.status, StatusCode::OK);
    for (asked, led) in
        [("k-1", "/card/K-1"), ("00000001", "/card/K-1"), ("00000002", "/table/all?q=case%3A00000002")]
    {
        let answer = app.get(&format!("/card/{asked}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, led));
    }
    assert_eq!(app.get("/table/all?q=case%3A00000002").await.text().matches("<tr id=\"").count(), 2);
}

#[tokio::test]
async fn lists_that_are_too_long_are_counted_and_lead_on() {
    let mut one = card("00000001", "High");
    let number = |n: usize| json!({ "id": format!("X-{n}"), "url": "https://jira.example/x" });
    one["issues"] = (1..=130).map(number).collect();
    one["contributor"] = (1..=30).map(|n| json!({ "displayName": format!("Helper {n}") })).collect();
    let mut cards = json!({ "K-1": one });
    for n in 2..=40 {
        cards[format!("K-{n}")] = card("00000001", "Low");
    }
    let app = app(cards).await;
    let page = app.get("/card/K-1").await;
    assert_eq!(page.text().matches("https://jira.example/x").count(), 100);
    assert!(page.text().contains("30 more are not shown here."));
    assert!(page.text().contains("<a href=\"/table/all?q=case%3A00000001\">19 more</a>"));
    assert_eq!(app.get("/table/all?q=case%3A00000001").await.text().matches("<tr id=\"").count(), 40);
    let report = app.get("/updates/all").await;
    assert!(
        report.text().contains("120 issues more on the card") && report.text().contains("Helper 20, 10 more")
    );
}
