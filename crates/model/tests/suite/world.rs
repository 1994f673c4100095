//! A small world whose figures are worked out by hand, and helpers to make boards.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use t5g_model::board::{Board, Raw, RawDocuments, Rules, SlaRules, load};
use t5g_model::documents::Document;
use t5g_model::time;

/// 2026-11-23, noon.
pub(crate) fn now() -> DateTime<Utc> {
    time::read("2026-11-23T12:00:00Z").unwrap()
}

pub(crate) fn rules() -> Arc<Rules> {
    let days = [("Urgent", 14), ("High", 20), ("Normal", 90), ("Low", 180)];
    let sla = SlaRules::new(days, ["Acme".to_owned(), "Beta/Co".to_owned()]);
    assert_eq!(sla.days, SlaRules::default().days);
    Arc::new(Rules { sla, ..Rules::default() })
}

/// Loads the documents, all of which must be readable.
pub(crate) fn board(documents: &Value) -> Board {
    let bytes: Vec<_> =
        documents.as_object().unwrap().iter().map(|(name, v)| (name, v.to_string())).collect();
    let mut raw = RawDocuments::default();
    for (name, text) in &bytes {
        raw.set(Document::by_name(name).unwrap(), Raw::Bytes(text.as_bytes()));
    }
    let loaded = load(&raw, &rules(), None);
    assert_eq!(loaded.unreadable, []);
    loaded.board
}

/// Eight cases, six cards. What is counted where is said in `tests/figures.rs`.
pub(crate) fn documents() -> Value {
    let urgent_bugs = json!([
        {"bugzillaNumber": 100, "caseNumber": "00000001", "target_release": ["4.16"]},
        {"bugzillaNumber": "200", "caseNumber": "00000001", "target_release": ["---"]}]);
    let urgent_issues = json!([{"id": "A-1", "fix_versions": ["4.17"]}]);
    json!({
        "cases": {
            "00000001": {"account": "Acme", "severity": "1 (Urgent)", "status": "Waiting on Red Hat", "problem": "Down",
                "createdate": "2026-11-23T01:00:00Z", "last_update": "2026-11-23T01:00:00Z"},
            "00000002": {"account": "Acme", "severity": "2 (High)", "status": "Waiting on Customer",
                "createdate": "2026-11-22T23:00:00Z", "last_update": "2026-11-16T00:00:00Z"},
            "00000003": {"account": "Acme", "severity": "3 (Normal)", "status": "Closed",
                "createdate": "2026-10-01T00:00:00Z", "last_update": "2026-11-01T00:00:00Z",
                "closeddate": "2026-11-17T00:00:00Z"},
            "00000004": {"account": "Beta/Co", "severity": "4 (Low)", "status": "Waiting on Red Hat",
                "createdate": "2026-11-17T00:00:00Z", "last_update": "2026-11-17T00:00:00Z"},
            "00000005": {"account": "Beta/Co", "severity": "5 (Cosmic)", "status": "Waiting on Mars",
                "createdate": "2026-11-16T00:00:00Z", "last_update": "2026-11-01T00:00:00Z"},
            "00000006": {"account": "Beta/Co", "severity": "3 (Normal)", "status": "Closed",
                "createdate": "2026-01-01T00:00:00Z", "last_update": "2026-11-23T00:00:00Z"},
            "00000007": {"account": "zeta", "severity": "3 (Normal)", "status": "Closed",
                "createdate": "2026-01-01T00:00:00Z", "last_update": "2026-11-22T00:00:00Z",
                "closeddate": "2026-11-22T00:00:00Z"},
            "00000008": {"account": "zeta", "severity": "3 (Normal)", "status": "Closed",
                "createdate": "2026-01-01T00:00:00Z", "last_update": "2026-11-16T00:00:00Z",
                "closeddate": "2026-11-16T00:00:00Z"}},
        "bugs": {
            "00000001": urgent_bugs,
            "00000002": [{"bugzillaNumber": "100", "caseNumber": "00000002", "target_release": ["4.16"]}],
            "00000003": [{"bugzillaNumber": "300", "caseNumber": "00000003", "target_release": ["---"]}]},
        "issues": {
            "00000001": urgent_issues,
            "00000004": [{"id": "A-3", "fix_versions": []}],
            "00000005": [{"id": "A-1", "fix_versions": ["4.17"]}, {"id": "A-2", "fix_versions": null}]},
        "cards": {
            "T-1": {"case_number": "00000001", "account": "Acme", "summary": "Down", "severity": "Urgent",
                "case_status": "Waiting on Red Hat", "case_created": "2026-11-23T01:00:00Z", "escalated": true,
                "card_status": "Debugging", "assignee": {"displayName": "Ann"},
                "bugzilla": urgent_bugs, "issues": urgent_issues, "relief_at": "2026-11-23T13:00:00Z",
                "comments": [["<p>young</p>", "2026-11-17T10:00:00.000+0000"], ["<p>old</p>", "2026-11-16T23:59:00+0000"]]},
            "T-2": {"case_number": "00000002", "account": "Acme", "severity": "High",
                "case_status": "Waiting on Customer", "case_created": "2026-11-22T23:00:00Z",
                "card_status": "Backlog", "assignee": null, "escalated": true, "crit_sit": true},
            "T-3": {"case_number": "00000003", "account": "Acme", "severity": "Normal", "case_status": "Closed",
                "case_created": "2026-10-01T00:00:00Z", "card_status": "Eng Working",
                "assignee": {"displayName": "Ben"}, "relief_at": 1_790_985_600_000_i64,
                "resolved_at": "2026-10-05T00:00:00Z"},
            "T-9": {"case_number": "00000005", "account": "Beta/Co", "severity": "Cosmic",
                "case_status": "Waiting on Mars", "case_created": "2026-11-16T00:00:00Z", "card_status": "Pondering",
                "assignee": {"displayName": null, "emailAddress": "x@example.com"},
                "relief_at": "soon", "resolved_at": "2026-11-15T00:00:00Z"},
            "T-10": {"case_number": "00000004", "account": "Beta/Co", "severity": "Low",
                "case_status": "Waiting on Red Hat", "case_created": "2026-11-17T00:00:00Z",
                "card_status": "New", "assignee": {"displayName": "Ann"}, "labels": ["Trends"],
                "issues": [{"id": "A-3", "fix_versions": []}]},
            "T-11": {"case_number": "00000006", "account": "Beta/Co", "severity": "Normal", "case_status": "Closed",
                "case_created": "2026-01-01T00:00:00Z", "card_status": "Done", "assignee": {"displayName": "Ann"}}},
        "stats": {
            "2026-11-21": {"open_cases": 3, "escalated": 1},
            "2026-11-22": {"open_cases": 4, "bugs": {"unique": 5, "no_target": 2}, "no_bzs": 2}},
        "timestamp": "2026-11-23 11:55:00.123456+00:00"
    })
}
