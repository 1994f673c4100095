//! What is asked before something is decided, and its doing: a plan is released or rejected, a step undone or done again,
//! what a dry run planned is done. One question, read from the address, stands behind the page that asks and behind its
//! button.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use t5g_model::writing::PlanKind;
use t5g_queue::Origin;
use t5g_store::ledger::{KeptPlan, PlanDecision, PlanId, StepPlace, StepRecord};

use super::confirm::ConfirmPage;
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::render;
use crate::view::writing::Eyes;
use crate::writing::act;
use crate::writing::address::{plan_href, step_href};
use crate::writing::read;

/// What is asked, of what.
#[derive(Debug)]
enum Question {
    Decide(PlanId, PlanDecision),
    Undo(StepPlace),
    Again(StepPlace),
    /// Whether what the dry run of that id planned is to be done.
    Do(String),
}

impl Question {
    /// Of `/journal/{plan}/{decision}`.
    fn of_plan((plan, decision): &(String, String)) -> Result<Self, AppError> {
        let decision = match decision.as_str() {
            "release" => PlanDecision::Release,
            "reject" => PlanDecision::Reject,
            _ => return Err(AppError::NotFound("A plan is released or rejected.".to_owned())),
        };
        Ok(Self::Decide(read::plan_id(plan)?, decision))
    }

    /// Of `/journal/{plan}/steps/{seq}/{deed}`.
    fn of_step((plan, seq, deed): &(String, String, String)) -> Result<Self, AppError> {
        let place = read::place(plan, seq)?;
        match deed.as_str() {
            "undo" => Ok(Self::Undo(place)),
            "again" => Ok(Self::Again(place)),
            _ => Err(AppError::NotFound("A step is undone or done again.".to_owned())),
        }
    }

    /// Of `/cards/plan/do?run=…`.
    fn of_dry_run(query: &HashMap<String, String>) -> Self {
        Self::Do(query.get("run").cloned().unwrap_or_default())
    }

    /// The kind of plan whose task has to run here for it; `None`: none has to.
    fn needs(&self, kind: PlanKind) -> Option<PlanKind> {
        match self {
            Self::Decide(_, PlanDecision::Reject) => None,
            Self::Decide(_, PlanDecision::Release) | Self::Again(_) => Some(kind),
            Self::Undo(_) => Some(PlanKind::Undo),
            Self::Do(_) => Some(PlanKind::Cards),
        }
    }

    /// The page that asks it, with why it cannot be.
    async fn page(
        &self,
        app: &AppState,
        caller: &Caller,
        conflict: Option<String>,
    ) -> Result<ConfirmPage, AppError> {
        let reads_only = |kind| {
            let none = self.needs(kind).filter(|needed| act::task_of(app, *needed).is_none());
            none.map(|_| act::READS_ONLY.to_owned())
        };
        let place = match self {
            Self::Do(run) => {
                let planned = read::dry_run(app, run).await?;
                let conflict = conflict.or_else(|| reads_only(PlanKind::Cards));
                return Ok(ConfirmPage::of_dry_run(run, &planned, conflict));
            }
            Self::Decide(plan, decision) => {
                let plan = read::plan(app, *plan).await?;
                let conflict = conflict.or_else(|| reads_only(plan.summary.kind));
                return Ok(ConfirmPage::of_plan(&plan, *decision, conflict));
            }
            Self::Undo(place) | Self::Again(place) => place,
        };
        let plan = read::plan(app, place.plan).await?;
        let conflict = conflict.or_else(|| reads_only(plan.summary.kind));
        let (step, eyes) = (found(&plan, place)?, Eyes::of(app, caller));
        Ok(match self {
            Self::Undo(_) => ConfirmPage::of_undo(&plan, step, conflict, &eyes),
            _ => ConfirmPage::of_again(&plan, step, conflict, &eyes),
        })
    }

    /// Does it; where its effect is seen.
    async fn done(&self, app: &AppState, caller: &Caller) -> Result<String, AppError> {
        let run = |started: t5g_queue::Started| format!("/monitor/runs/{}", started.run);
        match self {
            Self::Decide(plan, decision) => {
                act::decide(app, caller, Origin::Person, *plan, *decision).await?;
                Ok(plan_href(*plan))
            }
            Self::Undo(place) => act::undo(app, caller, place).await.map(run),
            Self::Again(place) => act::again(app, caller, place).await.map(|_| step_href(place)),
            Self::Do(planned) => act::do_planned(app, caller, planned).await.map(run),
        }
    }
}

fn found<'a>(plan: &'a KeptPlan, place: &StepPlace) -> Result<&'a StepRecord, AppError> {
    plan.steps.iter().find(|step| step.place == *place).ok_or_else(|| read::no_step(place))
}

async fn ask(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    question: &Question,
    conflict: Option<String>,
) -> Result<Response, AppError> {
    let status = if conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = question.page(app, caller, conflict).await?;
    Ok((status, render(app, caller, headers, &page)?).into_response())
}

/// Leads to where the effect is seen; a conflict is explained where it was asked.
async fn answer(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    question: &Question,
) -> Result<Response, AppError> {
    match question.done(app, caller).await {
        Ok(place) => Ok(Redirect::to(&place).into_response()),
        Err(AppError::Conflict(words)) => ask(app, caller, headers, question, Some(words)).await,
        Err(other) => Err(other),
    }
}

/// `GET /journal/{plan}/{decision}`
pub(crate) async fn ask_of_plan(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    ask(&app, &caller, &headers, &Question::of_plan(&path)?, None).await
}

/// `POST /journal/{plan}/{decision}`
pub(crate) async fn decide(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&app, &caller, &headers, &Question::of_plan(&path)?).await
}

/// `GET /journal/{plan}/steps/{seq}/{deed}`
pub(crate) async fn ask_of_step(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    ask(&app, &caller, &headers, &Question::of_step(&path)?, None).await
}

/// `POST /journal/{plan}/steps/{seq}/{deed}`
pub(crate) async fn do_step(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&app, &caller, &headers, &Question::of_step(&path)?).await
}

/// `GET /cards/plan/do?run=…`
pub(crate) async fn ask_do(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    ask(&app, &caller, &headers, &Question::of_dry_run(&query), None).await
}

/// `POST /cards/plan/do?run=…`
pub(crate) async fn do_planned(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    answer(&app, &caller, &headers, &Question::of_dry_run(&query)).await
}
