//! Hostile text in every field, on every page and in every format there is. What is walked comes of the route table:
//! a new route is walked as soon as it is there.

mod markup;
mod world;

use axum::http::{Method, StatusCode};
use t5g_model::board::{Rules, SlaRules};
use t5g_model::figures::Figure;
use t5g_web::WebSettings;
use url::form_urlencoded::byte_serialize;

use crate::common::{Answer, TestApp};
use world::{WORD, key, number, texts};

/// The most that a page takes, whatever stands in it. Its readers must be able to open it.
const PAGE: usize = 600_000;
/// What turns the text behind it around, or is no text.
const TURN: [char; 7] = ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\0'];
/// Addresses that say more than their path, each once for the whole world.
const MORE: [(&str, &str); 12] = [
    (
        "/table/all",
        "open=all&cols=case,severity,prio,critsit,summary,product,account,case-status,status,assignee,jira,comment,days,updated,daily",
    ),
    ("/table/all", "more=account&more=product&more=engineer&more=status&more=case"),
    ("/table/all/rows", "draw=1"),
    ("/table/trends", "open=all"),
    ("/table/complete", "q=account:"),
    ("/table/complete", "q=assignee:"),
    ("/accounts", "sort=-open"),
    ("/engineers", "sort=-open"),
    ("/updates/all", "account=x"),
    ("/stats", "range=all"),
    ("/figures/cards", "is=open"),
    ("/updates/", "page=2"),
];
/// What a program may ask for.
const FORMS: [&str; 4] = ["text/html", "application/json", "application/x-ndjson", "text/csv"];
/// The documents as they lie in the store are as large as they are.
const WHOLE: [&str; 6] =
    ["/api/cards", "/api/cases", "/api/bugs", "/api/issues", "/api/details", "/api/escalations"];

async fn app() -> TestApp {
    let partners = texts().into_iter().collect();
    let sla = SlaRules { partners, ..SlaRules::default() };
    let settings = WebSettings {
        jira_base: Some("https://jira.example".to_owned()),
        rules: Rules { sla, ..Rules::default() }.into(),
        ..WebSettings::default()
    };
    TestApp::with(&world::documents(), settings).await
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The paths of a route, with everything in its places that the world has.
fn filled(path: &str) -> Vec<String> {
    let all = 0..texts().len();
    let short = || texts().into_iter().filter(|text| text.len() < WORD);
    let values: Vec<(&str, Vec<String>)> = vec![
        ("{key}", all.clone().map(key).collect()),
        ("{number}", all.map(number).collect()),
        ("{*name}", short().map(|text| encoded(&text)).collect()),
        ("{figure}", Figure::plain().map(|figure| figure.name().to_owned()).collect()),
        ("{kind}", vec!["cards".to_owned()]),
        ("{id}", short().map(|text| encoded(&text)).collect()),
        ("{account}", vec!["0".repeat(32)]),
        ("{handle}", vec!["0".repeat(16)]),
        ("{plan}", short().map(|text| encoded(&text)).collect()),
        ("{seq}", vec!["1".to_owned()]),
        ("{document}", short().map(|text| encoded(&text)).chain(["cards".to_owned()]).collect()),
        ("{decision}", ["release", "reject"].map(str::to_owned).into()),
        ("{deed}", ["undo", "again"].map(str::to_owned).into()),
        ("{name}", short().map(|text| encoded(&text)).chain(["card_sync".to_owned()]).collect()),
    ];
    let mut paths = vec![path.to_owned()];
    for (place, values) in values {
        if path.contains(place) {
            let with =
                |path: &String| values.iter().map(|value| path.replace(place, value)).collect::<Vec<_>>();
            paths = paths.iter().flat_map(with).collect();
        }
    }
    assert!(!paths.iter().any(|path| path.contains('{')), "say what stands in {path}");
    paths
}

/// Everything that can be asked for.
fn addresses() -> Vec<String> {
    let mut all: Vec<String> = t5g_web::route_table().iter().flat_map(|route| filled(route.path)).collect();
    all.extend(MORE.map(|(path, query)| format!("{path}?{query}")));
    for text in texts().iter().filter(|text| text.len() < WORD) {
        let text = encoded(text);
        for address in [
            "/account?name=",
            "/engineer?name=",
            "/table/all?q=",
            "/table/all?account=",
            "/accounts?q=",
            "/updates/all?account=",
            "/audit?actor=",
            "/api/v1/cards?q=",
            "/figures/by_customer?value=",
            "/?why=",
        ] {
            all.push(format!("{address}{text}"));
        }
    }
    let keys: Vec<_> = (0..texts().len()).map(|place| format!("key={}", key(place))).collect();
    all.push(format!("/table/details?{}", keys.join("&")));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_text_on_every_page_and_in_every_format() {
    let app = app().await;
    let (done, held) = (crate::writing::partly_done(&app).await, crate::writing::keep_held(&app).await);
    let written = ["", "/steps/1/undo", "/steps/3/again"].map(|rest| format!("/journal/{done}{rest}"));
    let waits = [format!("/journal/{held}/release"), format!("/api/v1/plans/{held}")];
    let (mut pages, mut kinds) = (0, std::collections::BTreeSet::new());
    for address in addresses().into_iter().chain(written).chain(waits) {
        // The API speaks as it is asked to; pages are what they are.
        let forms = if address.starts_with("/api/") { &FORMS[..] } else { &FORMS[..1] };
        for form in forms {
            let answer = app.send(Method::GET, &address, &[("accept", form)]).await;
            if matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_ACCEPTABLE) {
                continue;
            }
            let shown: String = address.chars().take(200).collect();
            assert!(!answer.status.is_server_error(), "{shown}: {}", answer.status);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{shown}");
            let kind = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
            check(&shown, &kind, &answer);
            pages += usize::from(kind == "text/html" && answer.status == StatusCode::OK);
            kinds.insert(kind);
        }
    }
    assert!(pages > 80, "only {pages} pages were looked at");
    for wanted in
        ["text/html", "text/csv", "application/json", "application/x-ndjson", "text/markdown", "text/plain"]
    {
        assert!(kinds.contains(wanted), "{wanted} was not looked at, only {kinds:?}");
    }
}

fn check(address: &str, kind: &str, answer: &Answer) {
    if kind == "text/html" {
        let faults = markup::live(answer.text());
        assert!(faults.is_empty(), "{address}: {} live, the first: {}", faults.len(), faults[0]);
        assert_eq!(markup::shown(answer.text()).find(TURN), None, "{address} turns text around");
        // Our own sentences isolate the texts in them, and end that.
        let marks = |mark: char| answer.text().matches(mark).count();
        assert_eq!(marks('\u{2068}'), marks('\u{2069}'), "{address} does not end what it isolates");
        assert!(answer.bytes.len() < PAGE, "{address} has {} bytes", answer.bytes.len());
        return;
    }
    let path = address.split('?').next().unwrap_or_default();
    // Some fields are wanted whole: no export may have one more often than the world has it.
    let most = if WHOLE.contains(&path) { usize::MAX } else { 40 * WORD };
    assert!(answer.bytes.len() < most, "{address} has {} bytes", answer.bytes.len());
    match kind {
        "text/csv" => cells(answer.text(), ',').for_each(|cell| assert_defused(address, &cell)),
        "text/tab-separated-values" => {
            answer.text().split(['\t', '\n']).for_each(|cell| assert_defused(address, cell));
        }
        "application/x-ndjson" => {
            for line in answer.text().lines() {
                serde_json::from_str::<serde_json::Value>(line)
                    .unwrap_or_else(|error| panic!("{address}: {error}"));
            }
        }
        "application/json" | "application/problem+json" if !answer.bytes.is_empty() => {
            serde_json::from_slice::<serde_json::Value>(&answer.bytes)
                .unwrap_or_else(|error| panic!("{address}: {error}"));
        }
        "text/markdown" => {
            // What has a backslash in front is text.
            let text = answer.text().replace("\\<", "");
            for bad in ["<img", "<script", "<svg", "](javascript", "](<javascript"] {
                assert!(!text.contains(bad), "{address} holds {bad}");
            }
        }
        _ => {}
    }
}

/// The cells of a text in which quotes hold what separates.
fn cells(text: &str, separator: char) -> impl Iterator<Item = String> {
    let (mut all, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c == separator || c == '\n' || c == '\r') => all.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    all.push(cell);
    all.into_iter()
}

/// Spreadsheets run what begins so, terminals obey what is no text. A number is one.
fn assert_defused(address: &str, cell: &str) {
    let obeyed = |c: char| (c.is_control() && !"\t\r\n".contains(c)) || TURN.contains(&c);
    assert_eq!(cell.find(obeyed), None, "{address}: a terminal would obey {cell:.60?}");
    let runs = cell.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    assert!(!runs || cell.parse::<f64>().is_ok(), "{address}: a spreadsheet would run {cell:.60}");
}
