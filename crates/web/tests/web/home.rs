//! `/home`: figures lead to the rows that they count, new cases, states.

use serde_json::json;
use t5g_model::board::{Rules, SlaRules};
use t5g_model::documents::Document;
use t5g_web::WebSettings;
use t5g_web::samples::HOSTILE;

use crate::common::{TestApp, card, case};

pub(crate) async fn world() -> TestApp {
    let mut urgent = card("00000001", "Urgent");
    urgent["escalated"] = json!(true);
    let mut closed = card("00000002", "Low");
    closed["case_status"] = json!("Closed");
    let mut nobody = card("00000003", "High");
    nobody["assignee"] = json!({});
    nobody["case_created"] = json!("2026-11-22T10:00:00Z");
    nobody["card_status"] = json!("Odd & <new>");
    let mut done = card("00000004", "Normal");
    done["case_status"] = json!("Closed");
    done["card_status"] = json!("Done");
    let cards = json!({ "K-1": urgent, "K-2": closed, "K-3": nobody, "K-4": done });
    let cases = json!({ "00000003": case("2026-11-22T10:00:00Z"), "00000009": case("2026-01-01T10:00:00Z") });
    let sla = SlaRules { partners: ["Acme".to_owned()].into(), ..SlaRules::default() };
    let rules = Rules { sla, ..Rules::default() };
    let settings = WebSettings { rules: rules.into(), ..WebSettings::default() };
    TestApp::with(&[(Document::Cards, cards), (Document::Cases, cases)], settings).await
}

fn unescaped(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"")
}

/// Where figures lead, and what each says.
fn figures(page: &str) -> Vec<(String, usize)> {
    let tags = page.split('<').filter(|tag| tag.contains(" data-figure=\""));
    let part = |tag: &str, name: &str| tag.split(name).nth(1).unwrap().split('"').next().unwrap().to_owned();
    tags.map(|tag| (unescaped(&part(tag, " href=\"")), part(tag, " data-figure=\"").parse().unwrap()))
        .collect()
}

#[tokio::test]
async fn every_figure_leads_to_exactly_the_rows_that_it_counts() {
    let app = world().await;
    let page = app.get("/home").await;
    let figures = figures(page.text());
    assert_eq!(figures.len(), 7 + 1 + 1 + 9 + 4, "tiles, new cases, all cards, bars, cases: {figures:?}");
    for (href, figure) in &figures {
        let list = app.get(href).await;
        let rows = list.text().matches("<tr id=\"").count() + list.text().matches("<tr data-row=\"").count();
        assert_eq!(rows, *figure, "{href}");
    }
    let counts: Vec<_> = figures.iter().take(7).map(|(_, figure)| *figure).collect();
    assert_eq!(counts, [1, 0, 1, 2, 1, 1, 2], "{figures:?}");
}

#[tokio::test]
async fn new_cases_are_listed_with_links_to_the_portal() {
    let page = world().await.get("/home").await;
    assert!(page.text().contains("href=\"https://access.redhat.com/support/cases/#/case/00000003\""));
    assert!(page.text().contains("2026-11-22 10:00"));
    assert!(!page.text().contains("#/case/00000009"));
    assert!(page.text().contains("2 open cases, 4 cards"));
}

#[tokio::test]
async fn the_first_run_says_what_is_missing_and_how_to_get_it() {
    let page = TestApp::empty().await.get("/home").await;
    assert!(page.text().contains("No data yet") && page.text().contains("cases — never ran"));
    assert!(page.text().contains("t5g sync missing"));
}

#[tokio::test]
async fn what_was_not_fetched_is_unknown_not_zero() {
    let cards = json!({ "K-1": card("00000001", "High") });
    let page = TestApp::with(&[(Document::Cards, cards)], WebSettings::default()).await.get("/home").await;
    assert!(page.text().contains("cases not fetched yet, 1 card"));
    assert!(page.text().contains("<td class=\"value\">—</td>"));
    assert!(page.text().contains("no partner accounts are set"));
}

#[tokio::test]
async fn hostile_text_is_text() {
    let mut bad = card("00000001", HOSTILE);
    for field in
        ["account", "summary", "product", "case_status", "card_status", "escalated_link", "group_name"]
    {
        bad[field] = json!(HOSTILE);
    }
    bad["assignee"] = json!({ "displayName": HOSTILE });
    bad["comments"] =
        json!([["<script>alert(1)</script><img src=x onerror=alert(2)>", "x"], [HOSTILE, HOSTILE]]);
    let mut worse = case("2026-11-22T10:00:00Z");
    worse["problem"] = json!(HOSTILE);
    worse["account"] = json!(HOSTILE);
    let documents =
        [(Document::Cards, json!({ "K-1": bad })), (Document::Cases, json!({ "00000001": worse }))];
    let app = TestApp::with(&documents, WebSettings::default()).await;
    for path in
        ["/home", "/table/all", "/table/all?open=K-1", "/table/", "/sources", "/table/all?q=%3Cscript%3E"]
    {
        let page = app.get(path).await;
        for bad in ["<script>", "<img src=x", "</title><", "javascript:"] {
            assert!(!page.text().contains(bad), "{path} holds {bad}");
        }
        assert!(!page.bytes.contains(&0), "{path} holds NUL");
        assert!(!page.text().contains("49"), "{path}: the text was taken for a template");
    }
    assert!(app.get("/home").await.text().contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[tokio::test]
async fn a_figure_whose_document_never_came_is_unknown_not_zero() {
    let fact = |page: &str, label: &str| {
        let (_, rest) = page.split_once(label).unwrap();
        rest.split(['<', '>'])
            .map(str::trim)
            .find(|word| word.parse::<u64>().is_ok() || *word == "—")
            .unwrap()
            .to_owned()
    };
    let label = "Bugs and issues of open cases";
    let app = world().await;
    assert_eq!(fact(app.get("/home").await.text(), label), "—");
    app.write(Document::Issues, &json!({})).await;
    let page = app.get_until("/home", |page| fact(page.text(), label) == "0").await;
    assert_eq!(fact(page.text(), label), "0");
}
