//! Documents in which each text that somebody else writes is a hostile one.

use serde_json::{Value, json};
use t5g_model::documents::Document;

/// The length of the word without end.
pub(super) const WORD: usize = 1_000_000;

/// The texts. Each has entries of its own in every document.
pub(super) fn texts() -> Vec<String> {
    let short = [
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "</title></textarea></script><script>alert(2)</script>",
        "\"'><svg/onload=alert(3)><a href='javascript:alert(4)'>x</a>",
        "{\"type\":\"doc\",\"version\":1,\"content\":[{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"<img src=x onerror=alert(5)>\",\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":\"javascript:alert(6)\"}}]}]}]}",
        "{html}<img src=x onerror=alert(7)>{html} [x|javascript:alert(8)] !x|onerror=alert(9)!",
        "invoice\u{202e}fdp.exe\u{2066} \u{0}\u{7}",
        "👩\u{200d}💻🏴\u{e0067} שלום \u{200f}عربى 한글",
        "=HYPERLINK(\"https://elsewhere.example\",\"x\")",
        "+1+cmd|'/C calc'!A0",
        "@SUM(1)",
        "-2+3",
        "\t=1\r\n=2\n|a|b|\n# title\n<!channel>",
        "{{ 7*7 }}{% raw %}",
    ];
    short.into_iter().map(str::to_owned).chain(["x".repeat(WORD)]).collect()
}

pub(super) fn key(place: usize) -> String {
    format!("EVIL-{}", place + 1)
}

pub(super) fn number(place: usize) -> String {
    format!("{:08}", place + 1)
}

/// All documents.
pub(super) fn documents() -> Vec<(Document, Value)> {
    let texts = texts();
    let each = |make: fn(usize, &str) -> (String, Value)| -> Value {
        texts
            .iter()
            .enumerate()
            .map(|(place, text)| make(place, text))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    vec![
        (Document::Cards, each(|place, text| (key(place), card(place, text)))),
        (Document::Cases, each(|place, text| (number(place), case(text)))),
        (Document::Bugs, each(|place, text| (number(place), json!([bug(text)])))),
        (Document::Issues, each(|place, text| (number(place), json!([issue(text)])))),
        (Document::Details, each(|place, text| (number(place), detail(text)))),
        (
            Document::Stats,
            json!({ "2026-11-22": { "open_cases": 8, "by_customer": { texts[0].clone(): 1 } } }),
        ),
    ]
}

fn person(text: &str) -> Value {
    json!({ "displayName": text, "accountId": text, "emailAddress": text, "name": text })
}

fn card(place: usize, text: &str) -> Value {
    // Some fields decide in which lists the card is; one half has them so, the other half has them hostile.
    let pick = |known: &str| if place.is_multiple_of(2) { known.to_owned() } else { text.to_owned() };
    json!({
        "case_number": number(place), "account": text, "summary": text, "description": text, "product": text,
        "case_status": pick("Waiting on Red Hat"), "severity": pick("Urgent"), "card_status": pick("Backlog"),
        "case_created": pick("2026-11-20T10:00:00Z"), "case_updated_date": pick("2026-11-20 10:00"),
        "card_created": pick("2026-11-20T10:00:00Z"), "case_days_open": 3, "priority": text,
        "labels": [text, "Trends"], "tags": [text], "assignee": person(text), "contributor": [person(text), person(text)],
        "comments": [[text, "2026-11-21T10:00:00.000+0000"], [format!("<p>{text}</p>"), "2026-11-22T10:00:00.000+0000"], [text, text]],
        "escalated": true, "escalated_link": text, "potential_escalation": true, "daily_telco": true, "crit_sit": true,
        "group_name": text, "notified_users": [{ "ssoUsername": text, "title": text, text: text }],
        "bugzilla": [bug(text)], "issues": [issue(text)], "relief_at": text, "resolved_at": text,
    })
}

fn case(text: &str) -> Value {
    json!({
        "owner": text, "severity": text, "account": text, "problem": text, "status": text,
        "createdate": "2026-11-22T10:00:00Z", "last_update": text, "product": text, "product_version": text,
        "description": text, "bug": text, "tags": [text],
    })
}

fn bug(text: &str) -> Value {
    json!({
        "bugzillaLink": text, "bugzillaNumber": text, "caseNumber": text, "linkedAt": text, "status": text,
        "summary": text, "target_release": [text], "assignee": text, "last_change_time": text,
        "internal_whiteboard": text, "qa_contact": text, "severity": text,
    })
}

fn issue(text: &str) -> Value {
    json!({
        "id": text, "url": text, "title": text, "status": text, "updated": text, "qa_contact": text,
        "jira_severity": text, "jira_type": text, "assignee": text, "fix_versions": [text], "priority": text,
        "private_keywords": [text],
    })
}

fn detail(text: &str) -> Value {
    json!({
        "crit_sit": true, "group_name": text, "notified_users": [{ "ssoUsername": text, "title": text }],
        "relief_at": text, "resolved_at": text,
    })
}
