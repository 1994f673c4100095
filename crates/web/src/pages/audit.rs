//! `/audit`: who did what. Filters and pages in the address; the same selection can be taken away as JSON lines.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use futures_util::stream;
use serde::Serialize;
use serde_json::json;
use t5g_store::StoreError;
use t5g_store::ledger::{AUDIT_PAGE, AccountId, Action, AuditFilter, AuditOutcome, AuditRecord, Ledger, Via};

use super::tokens::broken;
use crate::access::{Caller, audit};
use crate::app::AppState;
use crate::error::AppError;
use crate::samples::HOSTILE;
use crate::templates::Page;
use crate::text::neutral;
use crate::view::chrome::Chrome;
use crate::view::words::When;

/// Entries on one page.
const ROWS: u32 = 100;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AuditPage {
    rows: Vec<AuditRow>,
    actions: Vec<Choice>,
    outcomes: Vec<Choice>,
    text: String,
    from: String,
    until: String,
    filtered: bool,
    /// The address of the next, older page.
    older: Option<String>,
    /// The address of the first page; `None` on it.
    newest: Option<String>,
    export: String,
}

#[derive(Debug, Clone, Serialize)]
struct Choice {
    name: &'static str,
    chosen: bool,
}

#[derive(Debug, Clone, Serialize)]
struct AuditRow {
    when: When,
    actor: String,
    /// Whose account that is: a link to it.
    account: Option<String>,
    via: String,
    action: String,
    object: String,
    outcome: String,
    kind: &'static str,
    detail: Vec<(String, String)>,
    address: Option<String>,
    request_id: Option<String>,
}

/// By what means somebody acted, in words.
fn by(via: &str) -> String {
    match Via::by_name(via) {
        Some(Via::Session) => "signed in".to_owned(),
        Some(Via::Nobody) => "not signed in".to_owned(),
        Some(Via::Token | Via::Command | Via::Task) | None => format!("by {via}"),
    }
}

impl AuditRow {
    fn of(record: &AuditRecord, now: DateTime<Utc>, zone: Tz) -> Self {
        // What other services said is part of it: it turns nothing around.
        let shown = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => neutral(text).into_owned(),
            other => neutral(&other.to_string()).into_owned(),
        };
        let detail = match &record.detail {
            serde_json::Value::Object(fields) => {
                let said = fields.iter().filter(|(_, value)| !value.is_null());
                said.map(|(name, value)| (neutral(name).into_owned(), shown(value))).collect()
            }
            serde_json::Value::Null => Vec::new(),
            other => vec![("detail".to_owned(), shown(other))],
        };
        Self {
            when: When::of(record.at, now, zone),
            actor: record.actor.clone(),
            account: record.account.as_deref().and_then(AccountId::parse).map(|id| id.to_string()),
            via: by(&record.via),
            action: record.action.clone(),
            object: record.object.clone(),
            kind: match AuditOutcome::by_name(&record.outcome) {
                Some(AuditOutcome::Done) => "fresh",
                Some(AuditOutcome::Refused) => "late",
                Some(AuditOutcome::Failed) => "stale",
                None => "off",
            },
            outcome: record.outcome.clone(),
            detail,
            address: record.address.clone(),
            request_id: record.request_id.clone(),
        }
    }
}

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wanted {
    filter: AuditFilter,
    /// The parameters as they stand in the address, empty ones left out, without the page.
    kept: Vec<(&'static str, String)>,
}

impl Wanted {
    fn read(query: &HashMap<String, String>, zone: Tz) -> Result<Self, AppError> {
        let value = |name: &str| query.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let bad = |name: &str, wanted: &str| AppError::BadRequest(format!("{name}: expected {wanted}."));
        let day = |name: &'static str, plus: i64| {
            let read = |text: &str| {
                let day = text.parse::<NaiveDate>().ok()? + TimeDelta::days(plus);
                Some(zone.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?.with_timezone(&Utc))
            };
            value(name)
                .map(|text| read(text).ok_or_else(|| bad(name, "a day such as 2026-11-23")))
                .transpose()
        };
        let action =
            value("action").map(|word| Action::by_name(word).ok_or_else(|| bad("action", "an action")));
        let outcome = value("outcome")
            .map(|word| AuditOutcome::by_name(word).ok_or_else(|| bad("outcome", "done, refused or failed")));
        let before = value("before").map(|text| text.parse().map_err(|_| bad("before", "an entry's number")));
        let filter = AuditFilter {
            action: action.transpose()?,
            outcome: outcome.transpose()?,
            text: value("q").unwrap_or_default().chars().take(200).collect(),
            from: day("from", 0)?,
            until: day("until", 1)?,
            before: before.transpose()?,
        };
        let kept = ["action", "outcome", "q", "from", "until"]
            .into_iter()
            .filter_map(|name| Some((name, value(name)?.chars().take(200).collect())))
            .collect();
        Ok(Self { filter, kept })
    }

    fn kept(&self, name: &str) -> String {
        self.kept
            .iter()
            .find(|(known, _)| *known == name)
            .map_or_else(String::new, |(_, value)| value.clone())
    }

    fn address(&self, path: &str, before: Option<i64>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.kept);
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

impl AuditPage {
    fn of(records: &[AuditRecord], wanted: &Wanted, now: DateTime<Utc>, zone: Tz) -> Self {
        let full = u32::try_from(records.len()).is_ok_and(|count| count >= ROWS);
        let older = records.last().filter(|_| full).map(|last| wanted.address("/audit", Some(last.seq)));
        let action = |one: &Action| Choice { name: one.as_str(), chosen: wanted.filter.action == Some(*one) };
        let outcome =
            |one: &AuditOutcome| Choice { name: one.as_str(), chosen: wanted.filter.outcome == Some(*one) };
        Self {
            rows: records.iter().map(|record| AuditRow::of(record, now, zone)).collect(),
            actions: Action::ALL.iter().map(action).collect(),
            outcomes: AuditOutcome::ALL.iter().map(outcome).collect(),
            text: wanted.filter.text.clone(),
            from: wanted.kept("from"),
            until: wanted.kept("until"),
            filtered: !wanted.kept.is_empty(),
            older,
            newest: wanted.filter.before.map(|_| wanted.address("/audit", None)),
            export: wanted.address("/audit/export", None),
        }
    }
}

impl Page for AuditPage {
    const TEMPLATE: &'static str = "pages/audit.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_780);
        let record = AuditRecord {
            seq: 7,
            at: now,
            actor: HOSTILE.into(),
            account: Some(AccountId::of("p", "s").to_string()),
            via: HOSTILE.into(),
            action: HOSTILE.into(),
            object: HOSTILE.into(),
            outcome: HOSTILE.into(),
            detail: json!({ HOSTILE: HOSTILE, "count": 3 }),
            request_id: Some(HOSTILE.into()),
            address: Some(HOSTILE.into()),
        };
        let plain = AuditRecord {
            account: Some(HOSTILE.into()),
            detail: json!(HOSTILE),
            request_id: None,
            address: None,
            ..record.clone()
        };
        let wanted = Wanted {
            filter: AuditFilter { text: HOSTILE.into(), before: Some(9), ..AuditFilter::default() },
            kept: vec![("q", HOSTILE.into())],
        };
        let many = vec![record.clone(); ROWS as usize];
        Ok(vec![
            Self::of(&[], &Wanted::default(), now, Tz::UTC),
            Self::of(&[record, plain], &wanted, now, Tz::UTC),
            Self::of(&many, &wanted, now, Tz::UTC),
        ])
    }
}

/// `GET /audit`
pub(crate) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, AppError> {
    let (now, zone) = (app.clock().now(), app.settings().rules.time_zone);
    let wanted = Wanted::read(&query, zone)?;
    let records = app.ledger().audit_entries(&wanted.filter, ROWS).await.map_err(|error| broken(&error))?;
    let page = AuditPage::of(&records, &wanted, now, zone);
    let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `GET /audit/export`: the whole selection, one JSON object a line, newest first; read from the ledger piece by
/// piece while it is sent.
pub(crate) async fn export(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let wanted = Wanted::read(&query, app.settings().rules.time_zone)?;
    let detail: serde_json::Map<String, serde_json::Value> =
        wanted.kept.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
    audit::note(&app, &caller, Action::AuditExport, "audit log", detail.into()).await?;
    let (ledger, filter) = (app.ledger().clone(), wanted.filter);
    let lines = stream::try_unfold(Some(filter), move |filter| next_piece(ledger.clone(), filter));
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"t5g-audit.ndjson\""),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The next piece of the export, and the filter for the one after it.
async fn next_piece(
    ledger: Ledger,
    filter: Option<AuditFilter>,
) -> Result<Option<(Bytes, Option<AuditFilter>)>, std::io::Error> {
    let Some(filter) = filter else { return Ok(None) };
    let failed = |error: StoreError| {
        tracing::error!(%error, "an export of the audit log breaks off");
        std::io::Error::other(error)
    };
    let records = ledger.audit_entries(&filter, AUDIT_PAGE).await.map_err(failed)?;
    let Some(last) = records.last().map(|record| record.seq) else { return Ok(None) };
    let mut text = Vec::new();
    for record in &records {
        serde_json::to_writer(&mut text, record)?;
        text.push(b'\n');
    }
    let full = u32::try_from(records.len()).is_ok_and(|count| count >= AUDIT_PAGE);
    let next = full.then_some(AuditFilter { before: Some(last), ..filter });
    Ok(Some((text.into(), next)))
}
