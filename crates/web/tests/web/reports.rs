//! `/updates/`, `/updates/all`, `/trends/`: order, pages, sidebar, comments, hostile text.

use axum::http::StatusCode;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;
use t5g_web::samples::HOSTILE;

use crate::common::{TestApp, card};

const REPORTS: [&str; 3] = ["/updates/", "/updates/all", "/trends/"];

async fn app(cards: Value) -> TestApp {
    let settings =
        WebSettings { jira_base: Some("https://jira.example".to_owned()), ..WebSettings::default() };
    TestApp::with(&[(Document::Cards, cards)], settings).await
}

fn of(account: &str, severity: &str, status: &str) -> Value {
    let mut one = card("00000001", severity);
    one["account"] = json!(account);
    one["case_status"] = json!(status);
    one["labels"] = json!(["Trends"]);
    one
}

/// Keys of the cards, in order.
fn keys(page: &str) -> Vec<String> {
    page.split("<article class=\"entry\" id=\"")
        .skip(1)
        .map(|one| one.split('"').next().unwrap().to_owned())
        .collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&amp;", "&")
}

/// What stands behind `before` up to the next quote, each time.
fn values(page: &str, before: &str) -> Vec<String> {
    page.split(before).skip(1).map(|rest| unescaped(rest.split('"').next().unwrap())).collect()
}

#[tokio::test]
async fn cards_stand_by_account_status_severity_and_none_is_dropped() {
    let app = app(json!({
        "K-1": of("beta", "Low", "Closed"), "K-2": of("Alpha", "Normal", "Waiting on Customer"),
        "K-3": of("Alpha", "Low", "Waiting on Red Hat"), "K-4": of("Alpha", "Urgent", "Waiting on Red Hat"),
        "K-5": of("beta", "High", "On the moon"), "K-6": of("", "High", ""),
    }))
    .await;
    for path in REPORTS {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(keys(page.text()), ["K-6", "K-4", "K-3", "K-2", "K-1", "K-5"], "{path}");
        assert!(page.text().contains("6 cards of 3 accounts"), "{path}");
        let statuses = values(page.text(), "<h3 class=\"status\">").len();
        assert_eq!(statuses, 5, "{path}: each status of each account once");
    }
}

#[tokio::test]
async fn a_page_holds_twenty_cards_and_all_pages_together_hold_all_once() {
    let cards = (1..=130).map(|n| (format!("K-{n}"), of(&format!("Account {}", n % 7), "High", "Closed")));
    let app = app(Value::Object(cards.collect())).await;
    let (mut all, mut path) = (Vec::new(), "/updates/all".to_owned());
    loop {
        let page = app.get(&path).await;
        let here = keys(page.text());
        assert!(here.len() <= 20);
        for key in values(page.text(), "<li><a href=\"#K-") {
            assert!(here.contains(&format!("K-{key}")), "{path}: a jump link to {key}, which is not there");
        }
        all.extend(here);
        match values(page.text(), "class=\"button\" href=\"")
            .into_iter()
            .find(|_| page.text().contains("rel=\"next\""))
        {
            Some(_) => {
                let next = page.text().split("rel=\"next\"").next().unwrap();
                path = unescaped(next.rsplit("href=\"").next().unwrap().split('"').next().unwrap());
            }
            None => break,
        }
    }
    assert_eq!(all.len(), 130);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 130, "every card once");
    let last = app.get("/updates/all?page=99").await;
    assert!(last.text().contains("121–130 of 130 cards"), "a page beyond the end is the last one");
    let first = app.get("/updates/all").await;
    assert!(
        first.text().contains("1–20 of 130 cards") && first.text().contains("19–20")
            || first.text().contains("shown here")
    );
    for bad in ["page=0", "page=x"] {
        assert_eq!(app.get(&format!("/updates/all?{bad}")).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn every_account_is_reached_from_the_sidebar() {
    let cards = (1..=60).map(|n| (format!("K-{n}"), of(&format!("Account {n:02}"), "High", "Closed")));
    let app = app(Value::Object(cards.collect())).await;
    let page = app.get("/updates/all?page=2").await;
    let others: Vec<_> = values(page.text(), "<li><a href=\"")
        .into_iter()
        .filter(|link| link.starts_with("/updates/all"))
        .collect();
    assert_eq!(others.len(), 40, "{others:?}");
    for link in others {
        let (address, key) = link.split_once('#').unwrap();
        assert!(keys(app.get(address).await.text()).contains(&key.to_owned()), "{link}");
    }
}

#[tokio::test]
async fn many_accounts_are_counted_where_they_are_not_named() {
    let cards = (1..=300).map(|n| (format!("K-{n}"), of(&format!("Account {n:03}"), "High", "Closed")));
    let app = app(Value::Object(cards.collect())).await;
    for (page, first) in [(1, 1), (8, 141), (15, 281)] {
        let page = app.get(&format!("/updates/all?page={page}")).await;
        assert!(page.text().contains("200 more accounts are not named here"), "{first}");
        assert!(page.text().contains(&format!("{first}–{} of 300 cards", first + 19)));
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_name_or_a_part_of_it() {
    let app = app(json!({
        "K-1": of("Acme", "Low", "Closed"), "K-2": of("acme & sons", "Low", "Closed"), "K-3": of("Zeta", "Low", "Closed"),
    }))
    .await;
    for (asked, found) in [
        ("Acme", &["K-1"][..]),
        ("ACME", &["K-1", "K-2"]),
        ("%26+SONS", &["K-2"]),
        ("zeta", &["K-3"]),
        ("nobody%3Cb%3E", &[]),
    ] {
        let page = app.get(&format!("/updates/all?account={asked}")).await;
        assert_eq!(keys(page.text()), found, "{asked}");
        let table = values(page.text(), "<a class=\"button\" href=\"").remove(0);
        let rows = app.get(&table).await.text().matches("<tr id=\"").count();
        assert_eq!(rows, found.len(), "{asked}: {table}");
    }
    let none = app.get("/updates/all?account=nobody%3Cb%3E").await;
    assert!(none.text().contains("nobody&lt;b&gt;") && none.text().contains("3 cards are there"));
}

#[tokio::test]
async fn the_recent_report_shows_recent_comments_only_and_the_others_the_newest() {
    let mut one = of("Acme", "Low", "Closed");
    one["comments"] = json!([
        ["<p>years old</p>", "2020-01-01T10:00:00.000+0000"],
        ["<p>last week</p>", "2026-11-16T23:59:59.000+0000"],
        ["<p>first <b>new</b></p>", "2026-11-17T00:00:00.000+0000"],
        ["<p>second new</p>", "2026-11-20T00:00:00.000+0000"],
        ["<p>third new</p>", "2026-11-21T00:00:00.000+0000"],
    ]);
    let mut silent = of("Acme", "Low", "Closed");
    silent["comments"] = Value::Null;
    let app = app(json!({ "K-1": one, "K-2": silent })).await;
    let recent = app.get("/updates/").await;
    assert_eq!(keys(recent.text()), ["K-1"]);
    assert!(recent.text().contains("first <b>new</b>") && !recent.text().contains("last week"));
    let at = |text: &str| recent.text().find(text).unwrap();
    assert!(at("third new") < at("second new") && at("second new") < at("first <b>"), "newest first");
    let all = app.get("/updates/all").await;
    assert_eq!(keys(all.text()), ["K-1", "K-2"]);
    assert!(all.text().contains("last week") && !all.text().contains("years old"));
    assert!(all.text().contains("<a href=\"/card/K-1\">1 comment more on the card&#39;s page"));
}

#[tokio::test]
async fn links_to_rows_lead_to_as_many_rows_as_they_say() {
    let mut plain = of("Other & Co", "Low", "Closed");
    plain["labels"] = json!([]);
    plain["comments"] = json!([]);
    let app =
        app(json!({ "K-1": of("Acme", "Low", "Closed"), "K-2": of("Acme", "Low", "Closed"), "K-3": plain }))
            .await;
    for path in REPORTS {
        let page = app.get(path).await;
        let mut figures = 0;
        for head in page.text().split("class=\"panel-head\"").skip(1) {
            let link = values(head, "<a href=\"").remove(0);
            let figure = head.split("<a href=\"").nth(1).unwrap().split('>').nth(1).unwrap();
            let figure: usize = figure.split(' ').next().unwrap().parse().unwrap();
            let rows = app.get(&link).await.text().matches("<tr id=\"").count();
            assert_eq!(rows, figure, "{link}");
            figures += 1;
        }
        assert!(figures > 0, "{path}");
        let table = values(page.text(), "<a class=\"button\" href=\"").remove(0);
        let rows = app.get(&table).await.text().matches("<tr id=\"").count();
        assert_eq!(rows, keys(page.text()).len(), "{table}");
    }
}

#[tokio::test]
async fn severities_that_differ_and_priorities_are_marked() {
    let mut one = of("Acme", "Urgent", "Closed");
    one["issues"] = json!([
        { "id": "OCPBUGS-1", "url": "https://jira.example/1", "title": "T", "jira_severity": "Moderate", "private_keywords": ["Telco:Priority-1"] },
        { "id": "OCPBUGS-2", "url": "javascript:alert(1)", "title": "U", "jira_severity": "Critical", "fix_versions": null },
    ]);
    let mut low = of("Acme", "Low", "Closed");
    low["bugzilla"] = json!([{ "bugzillaNumber": 7, "bugzillaLink": "https://bz.example/7", "severity": "high", "summary": "S" }]);
    let app = app(json!({ "K-1": one, "K-2": low })).await;
    for path in ["/updates/all", "/card/K-1"] {
        let page = app.get(path).await;
        assert!(
            page.text().contains("class=\"badge gap-lower\"")
                && page.text().contains("Severity lower than the case&#39;s")
        );
        assert_eq!(page.text().matches("gap-lower").count(), 1, "{path}");
        assert!(page.text().contains("class=\"badge telco-1\"") && page.text().contains("Telco:Priority-1"));
        assert!(!page.text().contains("javascript:"), "{path}");
    }
    assert!(app.get("/card/K-2").await.text().contains("class=\"badge gap-higher\""));
}

#[tokio::test]
async fn nothing_to_report_is_said_as_such() {
    let empty = TestApp::empty().await;
    for path in ["/updates/", "/updates/all", "/trends/", "/table/", "/table/all"] {
        let page = empty.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(">No cards yet</p>"), "{path}");
        assert!(page.text().contains("No card has come yet"), "{path}");
        assert!(page.text().contains("href=\"/sources\">State of the sources"), "{path}");
    }
    let mut silent = card("00000001", "Low");
    silent["comments"] = json!([]);
    let cards = [(Document::Cards, json!({ "K-1": silent }))];
    let app = TestApp::with(&cards, WebSettings::default()).await;
    for (path, words) in [("/updates/", "No card has a comment"), ("/trends/", "carries the label Trends")] {
        let page = app.get(path).await;
        assert!(page.text().contains(words) && page.text().contains("0 cards of 0 accounts"), "{path}");
    }
}

#[tokio::test]
async fn hostile_text_is_text() {
    let mut bad = card("00000001", HOSTILE);
    for field in [
        "account",
        "summary",
        "description",
        "product",
        "case_status",
        "card_status",
        "escalated_link",
        "group_name",
        "priority",
    ] {
        bad[field] = json!(HOSTILE);
    }
    let person = json!({ "displayName": HOSTILE, "emailAddress": HOSTILE });
    bad["assignee"] = person.clone();
    bad["contributor"] = json!([person]);
    bad["labels"] = json!([HOSTILE, "Trends"]);
    bad["tags"] = json!([HOSTILE]);
    bad["escalated"] = json!(true);
    bad["notified_users"] = json!([{ "ssoUsername": HOSTILE, "title": HOSTILE }]);
    bad["comments"] = json!([
        [HOSTILE, "2026-11-21T10:00:00Z"],
        ["<script>alert(1)</script><svg/onload=alert(2)>", HOSTILE],
        ["<a href=\"javascript:alert(1)\" onclick=x style=y>t</a>", "2026-11-21T10:00:00Z"],
    ]);
    bad["bugzilla"] = json!([{ "bugzillaNumber": HOSTILE, "bugzillaLink": "javascript:alert(1)", "summary": HOSTILE, "status": HOSTILE, "severity": HOSTILE, "linkedAt": HOSTILE }]);
    bad["issues"] = json!([{ "id": HOSTILE, "url": "javascript:alert(1)", "title": HOSTILE, "status": HOSTILE, "jira_severity": HOSTILE, "private_keywords": [format!("Priority{HOSTILE}")] }]);
    let app = app(json!({ "K-1": bad })).await;
    for path in [
        "/updates/",
        "/updates/all",
        "/trends/",
        "/card/K-1",
        "/weekly/",
        "/updates/all?account=%3Cscript%3E",
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for bad in [
            "<script>",
            "<img src=x",
            "<svg/onload",
            "</title><",
            "href=\"javascript:",
            " onclick=",
            " style=",
        ] {
            assert!(!page.text().contains(bad), "{path} holds {bad}");
        }
        for bad in ['\0', '\u{202e}'] {
            assert!(!page.text().contains(bad), "{path} holds {bad:?}");
        }
        assert!(!page.text().contains("49"), "{path}: the text was taken for a template");
    }
}

#[tokio::test]
async fn texts_of_megabytes_make_no_page_of_megabytes() {
    let mut long = of("Acme", "Urgent", "Closed");
    let word = "é".repeat(1_000_000);
    for field in ["summary", "product", "description"] {
        long[field] = json!(word);
    }
    long["comments"] =
        json!([[word, "2026-11-21T10:00:00Z"], ["<p>".repeat(300_000), "2026-11-21T10:00:00Z"]]);
    let app = app(json!({ "K-1": long })).await;
    for path in ["/updates/", "/updates/all", "/weekly/", "/card/K-1"] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.bytes.len() < 400_000, "{path}: {}", page.bytes.len());
    }
    assert!(app.get("/updates/").await.text().contains("The comment goes on on the card&#39;s page."));
    assert!(app.get("/card/K-1").await.text().contains("The comment goes on in Jira."));
}

#[tokio::test]
async fn addresses_without_the_slash_lead_to_those_with_it() {
    let app = TestApp::empty().await;
    for (path, to) in [
        ("/updates?account=a%26b", "/updates/?account=a%26b"),
        ("/trends", "/trends/"),
        ("/weekly", "/weekly/"),
    ] {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::PERMANENT_REDIRECT, to));
    }
}

/// What a browser has to take does not grow with the board.
#[tokio::test]
async fn at_twenty_thousand_cards_a_page_is_as_small_as_ever() {
    let comment = |n: usize, c: usize| {
        let text = format!(
            "<p>Comment {c} on <b>{n}</b>: {}</p>",
            "waiting for the customer's logs since days, ".repeat(4)
        );
        json!([text, format!("2026-11-{:02}T10:00:00.000+0000", (n + c) % 23 + 1)])
    };
    let cards = (1..=20_000).map(|n| {
        let mut one = of(&format!("Account number {}", n % 800), ["Low", "Normal", "High", "Urgent"][n % 4], "Waiting on Red Hat");
        one["comments"] = (0..3).map(|c| comment(n, c)).collect();
        one["issues"] = json!([{ "id": format!("OCPBUGS-{n}"), "url": format!("https://jira.example/browse/OCPBUGS-{n}"), "title": "Node reboots after an upgrade", "status": "In Progress", "jira_severity": "Moderate" }]);
        (format!("K-{n}"), one)
    });
    let app = app(Value::Object(cards.collect())).await;
    for path in [
        "/updates/",
        "/updates/all?page=500",
        "/trends/",
        "/weekly/",
        "/card/K-77",
        "/updates/all?account=number+7",
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.bytes.len() < 150_000, "{path}: {} bytes", page.bytes.len());
        let packed = app.send(axum::http::Method::GET, path, &[("accept-encoding", "gzip")]).await;
        assert!(packed.bytes.len() < 25_000, "{path}: {} bytes packed", packed.bytes.len());
    }
}
