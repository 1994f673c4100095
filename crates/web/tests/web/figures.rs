//! `/stats`, `/figures/…`, `/accounts`, `/account/…`, `/engineers`, `/engineer/…`: every figure leads to exactly the
//! rows that it counts, whatever accounts and engineers are called.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use t5g_model::board::{Rules, SlaRules};
use t5g_model::documents::Document;
use t5g_web::WebSettings;
use t5g_web::samples::HOSTILE;

use crate::common::{TestApp, card, case};

/// What an account or a person may be called.
const NAMES: [&str; 14] = [
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

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// Where each figure of a page leads, and what it says.
fn figures(page: &str) -> Vec<(String, usize)> {
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
async fn rows(app: &TestApp, address: &str) -> usize {
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

fn settings() -> WebSettings {
    let partners = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let rules = Rules { sla: SlaRules { partners, ..SlaRules::default() }, ..Rules::default() };
    WebSettings { rules: rules.into(), ..WebSettings::default() }
}

/// For each name an account and an engineer, with cards, cases, bugs and issues of all kinds.
fn documents(names: &[&str]) -> Vec<(Document, Value)> {
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
fn history(days: u64) -> Value {
    let last = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let day = |ago: u64| {
        let on = last - chrono::Days::new(ago);
        (on.to_string(), json!({ "open_cases": 1000 + ago, "bugs": { "unique": ago, "no_target": 1 } }))
    };
    Value::Object((0..days).map(day).collect())
}

async fn world() -> TestApp {
    TestApp::with(&documents(&NAMES), settings()).await
}

/// The addresses of all accounts and engineers, as the lists have them.
async fn everybody(app: &TestApp) -> Vec<String> {
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

#[tokio::test]
async fn every_figure_leads_to_exactly_the_rows_that_it_counts() {
    let app = world().await;
    let mut pages: Vec<String> = ["/home", "/stats", "/accounts", "/engineers"].map(str::to_owned).into();
    pages.extend(everybody(&app).await);
    let (mut seen, mut walked) = (std::collections::BTreeMap::new(), 0);
    for path in &pages {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let figures = figures(page.text());
        assert!(figures.len() > 20, "{path} has {} figures", figures.len());
        walked += figures.len();
        for (href, figure) in figures {
            let said = *seen.entry(href.clone()).or_insert(figure);
            assert_eq!(said, figure, "{path}: two figures lead to {href}");
        }
        for value in page.text().split("<td class=\"value\">").skip(1) {
            assert!(value.starts_with("<a ") || value.starts_with('—'), "{path}: {}", &value[..20]);
        }
    }
    assert!(walked > 1_000, "only {walked} figures");
    for (href, figure) in &seen {
        assert_eq!(rows(&app, href).await, *figure, "{href}");
    }
    let (table, own): (Vec<_>, Vec<_>) = seen.keys().partition(|href| href.starts_with("/table/all"));
    assert!(table.len() > 100 && own.iter().all(|href| href.starts_with("/figures/")), "{own:?}");
}

#[tokio::test]
async fn figures_are_those_of_the_statistics() {
    let app = world().await;
    let (page, stats) = (app.get("/stats").await, app.get("/api/stats").await.json());
    let figures: std::collections::BTreeMap<_, _> = figures(page.text()).into_iter().collect();
    for name in [
        "open_cases",
        "weekly_opened_cases",
        "daily_opened_cases",
        "weekly_closed_cases",
        "daily_closed_cases",
        "no_updates",
    ] {
        assert_eq!(figures[&format!("/figures/{name}")], stats[name], "{name}");
        assert!(stats[name].as_u64().unwrap() > 0, "the world has none of {name}");
    }
    assert_eq!(figures["/figures/bugs.unique"], stats["bugs"]["unique"]);
    assert_eq!(figures["/figures/bugs.no_target"], stats["bugs"]["no_target"]);
    for (name, query) in [("high_prio", "sev=High&sev=Urgent&is=open"), ("no_bzs", "is=open&is=untracked")] {
        assert_eq!(figures[&format!("/table/all?{query}")], stats[name], "{name}");
    }
}

#[tokio::test]
async fn everybody_has_a_page_whatever_they_are_called() {
    let app = world().await;
    let links = everybody(&app).await;
    // Persons have no empty name.
    assert_eq!(links.len(), NAMES.len() * 2 - 1, "{links:?}");
    let mut titles = Vec::new();
    for link in &links {
        // As a browser asks: it takes dots out of paths.
        let url = url::Url::parse("http://x").unwrap().join(link).unwrap();
        let asked = &url[url::Position::BeforePath..];
        let page = app.get(asked).await;
        assert_eq!(page.status, StatusCode::OK, "{link}");
        let title = page.text().split("<h1 dir=\"auto\">").nth(1).unwrap().split("</h1>").next().unwrap();
        titles.push((link.starts_with("/account"), unescaped(title)));
    }
    for name in NAMES {
        // What would turn the text around is shown as unreadable.
        let shown =
            if name.is_empty() { "—".to_owned() } else { name.trim().replace('\u{202e}', "\u{fffd}") };
        assert!(titles.contains(&(true, shown.clone())), "account {name}");
        assert!(name.is_empty() || titles.contains(&(false, shown)), "engineer {name}");
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_with_names_like_it() {
    let app = world().await;
    for (path, like) in [
        ("/account/ACME", "/account/Acme"),
        ("/engineer/Acm", "/engineer/acme"),
        ("/account/ACME%2F", "/account/acme"),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains(&format!("href=\"{like}\"")), "{path}");
    }
    let page = app.get("/account/%3Cscript%3E").await;
    assert!(page.text().contains("&lt;script&gt;") && page.text().contains("href=\"/accounts\""));
    assert_eq!(app.get("/account").await.header("location"), "/accounts");
    assert_eq!(app.get("/engineer").await.header("location"), "/engineers");
    assert_eq!(app.get("/engineer?name=").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/figures/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/figures/cards?is=x").await.status, StatusCode::BAD_REQUEST);
}

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
