//! A world with names of every kind, and what the tests read of pages about it.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use t5g_model::board::{Rules, SlaRules};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card, case};

/// What an account or a person may be called.
pub(super) const NAMES: [&str; 14] = [
    "Acme",
    "acme",
    "A/B & Co + \"x\" 100%",
    "한글 / <b>é</b>",
    "..",
    ".",
    "",
    " spaced ",
    "a/../b",
    "?q=1#x",
    "%2F%",
    "O'Neil; DROP",
    "/slash/",
    "عربي \u{202e}abc",
];

pub(super) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

pub(super) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// Where each figure of a page leads, and what it says.
pub(super) fn figures(page: &str) -> Vec<(String, usize)> {
    let tags = page
        .split('<')
        .filter_map(|tag| tag.split_once('>'))
        .filter(|(tag, _)| tag.contains(" data-figure=\""));
    let figure = |(tag, text): (&str, &str)| {
        let figure: usize = attribute(tag, "data-figure").unwrap().parse().unwrap();
        assert!(text.is_empty() || text == figure.to_string(), "{tag} says {text}");
        (unescaped(attribute(tag, "href").expect("a figure leads somewhere")), figure)
    };
    tags.map(figure).collect()
}

/// Rows at an address, on all of its pages.
pub(super) async fn rows(app: &TestApp, address: &str) -> usize {
    let (mut rows, mut next) = (0, Some(address.to_owned()));
    while let Some(address) = next {
        let answer = app.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let text = answer.text();
        rows += text.matches("<tr id=\"").count() + text.matches("<tr data-row=\"").count();
        next = text
            .split('<')
            .find(|tag| tag.contains("rel=\"next\""))
            .map(|tag| unescaped(attribute(tag, "href").unwrap()));
    }
    rows
}

pub(super) fn settings() -> WebSettings {
    let partners = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let rules = Rules { sla: SlaRules { partners, ..SlaRules::default() }, ..Rules::default() };
    WebSettings { rules: rules.into(), ..WebSettings::default() }
}

/// For each name an account and an engineer, with cards, cases, bugs and issues of all kinds.
pub(super) fn documents(names: &[&str]) -> Vec<(Document, Value)> {
    let (mut cards, mut cases, mut bugs, mut issues) = (Map::new(), Map::new(), Map::new(), Map::new());
    let severities = ["Urgent", "High", "Normal", "Low", "5 (Cosmic)"];
    let statuses = ["Waiting on Red Hat", "Waiting on Customer", "Closed", " Odd & <new> "];
    for (place, name) in names.iter().enumerate() {
        for kind in 0..8 {
            let number = format!("{:08}", place * 10 + kind + 1);
            let mut one = card(&number, severities[(place + kind) % 5]);
            one["account"] = json!(name);
            one["case_status"] = json!(statuses[kind % 4]);
            one["card_status"] = json!(["Backlog", "Done", "", " Blocked"][(place + kind / 2) % 4]);
            one["escalated"] = json!(kind % 3 == 0);
            one["crit_sit"] = json!(kind % 4 == 1);
            one["assignee"] = if kind == 5 {
                json!({})
            } else {
                json!({ "displayName": names[(place + kind % 2) % names.len()] })
            };
            one["case_created"] = json!(format!("2026-1{}-{:02}T10:00:00Z", kind % 2, 3 + place));
            if kind % 2 == 0 {
                one["relief_at"] = json!(format!("2026-11-{:02}T16:30:00Z", 20 + kind % 4));
            }
            if kind == 3 {
                one["resolved_at"] = json!("2020-01-01T00:00:00Z");
            }
            cards.insert(format!("K-{}", place * 10 + kind + 1), one);
            let mut of_portal = case(if kind < 3 { "2026-11-22T18:00:00Z" } else { "2026-09-22T10:00:00Z" });
            of_portal["account"] = json!(name);
            of_portal["status"] = json!(statuses[kind % 4]);
            if kind % 4 == 2 {
                of_portal["closeddate"] =
                    json!(if kind == 2 { "2026-11-23T01:00:00Z" } else { "2026-11-18T01:00:00Z" });
            }
            cases.insert(number.clone(), of_portal);
            let target = if kind % 2 == 0 { "---" } else { "4.20" };
            bugs.insert(
                number.clone(),
                json!([{ "bugzillaNumber": 100 + place % 3, "summary": name, "target_release": [target] }]),
            );
            issues.insert(
                number,
                json!([{ "id": format!("OCP-{place}"), "title": "x", "url": "https://jira.example/x" }]),
            );
        }
    }
    vec![
        (Document::Cards, Value::Object(cards)),
        (Document::Cases, Value::Object(cases)),
        (Document::Bugs, Value::Object(bugs)),
        (Document::Issues, Value::Object(issues)),
        (Document::Stats, history(100)),
    ]
}

/// So many days of figures, until the day before the tests'.
pub(super) fn history(days: u64) -> Value {
    let last = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let day = |ago: u64| {
        let on = last - chrono::Days::new(ago);
        (on.to_string(), json!({ "open_cases": 1000 + ago, "bugs": { "unique": ago, "no_target": 1 } }))
    };
    Value::Object((0..days).map(day).collect())
}

pub(super) async fn world() -> TestApp {
    TestApp::with(&documents(&NAMES), settings()).await
}

/// The addresses of all accounts and engineers, as the lists have them.
pub(super) async fn everybody(app: &TestApp) -> Vec<String> {
    let mut all = Vec::new();
    for list in ["/accounts", "/engineers"] {
        let page = app.get(list).await;
        let one = list.trim_end_matches('s');
        let links = page.text().split('<').filter_map(|tag| attribute(tag, "href")).map(unescaped);
        all.extend(
            links.filter(|href| href.starts_with(&format!("{one}/")) || href.starts_with(&format!("{one}?"))),
        );
    }
    all
}
