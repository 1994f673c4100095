//! `/table/…`: filters, order, pages, open rows, search.

mod exports;
mod facets;
mod rows;

use axum::http::StatusCode;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card};

async fn app(cards: Value) -> TestApp {
    let settings =
        WebSettings { jira_base: Some("https://jira.example".to_owned()), ..WebSettings::default() };
    TestApp::with(&[(Document::Cards, cards)], settings).await
}

/// Keys of the rows, in order.
fn keys(page: &str) -> Vec<String> {
    page.split("<tr id=\"").skip(1).map(|row| row.split('"').next().unwrap().to_owned()).collect()
}

async fn many() -> TestApp {
    let severities = ["Low", "Urgent", "Normal", "High"];
    let card = |n: usize| {
        let mut one = card(&format!("{n:08}"), severities[n % 4]);
        one["case_created"] = json!(format!("2026-10-{:02}T10:00:00Z", n % 28 + 1));
        (format!("K-{n}"), one)
    };
    app(Value::Object((1..=120).map(card).collect())).await
}

#[tokio::test]
async fn the_most_severe_come_first_fifty_a_page() {
    let app = many().await;
    let first = app.get("/table/all").await;
    assert_eq!(keys(first.text()).len(), 50);
    assert!(first.text().contains("1–50 of 120 cards"));
    assert!(first.text().contains("href=\"/table/all?page=2\" rel=\"next\""));
    let mut all = Vec::new();
    for page in 1..=3 {
        all.extend(keys(app.get(&format!("/table/all?page={page}")).await.text()));
    }
    assert_eq!(all.len(), 120);
    let number = |key: &String| key.trim_start_matches("K-").parse::<usize>().unwrap();
    assert!(all.iter().take(30).all(|key| number(key) % 4 == 1), "{all:?}");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 120, "every card once");
    let beyond = app.get("/table/all?page=99").await;
    assert!(beyond.text().contains("101–120 of 120 cards"), "a page beyond the end is the last one");
}

#[tokio::test]
async fn columns_sort_both_ways_by_rank_not_by_letter() {
    let app = many().await;
    for (sort, first, last) in [
        ("case", "K-1", "K-120"),
        ("jira", "K-1", "K-120"),
        ("-jira", "K-120", "K-1"),
        ("-case", "K-120", "K-1"),
    ] {
        let page_one = app.get(&format!("/table/all?sort={sort}")).await;
        let page_three = app.get(&format!("/table/all?sort={sort}&page=3")).await;
        assert_eq!(keys(page_one.text()).first().unwrap(), first, "{sort}");
        assert_eq!(keys(page_three.text()).last().unwrap(), last, "{sort}");
    }
    let least = app.get("/table/all?sort=severity").await;
    assert_eq!(keys(least.text()).len(), 50);
    assert!(least.text().contains("aria-sort=\"ascending\""));
    let severities = least.text().matches("class=\"badge low\"").count();
    assert_eq!(severities, 30, "Low comes first when severity ascends");
    assert_eq!(app.get("/table/all?sort=nonsense").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.get("/table/all?sort=case,nonsense").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn filters_narrow_and_can_be_dropped_one_by_one() {
    let app = many().await;
    let page = app.get("/table/all?sev=Urgent&sev=High&is=open&sort=-days").await;
    assert!(page.text().contains("60 cards of 120 that pass the filters"));
    assert!(page.text().contains("href=\"/table/all?sev=Urgent&amp;is=open&amp;sort=-days\""));
    assert!(page.text().contains("<input type=\"hidden\" name=\"sort\" value=\"-days\">"));
    let none = app.get("/table/all?account=Nobody").await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(none.text().contains("No cards match") && none.text().contains("120 cards are there"));
    let wrong = app.get("/table/all?is=%3Cb%3E").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("is=&lt;b&gt;") && wrong.text().contains("unassigned"));
}

#[tokio::test]
async fn text_is_found_in_bugs_issues_and_comments_but_not_in_names_of_fields() {
    let mut deep = card("00000001", "High");
    deep["bugzilla"] = json!([{ "bugzillaNumber": 77_001, "summary": "Kernel PANIC in ethtool" }]);
    deep["issues"] =
        json!([{ "id": "OCPBUGS-9", "title": "Straße gesperrt", "url": "https://jira.example/x" }]);
    deep["comments"] = json!([["<p>see <b>한글</b> &amp; co</p>", "2026-11-21T10:00:00.000+0000"]]);
    let app = app(json!({ "K-1": deep, "K-2": card("00000002", "Low") })).await;
    for text in
        ["panic", "77001", "OCPBUGS-9", "STRASSE+gesperrt", "%ED%95%9C%EA%B8%80", "kernel+00000001", "%26+co"]
    {
        let found = keys(app.get(&format!("/table/all?q={text}")).await.text());
        let wanted: &[&str] = if text.starts_with("STRASSE") { &[] } else { &["K-1"] };
        assert_eq!(found, wanted, "{text}");
    }
    for hidden in ["bugzillaNumber", "displayName", "%3Cb%3E"] {
        assert!(keys(app.get(&format!("/table/all?q={hidden}")).await.text()).is_empty(), "{hidden}");
    }
}

#[tokio::test]
async fn an_open_row_shows_bugs_issues_and_comments() {
    let mut one = card("00000001", "High");
    one["issues"] =
        json!([{ "id": "OCPBUGS-9", "title": "T", "url": "javascript:alert(1)", "status": "New" }]);
    one["group_name"] = json!("A group");
    let app = app(json!({ "K-1": one })).await;
    let closed = app.get("/table/all").await;
    assert!(closed.text().contains("name=\"open\" value=\"K-1\" aria-expanded=\"false\""));
    assert!(!closed.text().contains("A group"));
    assert!(closed.text().contains("href=\"https://jira.example/browse/K-1\""));
    let open = app.get("/table/all?open=K-1").await;
    assert!(open.text().contains("A group") && open.text().contains("OCPBUGS-9"));
    assert!(
        open.text().contains("Looked at <b>it</b>") && open.text().contains("Bugzilla is not configured")
    );
    assert!(!open.text().contains("javascript:"));
    assert!(open.text().contains("name=\"close\" value=\"K-1\" aria-expanded=\"true\""));
    let all = app.get("/table/all?open=all").await;
    assert!(all.text().contains("A group"));
    let shut = app.get("/table/all?q=x&open=K-1&close=K-1").await;
    assert_eq!((shut.status, shut.header("location")), (StatusCode::SEE_OTHER, "/table/all?q=x"));
}

#[tokio::test]
async fn an_issue_of_another_severity_is_marked_and_its_telco_priority_coloured() {
    let mut one = card("00000001", "Urgent");
    one["issues"] = json!([
        { "id": "A-1", "jira_severity": "Low", "private_keywords": ["Telco:Priority-1"] },
        { "id": "A-2", "jira_severity": "Critical", "assignee": "who@example.com" },
    ]);
    let app = app(json!({ "K-1": one })).await;
    let open = app.get("/table/all?open=K-1").await;
    let text = open.text();
    assert!(
        text.contains("<span class=\"badge gap-lower\">")
            && text.contains("Severity lower than the case&#39;s")
    );
    assert_eq!(text.matches("than the case").count(), 1);
    assert!(
        text.contains("Telco:Priority-1") && text.contains("Assignee <b dir=\"auto\">who@example.com</b>")
    );
}

#[tokio::test]
async fn trends_are_the_cards_with_that_label() {
    let mut one = card("00000001", "High");
    one["labels"] = json!(["Trends", "x"]);
    let app = app(json!({ "K-1": one, "K-2": card("00000002", "Low") })).await;
    let page = app.get("/table/trends").await;
    assert_eq!(keys(page.text()), ["K-1"]);
    assert!(page.text().contains("1 card of 2 that show a trend"));
    assert!(page.text().contains("href=\"/table/trends.csv\""));
    assert!(app.get("/table/trends?sev=Low").await.text().contains("No cards match"));
}

#[tokio::test]
async fn several_columns_sort_one_after_the_other() {
    let app = many().await;
    let page = app.get("/table/all?sort=-severity,case").await;
    let numbers: Vec<usize> =
        keys(page.text()).iter().map(|key| key.trim_start_matches("K-").parse().unwrap()).collect();
    assert!(numbers[..30].iter().all(|n| n % 4 == 1) && numbers[..30].is_sorted(), "{numbers:?}");
    assert!(numbers[30..].iter().all(|n| n % 4 == 3) && numbers[30..].is_sorted(), "{numbers:?}");
    assert!(page.text().contains("data-name=\"severity\" data-largest aria-sort=\"descending\""));
    assert_eq!(page.text().matches("aria-sort=").count(), 1, "one column leads, the others have numbers");
    assert!(page.text().contains("<sup>2</sup>"));
}

#[tokio::test]
async fn columns_are_chosen_and_ordered_in_the_address() {
    let app = many().await;
    let headings = |page: &str| -> Vec<String> {
        let names = page.split("data-name=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        names.collect()
    };
    let usual = app.get("/table/all").await;
    let expected = [
        "case",
        "severity",
        "prio",
        "critsit",
        "summary",
        "product",
        "account",
        "case-status",
        "status",
        "assignee",
        "jira",
        "comment",
        "days",
        "updated",
    ];
    assert_eq!(headings(usual.text()), expected);
    let chosen = app.get("/table/all?cols=daily,account&sort=-days").await;
    assert_eq!(headings(chosen.text()), ["case", "daily", "account"]);
    assert!(
        chosen.text().contains("Daily Telco List") && chosen.text().contains("cols=case%2Cdaily%2Caccount")
    );
    let moved = app.get("/table/all?sort=-days&col=daily&col=account&move=account-left").await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    assert_eq!(moved.header("location"), "/table/all?sort=-days&cols=case%2Caccount%2Cdaily");
    assert_eq!(keys(app.get("/table/all?rows=100").await.text()).len(), 100);
    for bad in ["cols=x", "rows=0", "rows=1000", "move=account", "more=x"] {
        assert_eq!(app.get(&format!("/table/all?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn addresses_of_the_python_dashboard_lead_to_the_same_view() {
    let app = many().await;
    let old = "/table/all?order=%5B%5B2%2C%22desc%22%5D%5D&search.search=Summary&displayStart=50\
        &searchPanes.preSelect=%5B%7B%22column%22%3A2%2C%22rows%22%3A%5B%22High%22%2C%22Low%22%5D%7D%5D";
    let answer = app.get(old).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let new = "/table/all?q=Summary&sev=High&sev=Low&sort=-severity&page=2";
    assert_eq!(answer.header("location"), new);
    let page = app.get(new).await;
    assert!(page.text().contains("60 cards of 120 that pass the filters"));
    assert!(page.text().contains("51–60 of 60 cards"));
    for bad in [
        "order=%5B%5B2",
        "searchPanes.preSelect=%7B%7D",
        "displayStart=x",
        "order=%5B%5B99%2C%22asc%22%5D%5D",
    ] {
        let answer = app.get(&format!("/table/all?{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(answer.text().contains("expected are"), "{bad}");
    }
}

#[tokio::test]
async fn the_phones_labels_are_the_headings() {
    let styles = include_str!("../../../../../frontend/styles/cards.css");
    let page = app(json!({ "K-1": card("00000001", "High") })).await;
    let all = "case,prio,critsit,product,account,case-status,status,assignee,comment,days,updated,daily";
    let page = page.get(&format!("/table/all?cols={all}")).await;
    for heading in page.text().split("data-name=\"").skip(1) {
        let name = heading.split('"').next().unwrap();
        let words = heading.split("<a href=").nth(1).unwrap().split('>').nth(1).unwrap();
        let words = words.split('<').next().unwrap();
        let label = format!("td.c-{name}::before {{ content: \"{words}\"; }}");
        assert!(name == "case" || styles.contains(&label), "{label}");
    }
}

#[tokio::test]
async fn the_page_of_the_largest_table_stays_small() {
    let mut long = card("00000001", "Urgent");
    for field in ["summary", "product", "account"] {
        long[field] = json!(format!("{} with a text of ordinary length, as they are", long[field]));
    }
    let cards = (1..=200).map(|n| (format!("FIELD-{n}"), long.clone()));
    let app = app(Value::Object(cards.collect())).await;
    let page = app.get("/table/all").await;
    assert!(page.bytes.len() < 100 * 1024, "{}", page.bytes.len());
}

#[tokio::test]
async fn recent_shows_cards_with_a_comment_younger_than_seven_days() {
    let with = |at: &str| {
        let mut one = card("00000001", "High");
        one["comments"] = json!([["<p>old</p>", "2020-01-01T10:00:00.000+0000"], ["<p>x</p>", at]]);
        one
    };
    let app = app(json!({
        "K-1": with("2026-11-17T00:00:00Z"), "K-2": with("2026-11-16T23:59:59.000+0000"), "K-3": with("nonsense"),
    }))
    .await;
    let page = app.get("/table/").await;
    assert_eq!(keys(page.text()), ["K-1"]);
    assert!(page.text().contains("1 card of 3 with a comment of the last 7 days"));
}

#[tokio::test]
async fn no_cards_is_said_as_such() {
    let page = TestApp::empty().await.get("/table/all").await;
    assert!(page.text().contains("No cards") && page.text().contains("No card has come yet."));
}

#[tokio::test]
async fn a_text_of_ten_megabytes_makes_no_page_of_ten_megabytes() {
    let mut long = card("00000001", "Urgent");
    for field in ["summary", "product", "account"] {
        long[field] = json!("é".repeat(5_000_000));
    }
    long["assignee"] = json!({ "displayName": "x".repeat(5_000_000) });
    let app = TestApp::with(&[(Document::Cards, json!({ "A-1": long }))], WebSettings::default()).await;
    let page = app.get("/table/all").await;
    assert!(page.text().contains("ééé…"));
    assert!(page.bytes.len() < 100_000, "{}", page.bytes.len());
}

#[tokio::test]
async fn the_box_understands_the_filter_language() {
    let mut deep = card("00000001", "High");
    deep["comments"] = json!([["<p>The Kernel   panics</p>", "2026-11-21T10:00:00.000+0000"]]);
    deep["card_status"] = json!("Eng Working");
    let app =
        app(json!({ "K-1": deep, "K-2": card("00000002", "Low"), "K-3": card("00000003", "Urgent") })).await;
    for (text, wanted) in [
        ("sev:urgent,low", &["K-3", "K-2"][..]),
        ("sev:%3E%3Dhigh", &["K-3", "K-1"]),
        ("status:%22eng+working%22+kernel", &["K-1"]),
        ("kernel+OR+card:2", &["K-1", "K-2"]),
        ("-(kernel+OR+card:2)", &["K-3"]),
        ("%22kernel+panics%22", &["K-1"]),
        ("case:3&sev=Urgent&is=open", &["K-3"]),
        ("case:3&sev=Low", &[]),
    ] {
        let page = app.get(&format!("/table/all?q={text}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(keys(page.text()), wanted, "{text}");
        assert!(!page.text().contains("filter-problem"), "{text}");
    }
    let recent = app.get("/table/?q=sev:high").await;
    assert_eq!(keys(recent.text()), ["K-1"]);
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_says_where_and_shows_no_rows() {
    let app = app(json!({ "K-1": card("00000001", "High") })).await;
    let page = app.get("/table/all?q=kernel+sev:hihg&is=open").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(keys(page.text()).is_empty(), "nothing looks as if it were found");
    let text = page.text();
    assert!(text.contains("aria-describedby=\"filter-place\" aria-invalid=\"true\""));
    assert!(text.contains("kernel sev:<mark>hihg</mark>") && text.contains("at character 12"));
    assert!(text.contains("did you mean high?") && text.contains("The filter cannot be read"));
    assert!(text.contains("value=\"kernel sev:hihg\""), "what was typed stays, to be mended");
    assert!(!text.contains("No cards match"));
    let end = app.get("/table/all?q=kernel+OR").await;
    assert!(end.text().contains("kernel OR<mark>?</mark>"));
    for hostile in
        ["sev:%22%3Cimg+onerror%3D1%3E%22", "%22%3E%3Cimg+onerror%3D1%3E", "img%3E%E2%80%AE)%3Cimg+onerror"]
    {
        let page = app.get(&format!("/table/all?q={hostile}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("role=\"alert\"") && !page.text().contains("<img o"), "{hostile}");
    }
    let long = app.get(&format!("/table/all?q={}", "a".repeat(2_001))).await;
    assert!(long.text().contains("longer than 2000 characters") && keys(long.text()).is_empty());
}

#[tokio::test]
async fn the_page_says_how_to_filter_with_examples_that_work() {
    let app = app(json!({ "K-1": card("00000001", "High") })).await;
    let page = app.get("/table/all").await;
    let howto =
        page.text().split("<details class=\"howto\">").nth(1).unwrap().split("</details>").next().unwrap();
    let links: Vec<_> = howto.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), t5g_model::query::EXAMPLES.len());
    for link in links {
        let found = app.get(&link.replace("&amp;", "&")).await;
        assert_eq!(found.status, StatusCode::OK, "{link}");
        assert!(!found.text().contains("filter-problem"), "{link}");
    }
    assert!(howto.contains("<code>sev:</code>") && howto.contains("closed-not-done"));
}
