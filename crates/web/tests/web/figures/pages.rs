//! What these pages show besides their figures: the days, lists, charts, what is unknown, hostile text.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;
use t5g_web::samples::HOSTILE;

use super::support::{NAMES, documents, everybody, figures, rows, settings, unescaped, world};
use crate::common::{TestApp, card, case};

#[tokio::test]
async fn what_has_not_come_is_unknown_and_said() {
    let app = TestApp::empty().await;
    let stats = app.get("/stats").await;
    assert!(stats.text().contains("No history yet") && stats.text().contains("No cards yet"));
    assert!(figures(stats.text()).is_empty());
    assert_eq!(stats.text().matches("<td class=\"value\">—</td>").count(), 13);
    assert!(app.get("/accounts").await.text().contains("The cards have not been fetched yet."));
    let nobody = app.get("/account/Acme").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(nobody.text().contains("have not been fetched yet"));
    let rows = app.get("/figures/open_cases").await;
    assert!(rows.text().contains("Nothing to show yet") && rows.text().contains("data-rows=\"0\""));
    let few = TestApp::with(
        &[(Document::Cards, json!({ "K-1": card("00000001", "High") }))],
        WebSettings::default(),
    )
    .await;
    let account = few.get("/account/Acme").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(account.text().contains("No card has come that far yet."));
    assert!(account.text().contains("<td class=\"value\">—</td>"), "cases are unknown");
    assert!(few.get("/figures/cards?status=x").await.text().contains("Right now the figure is 0"));
}

#[tokio::test]
async fn the_days_shown_are_those_chosen() {
    let app = TestApp::with(&documents(&NAMES[..1]), settings()).await;
    let days = |page: &str| {
        let table = page.split("id=\"series-table\"").nth(1).unwrap().split("</table>").next().unwrap();
        table.matches("<tr><th scope=\"row\">").count()
    };
    for (query, count) in [
        ("", 89),
        ("?range=30d", 29),
        ("?range=all", 100),
        ("?from=2026-11-01&to=2026-11-10", 10),
        ("?from=2026-11-20&to=", 3),
    ] {
        assert_eq!(days(app.get(&format!("/stats{query}")).await.text()), count, "{query}");
    }
    let page = app.get("/stats?range=30d").await;
    assert!(page.text().contains("<tr><th scope=\"row\">2026-11-22</th><td>1000</td>"));
    assert!(page.text().contains("Total Cases from 1028 to 1000, at most 1028"));
    assert!(page.text().contains("href=\"/stats?range=30d#series\" aria-current=\"true\""));
    assert!(app.get("/stats?from=2030-01-01").await.text().contains("The history has no day in that span."));
    for bad in ["range=%3Cb%3E", "from=yesterday", "from=2026-02-02&to=2026-02-01"] {
        let answer = app.get(&format!("/stats?{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(!answer.text().contains("<b>"));
    }
}

#[tokio::test]
async fn many_rows_come_in_pages() {
    let cases: Map<_, _> = (1..=250).map(|n| (format!("{n:08}"), case("2026-01-01T10:00:00Z"))).collect();
    let app = TestApp::with(&[(Document::Cases, Value::Object(cases))], WebSettings::default()).await;
    let first = app.get("/figures/open_cases").await;
    assert!(first.text().contains("1–80 of 250 cases") && first.text().contains("data-rows=\"250\""));
    assert_eq!(rows(&app, "/figures/open_cases?account=Acme").await, 250);
    let last = app.get("/figures/open_cases?account=Acme&page=99").await;
    assert!(last.text().contains("241–250 of 250 cases"));
    assert!(last.text().contains("href=\"/figures/open_cases?account=Acme&amp;page=3\" rel=\"prev\""));
}

#[tokio::test]
async fn lists_are_sorted_and_searched() {
    let app = world().await;
    let names = |page: &str| -> Vec<String> {
        let rows = page.split("<th scope=\"row\" class=\"name full\">").skip(1);
        rows.map(|row| unescaped(row.split("dir=\"auto\">").nth(1).unwrap().split('<').next().unwrap()))
            .collect()
    };
    let by_name = names(app.get("/accounts?sort=name").await.text());
    let mut turned = names(app.get("/accounts?sort=-name").await.text());
    turned.reverse();
    assert_eq!(turned, by_name);
    assert_eq!(by_name.len(), NAMES.len());
    assert_eq!(by_name.first().unwrap(), "—");
    assert_eq!(names(app.get("/accounts?q=ACME").await.text()).len(), 2);
    assert_eq!(names(app.get("/engineers?q=100%25").await.text()), ["A/B & Co + \"x\" 100%"]);
    let none = app.get("/engineers?q=%3Cscript%3E").await;
    assert!(none.text().contains("13 are there") && !none.text().contains("<script>"));
    assert_eq!(app.get("/accounts?sort=x").await.status, StatusCode::BAD_REQUEST);
    let page = app.get("/accounts?sort=-cases&q=a").await;
    assert!(page.text().contains(
        "aria-sort=\"descending\" class=\"right\"><a href=\"/accounts?q=a&amp;sort=cases\">Open cases"
    ));
    assert!(page.text().contains("<input type=\"hidden\" name=\"sort\" value=\"-cases\">"));
}

#[tokio::test]
async fn outcomes_are_told_apart_and_counted() {
    let with = |relief: Value, resolved: Value| {
        let mut one = card("00000001", "High");
        one["case_created"] = json!("2026-11-01T00:00:00Z");
        one["relief_at"] = relief;
        one["resolved_at"] = resolved;
        one
    };
    let cards = json!({
        "K-1": with(json!("2026-11-02T00:00:00Z"), json!("2026-11-11T00:00:00Z")),
        "K-2": with(json!("2026-11-04T00:00:00Z"), Value::Null),
        "K-3": with(json!("2026-10-04T00:00:00Z"), Value::Null),
    });
    let app = TestApp::with(&[(Document::Cards, cards)], WebSettings::default()).await;
    let page = app.get("/account/Acme").await;
    let set = |id: &str| {
        let set = page.text().split(&format!("aria-labelledby=\"{id}\"")).nth(1).unwrap();
        set.split("</section>").next().unwrap().to_owned()
    };
    let relief = set("relief");
    assert!(
        relief
            .contains("<td class=\"right\">2.0</td><td class=\"right\">2.0</td><td class=\"right\">2.8</td>"),
        "{relief}"
    );
    assert!(relief.contains("2 cards: half within 2.0 days, nine of ten within 2.8"));
    assert!(set("resolved").contains("<td class=\"right\">10.0</td>"));
    assert!(page.text().contains("1 duration left out"));
}

#[tokio::test]
async fn charts_come_only_where_there_are_some() {
    let app = world().await;
    for (path, wanted) in [
        ("/stats", true),
        ("/account/Acme", true),
        ("/engineer/Acme", true),
        ("/home", false),
        ("/accounts", false),
        ("/table/all", false),
        ("/figures/open_cases", false),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.text().contains("/assets/unbuilt-charts.js"), wanted, "{path}");
    }
    let page = app.get("/stats").await;
    for figure in page.text().split("<figure ").skip(1) {
        let figure = figure.split("</figure>").next().unwrap();
        let words = figure.split("<figcaption>").nth(1).unwrap();
        assert!(words.contains("<h3>") && words.contains("<p>"), "a chart without words");
        assert!(
            figure.contains("<table") || figure.contains("data-table=\"series-table\""),
            "a chart without a table"
        );
        assert!(figure.contains(" hidden><canvas>"), "what only a script fills is hidden");
    }
}

#[tokio::test]
async fn hostile_text_is_text_everywhere() {
    let mut bad = card("00000001", HOSTILE);
    for field in ["account", "summary", "product", "case_status", "card_status"] {
        bad[field] = json!(HOSTILE);
    }
    bad["assignee"] = json!({ "displayName": HOSTILE });
    bad["relief_at"] = json!("2026-11-20T10:00:00Z");
    let mut worse = case("2026-11-22T10:00:00Z");
    for field in ["problem", "account", "status", "severity", "product"] {
        worse[field] = json!(HOSTILE);
    }
    let bug = json!({ "bugzillaNumber": "javascript:alert(1)", "bugzillaLink": "javascript:alert(1)", "summary": HOSTILE, "status": HOSTILE });
    let documents = [
        (Document::Cards, json!({ "K-1": bad })),
        (Document::Cases, json!({ "00000001": worse })),
        (Document::Bugs, json!({ "00000001": [bug] })),
    ];
    let app = TestApp::with(&documents, WebSettings::default()).await;
    let mut pages: Vec<String> = [
        "/home",
        "/stats",
        "/accounts",
        "/engineers",
        "/figures/open_cases",
        "/figures/bugs.unique",
        "/figures/cards",
    ]
    .map(str::to_owned)
    .into();
    pages.extend(everybody(&app).await);
    assert_eq!(pages.len(), 9);
    for path in &pages {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for bad in ["<script>", "<img src=x", "</title><", "href=\"javascript:"] {
            assert!(!page.text().contains(bad), "{path} holds {bad}");
        }
        assert!(!page.bytes.contains(&0), "{path} holds NUL");
        assert!(!page.text().contains("49"), "{path}: the text was taken for a template");
    }
}

#[tokio::test]
async fn a_name_of_a_megabyte_is_cut_and_not_linked() {
    let long = "é".repeat(500_000);
    let mut one = card("00000001", "High");
    one["account"] = json!(long);
    one["assignee"] = json!({ "displayName": long });
    let app = TestApp::with(&[(Document::Cards, json!({ "K-1": one }))], WebSettings::default()).await;
    for path in ["/home", "/stats", "/accounts", "/engineers", "/figures/cards"] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.bytes.len() < 100_000, "{path}: {}", page.bytes.len());
    }
}
