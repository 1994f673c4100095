//! Made-up states that the check of the templates renders: nothing, a little, hostile text in every field.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use t5g_model::board::{Raw, RawDocuments, load};
use t5g_model::documents::Document;
use t5g_model::names::Source;

use crate::live::LiveBoard;
use crate::live::board::{Derived, Holdings};
use crate::live::loader::shown;
use crate::settings::WebSettings;
use crate::view::chrome::Chrome;
use crate::view::figures::Present;
use crate::view::freshness::SourceReport;

/// Text that is markup, script, quotes and control characters at once.
pub const HOSTILE: &str =
    "<img src=x onerror=alert(1)>\"'&</title><script>alert(2)</script>\u{202e}\u{0}{{ 7*7 }}";

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_780)
}

/// Boards and the moments at which they are looked at.
pub(crate) fn boards() -> Result<Vec<(LiveBoard, DateTime<Utc>)>, serde_json::Error> {
    let worlds = [json!({}), world("A customer"), world(HOSTILE)];
    worlds.iter().map(|cards| Ok((board(cards)?, now()))).collect()
}

/// Nothing fetched, and everything.
pub(crate) fn presents() -> [Present; 2] {
    [Present::of(&std::collections::BTreeSet::new()), Present::of(&shown())]
}

fn world(text: &str) -> Value {
    let comment = json!([[text, "2026-11-20T10:00:00.000+0000"], ["<p>older</p>", text]]);
    let person = json!({ "displayName": text, "accountId": text, "emailAddress": text });
    let card = json!({
        "case_number": "01234567", "account": text, "summary": text, "description": text, "product": text,
        "case_status": text, "case_created": text, "severity": text, "case_updated_date": text,
        "card_status": text, "priority": text, "labels": [text], "tags": [text], "assignee": person,
        "contributor": [person], "comments": comment, "escalated": true, "escalated_link": text,
        "group_name": text, "bugzilla": [{ "bugzillaLink": text, "bugzillaNumber": text, "summary": text }],
        "issues": [{ "id": text, "url": text, "title": text, "status": text }],
    });
    json!({ "ABC-1": card, "ABC-2": { "case_number": "00000002" } })
}

fn board(cards: &Value) -> Result<LiveBoard, serde_json::Error> {
    let settings = WebSettings::default();
    let bytes = serde_json::to_vec(cards)?;
    let mut raw = RawDocuments::default();
    raw.set(Document::Cards, Raw::Bytes(&bytes));
    let board = Arc::new(load(&raw, &settings.rules, None).board);
    let derived = Derived::of(&board, &shown(), now(), &settings)?;
    Ok(LiveBoard::new(board, Arc::new(Holdings::default()), Arc::new(derived)))
}

/// A frame with a source in every state.
pub(crate) fn chrome() -> Chrome {
    let report = |&source: &Source| SourceReport {
        error: Some(HOSTILE.to_owned()),
        held: Some(HOSTILE.to_owned()),
        success: Some(now()),
        next: Some(now() + TimeDelta::hours(1)),
        failures: 3,
        ..SourceReport::unknown(source)
    };
    let mut reports: Vec<_> = Source::ALL.iter().map(report).collect();
    reports.push(SourceReport::unknown(Source::Cases));
    Chrome::sample(&reports, now())
}
