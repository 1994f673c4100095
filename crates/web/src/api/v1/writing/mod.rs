//! `/api/v1/plans` and `/api/v1/journal`: what is and was written to other services, straight from the ledger; plans
//! are released and rejected here. The shapes are in `rows/writing.rs`, what the addresses say of themselves in `about`.

pub(crate) mod about;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;
use t5g_queue::{Origin, RunId};
use t5g_store::documents::Fingerprint;
use t5g_store::ledger::{
    JOURNAL_PAGE, JournalPlace, KeptPlan, PlanDecision, PlanState, PlanSummary, StepPlace, StepRecord,
};
use url::form_urlencoded;

use super::answer::{self, Head};
use super::cursor::{Cursor, Key};
use super::fields::{Fields, Picked};
use super::parameters::{Parameters, bad};
use super::rows::{Row, WriteLeftOut, WritePlan, WritePlanInFull, WriteStep};
use super::stream;
use crate::access::Caller;
use crate::api::accept::Format;
use crate::app::AppState;
use crate::error::AppError;
use crate::writing::address::{JournalQuery, Listed};
use crate::writing::{act, read};

/// Rows of a page, if nothing is said.
const USUAL: u32 = 100;
/// What both lists take beside their filters.
const COMMON: [&str; 3] = ["limit", "cursor", "fields"];

/// A page of a list that is read from the ledger: nobody counts all of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{R}LedgerPage")]
struct LedgerPage<R> {
    /// The rows, newest first.
    items: Vec<R>,
    /// Give it as `cursor` to get the next page; null on the last one.
    cursor: Option<String>,
    /// The address of the next page; null on the last one.
    next: Option<String>,
}

/// What became of a decision.
#[derive(Debug, Serialize, JsonSchema)]
struct Decided {
    /// The plan.
    plan: String,
    /// Where it stands now.
    state: &'static str,
    /// The run that does it; null if it was rejected.
    run: Option<RunId>,
}

/// What a request for a list says beside its filters.
struct Asked {
    format: Format,
    fields: Fields,
    limit: u32,
    after: Option<Cursor>,
    /// Tells lists and filters apart.
    of: String,
    query: JournalQuery,
}

impl Asked {
    fn read<R: Row>(
        uri: &Uri,
        headers: &HeaderMap,
        listed: Listed,
        filters: &[&str],
    ) -> Result<Self, AppError> {
        let format = Format::wanted(headers, Format::OF_LISTS)?;
        let mut parameters = Parameters::read(uri)?;
        let cursor = parameters.take("cursor");
        let fields = Fields::read::<R>(parameters.take("fields").as_deref())?;
        let limit = parameters.take_parsed::<u32>("limit", "a number")?.unwrap_or(USUAL);
        if !(1..=JOURNAL_PAGE).contains(&limit) {
            return Err(bad("limit", &format!("takes a number from 1 to {JOURNAL_PAGE}")));
        }
        let said = serde_json::to_string(&parameters.rest()).map_err(AppError::internal)?;
        let of = Fingerprint::of(format!("{} {said}", listed.as_str()).as_bytes()).to_string();
        let of: String = of.chars().take(12).collect();
        let mut word = |name: &str| {
            let known = filters.contains(&name);
            known.then(|| parameters.take(name)).flatten().unwrap_or_default()
        };
        let query = JournalQuery {
            listed,
            of: if listed == Listed::Plans { word("kind") } else { word("service") },
            state: word("state"),
            about: word("about"),
            from: word("from"),
            until: word("until"),
            before: String::new(),
        };
        let deliveries = listed == Listed::Writes && parameters.take_flag("deliveries")? == Some(true);
        parameters.finish(&[filters, &COMMON].concat())?;
        let query = if deliveries { JournalQuery { listed: Listed::Deliveries, ..query } } else { query };
        let after = cursor.map(|text| Cursor::read(&text, &of, 1)).transpose()?;
        Ok(Self { format, fields, limit, after, of, query })
    }

    /// The page's answer; `last` is where it ended, if more may follow.
    fn answer<R: Row>(
        self,
        app: &AppState,
        uri: &Uri,
        headers: &HeaderMap,
        rows: &[R],
        last: Option<(Key, String)>,
    ) -> Result<Response, AppError> {
        let write = |(key, id)| Cursor { of: self.of.clone(), keys: vec![key], id }.write();
        let cursor = last.map(write).transpose()?;
        let next = cursor.as_deref().map(|cursor| address(uri, cursor));
        let body = if self.format == Format::Json {
            let items = rows.iter().map(|row| Picked { row, fields: &self.fields }).collect();
            let page = LedgerPage { items, cursor, next: next.clone() };
            serde_json::to_vec(&page).map_err(AppError::internal)?
        } else {
            stream::whole(self.format, &self.fields, rows).map_err(AppError::internal)?
        };
        let tag = Fingerprint::of(&body).to_string();
        let head = Head::of(app, self.format, &[&tag])?.with_next(next);
        match head.not_modified(headers) {
            Some(same) => Ok(same),
            None => head.with(body),
        }
    }
}

/// The same address from that cursor on.
fn address(uri: &Uri, cursor: &str) -> String {
    let said = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = said.filter(|(name, value)| name != "cursor" && !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept).append_pair("cursor", cursor);
    format!("{}?{}", uri.path(), query.finish())
}

/// The last row of a page that is full.
fn full<T>(rows: &[T], limit: u32) -> Option<&T> {
    rows.last().filter(|_| rows.len() >= limit as usize)
}

fn not_ours() -> AppError {
    AppError::BadRequest("The cursor is none of ours. Take the one of the page before, as it is.".to_owned())
}

/// `GET /api/v1/plans`
pub(crate) async fn list_plans(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let asked = Asked::read::<WritePlan>(&uri, &headers, Listed::Plans, &["kind", "state"])?;
    let mut filter = asked.query.plans()?;
    filter.before = asked.after.as_ref().map(|after| after.id.parse()).transpose().map_err(|_| not_ours())?;
    let plans = app.ledger().plans(&filter, asked.limit).await?;
    let last = full(&plans, asked.limit).map(|plan| (Key::Unknown, plan.id.to_string()));
    let rows: Vec<WritePlan> = plans.into_iter().map(row_of_plan).collect();
    asked.answer(&app, &uri, &headers, &rows, last)
}

/// `GET /api/v1/journal`
pub(crate) async fn list_steps(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let filters = ["service", "deliveries", "state", "about", "from", "until"];
    let asked = Asked::read::<WriteStep>(&uri, &headers, Listed::Writes, &filters)?;
    let zone = app.settings().rules.time_zone;
    let mut filter = asked.query.steps(&app.live().board_owned().board, zone)?;
    filter.before = asked.after.as_ref().map(place).transpose()?;
    let steps = app.ledger().journal(&filter, asked.limit).await?;
    let last = full(&steps, asked.limit).and_then(StepRecord::journal_place).map(|place| {
        let id = format!("{} {}", place.step.plan, place.step.seq);
        (Key::time(Some(place.at)), id)
    });
    let rows: Vec<WriteStep> = steps.into_iter().map(row_of_step).collect();
    asked.answer(&app, &uri, &headers, &rows, last)
}

fn place(cursor: &Cursor) -> Result<JournalPlace, AppError> {
    let read = || {
        let Some(Key::Number(at)) = cursor.keys.first() else { return None };
        let (plan, seq) = cursor.id.split_once(' ')?;
        let step = StepPlace { plan: plan.parse().ok()?, seq: seq.parse().ok()? };
        Some(JournalPlace { at: chrono::DateTime::from_timestamp_millis(*at)?, step })
    };
    read().ok_or_else(not_ours)
}

/// `GET /api/v1/plans/{id}`
pub(crate) async fn show_plan(
    State(app): State<AppState>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let fields = answer::asked_for_one::<WritePlanInFull>(&uri, &headers)?;
    let KeptPlan { summary, steps } = read::plan(&app, read::plan_id(&id)?).await?;
    let left_out = summary.left_out.iter().map(|left| WriteLeftOut {
        about: left.subject.to_string(),
        title: left.title.clone(),
        reason: left.reason.clone(),
    });
    let row = WritePlanInFull {
        left_out: left_out.collect(),
        all_steps: steps.into_iter().map(row_of_step).collect(),
        plan: row_of_plan(summary),
    };
    answer::one(&app, &headers, &fields, &row)
}

/// `POST /api/v1/plans/{id}/release`
pub(crate) async fn release(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    decide(&app, &caller, &id, PlanDecision::Release).await
}

/// `POST /api/v1/plans/{id}/reject`
pub(crate) async fn reject(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    decide(&app, &caller, &id, PlanDecision::Reject).await
}

async fn decide(
    app: &AppState,
    caller: &Caller,
    id: &str,
    decision: PlanDecision,
) -> Result<Response, AppError> {
    let plan = read::plan_id(id)?;
    let started = act::decide(app, caller, Origin::Program, plan, decision).await?;
    let (status, state) = match decision {
        PlanDecision::Release => (StatusCode::ACCEPTED, PlanState::Released),
        PlanDecision::Reject => (StatusCode::OK, PlanState::Rejected),
    };
    let run = started.map(|started| started.run);
    Ok((status, Json(Decided { plan: plan.to_string(), state: state.as_str(), run })).into_response())
}

/// A plan as the API tells it.
pub fn plan_as_json(plan: PlanSummary) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(row_of_plan(plan))
}

/// A step as the API tells it.
pub fn step_as_json(step: StepRecord) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(row_of_step(step))
}

fn row_of_plan(plan: PlanSummary) -> WritePlan {
    WritePlan {
        id: plan.id.to_string(),
        kind: plan.kind.as_str(),
        state: plan.state.as_str(),
        made_at: plan.made_at,
        made_by: plan.made_by,
        run: plan.run,
        held: plan.held,
        decided_by: plan.decided_by,
        decided_at: plan.decided_at,
        finished_at: plan.finished_at,
        steps: plan.steps,
        ended: plan.ended,
        trouble: plan.trouble,
        seed: plan.seed.to_string(),
    }
}

fn row_of_step(step: StepRecord) -> WriteStep {
    WriteStep {
        plan: step.place.plan.to_string(),
        seq: step.place.seq,
        kind: step.kind.as_str(),
        item: step.item,
        about: step.subject.to_string(),
        title: step.title,
        reason: step.reason,
        service: step.effect.service().as_str(),
        delivery: step.effect.is_delivery(),
        what: step.effect.title(),
        effect: step.effect.to_json(),
        state: step.state.as_str(),
        attempts: step.attempts,
        wrote: step.wrote,
        begun_at: step.begun_at,
        ended_at: step.ended_at,
        run: step.run,
        before: step.before,
        after: step.after,
        error: step.error,
    }
}
