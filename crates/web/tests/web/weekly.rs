//! `/weekly/` and its texts: they say the same, count what they list, and escape for where they go.

use axum::http::StatusCode;
use serde_json::{Value, json};
use t5g_model::board::{Rules, SlaRules};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card, case};

const TEXTS: [&str; 3] = ["/weekly.md", "/weekly.txt", "/weekly.slack.txt"];

async fn app(cards: Value, cases: Value) -> TestApp {
    let sla = SlaRules { partners: ["Acme".to_owned()].into(), ..SlaRules::default() };
    let settings = WebSettings {
        jira_base: Some("https://jira.example".to_owned()),
        rules: Rules { sla, ..Rules::default() }.into(),
        ..WebSettings::default()
    };
    TestApp::with(&[(Document::Cards, cards), (Document::Cases, cases)], settings).await
}

async fn world() -> TestApp {
    let mut escalated = card("00000001", "Urgent");
    escalated["escalated"] = json!(true);
    escalated["issues"] =
        json!([{ "id": "OCPBUGS-9", "url": "https://jira.example/browse/OCPBUGS-9", "status": "New" }]);
    let mut other = card("00000002", "Low");
    other["account"] = json!("Beta *& <Co>");
    other["summary"] = json!("A [link](x) & _more_\n# on two lines");
    other["comments"] = json!([
        ["<p>old</p>", "2026-01-01T10:00:00Z"],
        ["<p>One <b>new</b> &lt;!channel&gt; | thing</p>", "2026-11-20T10:00:00Z"],
        ["newest", "2026-11-21T10:00:00Z"]
    ]);
    other["labels"] = json!(["Trends"]);
    let mut silent = card("00000003", "Low");
    silent["comments"] = json!([]);
    let mut closed = case("2026-01-01T10:00:00Z");
    closed["status"] = json!("Closed");
    closed["closeddate"] = json!("2026-11-22T10:00:00Z");
    let cases = json!({ "00000001": case("2026-11-22T10:00:00Z"), "00000004": closed, "00000005": case("2026-01-01T10:00:00Z") });
    app(json!({ "K-1": escalated, "K-2": other, "K-3": silent }), cases).await
}

#[tokio::test]
async fn the_week_is_told_in_figures_and_lists() {
    let app = world().await;
    let page = app.get("/weekly/").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Weekly report, 2026-11-17 to 2026-11-23",
        "Open cases: <a href=\"/figures/open_cases\">2</a>",
        "New cases: <a href=\"#new\">1</a>",
        "Closed cases: <a href=\"#closed\">1</a>",
        "Cards with updates: <a href=\"/table/\">2</a>",
        "New cases (1)",
        "Escalated (1)",
        "Updates by account (2)",
        "Trends (1)",
        "SLA breached (1)",
        "closed 2026-11-22",
        "OCPBUGS-9 (New)",
        "2026-11-21: <span dir=\"auto\">newest</span> (and 1 more comment)",
        "data-copy=\"rich\" disabled",
        "href=\"/weekly.md\"",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(!page.text().contains(">old<"));
}

#[tokio::test]
async fn figures_lead_to_as_many_rows_as_they_say() {
    let app = world().await;
    let page = app.get("/weekly/").await;
    let list = page.text().split("class=\"plain-list\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let mut looked = 0;
    for figure in list.split("<a href=\"").skip(1) {
        let (link, rest) = figure.split_once("\">").unwrap();
        let value: usize = rest.split('<').next().unwrap().parse().unwrap();
        let rows = if let Some(anchor) = link.strip_prefix('#') {
            let section = page.text().split(&format!("<h3 id=\"{anchor}\">")).nth(1).unwrap();
            section.split("<h3").next().unwrap().matches("#/case/").count()
        } else {
            let page = app.get(&link.replace("&amp;", "&")).await;
            ["<tr id=\"", "<tr data-row=\""].map(|row| page.text().matches(row).count()).iter().sum()
        };
        assert_eq!(rows, value, "{link}");
        looked += 1;
    }
    assert_eq!(looked, 7);
}

#[tokio::test]
async fn texts_are_escaped_for_where_they_go() {
    let app = world().await;
    let [markdown, plain, slack] =
        [app.get(TEXTS[0]).await, app.get(TEXTS[1]).await, app.get(TEXTS[2]).await];
    assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
    assert_eq!(plain.header("content-type"), "text/plain; charset=utf-8");
    assert!(markdown.text().starts_with("# Weekly report, 2026-11-17 to 2026-11-23\n\n- Open cases: 2\n"));
    assert!(markdown.text().contains("\n### Beta \\*& \\<Co\\>\n"), "{}", markdown.text());
    assert!(markdown.text().contains(r"A \[link\](x) & \_more\_ \# on two lines"), "{}", markdown.text());
    assert!(markdown.text().contains("[K-2](https://jira.example/browse/K-2)"));
    assert!(plain.text().starts_with("Weekly report, 2026-11-17 to 2026-11-23\n\n"));
    assert!(plain.text().contains("\nUPDATES BY ACCOUNT (2)\n"));
    assert!(plain.text().contains("A [link](x) & _more_ # on two lines"));
    assert!(plain.text().contains("  https://access.redhat.com/support/cases/#/case/00000001\n  Card: K-1 https://jira.example/browse/K-1\n"));
    assert!(slack.text().starts_with("*Weekly report, 2026-11-17 to 2026-11-23*\n\n• Open cases: 2\n"));
    assert!(
        slack.text().contains("<https://jira.example/browse/K-1|K-1>")
            && slack.text().contains("Beta ∗&amp; &lt;Co&gt;")
    );
    assert!(!slack.text().contains("<!channel>") && !slack.text().contains("<Co>"));
    for text in [&markdown, &plain, &slack] {
        assert_eq!(text.text().matches("2026-11-21: newest").count(), 1, "{}", text.text());
    }
}

#[tokio::test]
async fn a_week_of_a_thousand_cards_is_counted_whole_and_listed_in_part() {
    let cards = (1..=1_000).map(|n| (format!("K-{n}"), card(&format!("{n:08}"), "High"))).collect();
    let cases = (1..=1_000).map(|n| (format!("{n:08}"), case("2026-11-22T10:00:00Z"))).collect();
    let app = app(Value::Object(cards), Value::Object(cases)).await;
    let page = app.get("/weekly/").await;
    assert!(
        page.text().contains("Updates by account (1000)")
            && page.text().contains("960 more are not listed here. <a href=\"/updates/\">All of them</a>")
    );
    assert!(
        page.text().contains("New cases (1000)")
            && page
                .text()
                .contains("980 more are not listed here. <a href=\"/figures/new_cases\">All of them</a>")
    );
    assert!(page.bytes.len() < 100_000, "{}", page.bytes.len());
    for path in TEXTS {
        assert!(app.get(path).await.text().contains("960 more are not listed here."), "{path}");
    }
}

#[tokio::test]
async fn what_was_not_fetched_is_unknown_not_zero() {
    let app = TestApp::empty().await;
    let page = app.get("/weekly/").await;
    assert!(page.text().contains("Open cases: <b>—</b>") && page.text().contains("New cases (—)"));
    assert!(page.text().contains("this has not been fetched yet"));
    let plain = app.get("/weekly.txt").await;
    assert!(plain.text().contains("- Escalated: —") && !plain.text().contains(": 0"));
    let cards = json!({ "K-1": card("00000001", "High") });
    let partial =
        TestApp::with(&[(Document::Cards, cards)], WebSettings::default()).await.get("/weekly/").await;
    assert!(
        partial.text().contains("Open cases: <b>—</b>") && partial.text().contains("SLA breached: <b>—</b>")
    );
    assert!(partial.text().contains("Cards with updates: <a href=\"/table/\">1</a>"));
}
