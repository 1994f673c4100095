//! What people decide about the writing side: release and reject a plan, have a step done again or undone, plan anew.
//! Each is noted in the audit log by what does it, and whatever is to be written then is written by a task.

use serde_json::{Value, json};
use t5g_model::writing::PlanKind;
use t5g_queue::{Origin, Started};
use t5g_store::ledger::{PlanAsked, PlanDecision, PlanId, PlanSummary, StepPlace, StepState};

use super::read;
use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;

/// Why nothing is written here.
pub(crate) const READS_ONLY: &str = "Nothing can be written from here: READ_ONLY is set, or what writing needs is \
     not configured. `t5g doctor` tells what is missing.";

/// The task that does plans of that kind; an error that says why there is none, or that it is not the caller's.
fn task_for(app: &AppState, caller: &Caller, kind: PlanKind) -> Result<&'static str, AppError> {
    let task = task_of(app, kind).ok_or_else(|| AppError::Conflict(READS_ONLY.to_owned()))?;
    if act::may_steer(app.launcher().catalog(), caller, task) {
        return Ok(task);
    }
    Err(AppError::Forbidden(format!("The task {task} is for people with a higher role.")))
}

/// The task that does plans of that kind, if it can run here.
pub(crate) fn task_of(app: &AppState, kind: PlanKind) -> Option<&'static str> {
    let task = app.settings().tasks.by_plan.get(&kind).copied()?;
    app.launcher().catalog().get(task).map(|_| task)
}

/// What such a task is started with to go on with plans that are to be done, and to plan nothing new.
fn to_do() -> Value {
    json!({ "resume": true })
}

fn asked(caller: &Caller) -> PlanAsked {
    PlanAsked {
        name: caller.actor.clone(),
        account: caller.account.clone(),
        via: caller.via(),
        request: Some(caller.client.request_id.clone()),
        address: caller.client.address.map(|address| address.to_string()),
    }
}

/// Releases or rejects a plan. A released one is begun at once: the run that does it.
pub(crate) async fn decide(
    app: &AppState,
    caller: &Caller,
    origin: Origin,
    plan: PlanId,
    decision: PlanDecision,
) -> Result<Option<Started>, AppError> {
    let summary = read::plan(app, plan).await?.summary;
    // Whoever could not have it done could not have it released either.
    let task = task_for(app, caller, summary.kind);
    if decision == PlanDecision::Release {
        task.as_ref().map_err(Clone::clone)?;
    }
    let now = app.clock().now();
    if !app.ledger().decide_plan(plan, decision, &asked(caller), now).await? {
        return Err(AppError::Conflict(decided(&read::plan(app, plan).await?.summary)));
    }
    match decision {
        PlanDecision::Reject => Ok(None),
        PlanDecision::Release => act::start(app, caller, origin, task?, to_do()).await.map(Some),
    }
}

/// Why a plan waits for nobody.
pub(crate) fn decided(summary: &PlanSummary) -> String {
    let by = summary.decided_by.as_deref().map_or_else(String::new, |by| format!(" by {by}"));
    format!("This plan does not wait for a decision: it is {}{by}.", summary.state)
}

/// Has a step done again that failed, that nobody can tell of, or that was skipped.
pub(crate) async fn again(app: &AppState, caller: &Caller, place: &StepPlace) -> Result<Started, AppError> {
    let step = read::step(app, place).await?;
    let task = task_for(app, caller, step.kind)?;
    if !app.ledger().again_step(place, &asked(caller), app.clock().now()).await? {
        return Err(AppError::Conflict(format!("There is nothing to do again: the step is {}.", step.state)));
    }
    act::start(app, caller, Origin::Person, task, to_do()).await
}

/// Undoes a step, as a plan of its own.
pub(crate) async fn undo(app: &AppState, caller: &Caller, place: &StepPlace) -> Result<Started, AppError> {
    let kept = read::plan(app, place.plan).await?;
    let step = kept.steps.iter().find(|step| step.place == *place).ok_or_else(|| read::no_step(place))?;
    let task = task_for(app, caller, PlanKind::Undo)?;
    if read::inverse(&kept.steps, step).is_none() {
        return Err(AppError::Conflict("This step cannot be undone.".to_owned()));
    }
    act::start(app, caller, Origin::Person, task, json!({ "plan": place.plan, "seq": place.seq })).await
}

/// Makes the plan of cards for new cases again, and nothing else.
pub(crate) async fn plan_again(app: &AppState, caller: &Caller) -> Result<Started, AppError> {
    let task = task_for(app, caller, PlanKind::Cards)?;
    act::start(app, caller, Origin::Person, task, read::dry()).await
}

/// Does what the dry run of that id planned, or says what changed since then.
pub(crate) async fn do_planned(app: &AppState, caller: &Caller, run: &str) -> Result<Started, AppError> {
    let task = task_for(app, caller, PlanKind::Cards)?;
    let planned = read::dry_run(app, run).await?;
    act::start(app, caller, Origin::Person, task, planned.arguments).await
}

/// Whether a person may have the step done again.
pub(crate) fn may_be_again(state: StepState) -> bool {
    matches!(state, StepState::Failed | StepState::Doubtful | StepState::Skipped)
}
