//! A small world for the tests of `/api/v1`: something of everything, hostile text among it.

use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use crate::common::{TestApp, card, case};

/// Text that is markup and a formula at once.
pub(crate) const HOSTILE: &str = "=cmd|'<img src=x onerror=alert(1)>',\"1\"\n\u{202e}한";

/// An application on that world.
pub(crate) async fn app() -> TestApp {
    TestApp::with(&documents(), settings()).await
}

pub(crate) fn settings() -> WebSettings {
    WebSettings { jira_base: Some("https://jira.example".to_owned()), ..WebSettings::default() }
}

pub(crate) fn documents() -> Vec<(Document, Value)> {
    let bug = |number: &str, target: &str| {
        json!({
            "bugzillaLink": format!("https://bugzilla.example/{number}"), "bugzillaNumber": number, "caseNumber": "00000001",
            "summary": "Broken", "status": "NEW", "target_release": [target], "severity": "high",
        })
    };
    let issue = |key: &str, versions: Value| {
        json!({
            "id": key, "url": "javascript:alert(1)", "title": HOSTILE, "status": "To Do", "fix_versions": versions,
            "private_keywords": ["Telco:Priority-1"], "updated": "2026-11-20",
        })
    };
    let (bugs, issues) = (json!([bug("11", "---"), bug("9", "4.18")]), json!([issue("OCP-1", Value::Null)]));
    let mut first = card("00000001", "Urgent");
    first["escalated"] = json!(true);
    first["bugzilla"] = bugs.clone();
    first["issues"] = issues.clone();
    first["labels"] = json!(["Trends", "b"]);
    first["relief_at"] = json!("2026-11-03T10:00:00Z");
    first["comments"] = json!([
        ["<p>Older <b>one</b></p>", "2026-11-20T10:00:00.000+0000"],
        ["<script>alert(1)</script><p>Newer</p>", "2026-11-22T10:00:00.000+0000"],
    ]);
    let mut second = card("00000002", "High");
    second["summary"] = json!(HOSTILE);
    second["account"] = json!("A/B \"한\"");
    second["assignee"] = Value::Null;
    second["case_created"] = json!("nonsense");
    let mut third = card("00000003", "Low");
    third["case_status"] = json!("Closed");
    let mut closed = case("2026-11-10T10:00:00Z");
    closed["status"] = json!("Closed");
    closed["closeddate"] = json!("2026-11-22T10:00:00Z");
    vec![
        (Document::Cards, json!({ "K-10": first, "K-9": second, "K-1": third })),
        (
            Document::Cases,
            json!({
                "00000001": case("2026-11-22T10:00:00Z"), "00000002": case("2026-11-01T10:00:00Z"), "00000003": closed,
                "00000004": case("2026-01-01T10:00:00Z"),
            }),
        ),
        (Document::Bugs, json!({ "00000001": bugs, "00000004": [bug("11", "4.19")] })),
        (Document::Issues, json!({ "00000001": issues, "00000003": [issue("OCP-2", json!(["4.17"]))] })),
        (
            Document::Stats,
            json!({
                "2026-11-21": { "open_cases": 7, "bugs": { "unique": 3, "no_target": 1 } },
                "2026-11-22": { "open_cases": 8 }, "2026-11-23": { "open_cases": 9, "high_prio": 2 },
            }),
        ),
    ]
}
