//! What pages and API show of the writing side, read from the ledger and the queue.

use serde::Deserialize as _;
use serde_json::{Value, json};
use t5g_model::names::CardKey;
use t5g_model::writing::{Effect, Plan, PlanKind};
use t5g_queue::{NoRunId, Page, RunFilter, RunState, RunView};
use t5g_store::ledger::{
    KeptPlan, Ledger, NoPlanId, PlanFilter, PlanId, PlanState, StepPlace, StepRecord, StepState,
};

use super::act;
use crate::app::AppState;
use crate::error::AppError;

/// Plans that wait, and plans with trouble, that one page shows; more are counted and led to.
pub(crate) const SHOWN: u32 = 20;
/// Dry runs among which the latest good one is looked for.
const DRY_RUNS: u32 = 20;

/// What a task is started with to make its plan and do nothing.
pub(crate) fn dry() -> Value {
    json!({ "dry_run": true })
}

/// A plan with all its steps.
pub(crate) async fn plan(app: &AppState, id: PlanId) -> Result<KeptPlan, AppError> {
    let none = || AppError::NotFound(format!("There is no plan {id}; it may be older than what is kept."));
    app.ledger().plan(id).await?.ok_or_else(none)
}

/// A plan's id, as an address says it.
pub(crate) fn plan_id(text: &str) -> Result<PlanId, AppError> {
    text.parse().map_err(|error: NoPlanId| AppError::NotFound(format!("{error}.")))
}

/// A step's place, as an address says it.
pub(crate) fn place(plan: &str, seq: &str) -> Result<StepPlace, AppError> {
    let seq =
        seq.parse().map_err(|_| AppError::NotFound("Steps are numbered 1, 2, and so on.".to_owned()))?;
    Ok(StepPlace { plan: plan_id(plan)?, seq })
}

/// One step.
pub(crate) async fn step(app: &AppState, place: &StepPlace) -> Result<StepRecord, AppError> {
    app.ledger().step(place).await?.ok_or_else(|| no_step(place))
}

pub(crate) fn no_step(place: &StepPlace) -> AppError {
    AppError::NotFound(format!("There is no step {} in a plan {}.", place.seq, place.plan))
}

/// The card that an item of a plan made.
pub(crate) fn made(steps: &[StepRecord], item: u32) -> Option<CardKey> {
    let makes = |step: &&StepRecord| step.item == item && matches!(step.effect, Effect::CreateCard { .. });
    steps.iter().find(makes)?.after.get("key")?.as_str()?.parse().ok()
}

/// What undoes a step of a plan with these steps; `None`: it wrote nothing, or cannot be undone.
pub(crate) fn inverse(steps: &[StepRecord], step: &StepRecord) -> Option<Effect> {
    if step.state != StepState::Done || !step.wrote {
        return None;
    }
    step.effect.inverse(&step.before, made(steps, step.item).as_ref())
}

/// What stands about cards for new cases: plans that wait, plans with trouble, the latest dry run.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Of every kind, newest first.
    pub(crate) waiting: Vec<KeptPlan>,
    /// Of cards, begun and not done, or done in part; newest first.
    pub(crate) unfinished: Vec<KeptPlan>,
    /// What would be done now.
    pub(crate) dry: DryRun,
}

/// What is known of dry runs.
#[derive(Debug, Default)]
pub(crate) struct DryRun {
    /// Whether one can be started here.
    pub(crate) can_run: bool,
    /// The one that waits or works.
    pub(crate) working: Option<RunView>,
    /// The one that ended last, if it failed after the one whose plan is shown.
    pub(crate) failed: Option<RunView>,
    /// The latest that gave a plan, with the plan or why it cannot be read.
    pub(crate) done: Option<(RunView, Result<Planned, String>)>,
}

/// What a dry run gave.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// The plan.
    pub(crate) plan: Plan,
    /// The letter about too many cases that is sent at once if the plan has to wait, as a plan of its own.
    pub(crate) alarm: Option<Plan>,
    /// What the task is started with to do exactly this, or to say what changed.
    pub(crate) arguments: Value,
}

impl Planned {
    fn of(run: &RunView) -> Result<Self, String> {
        let read = |value: &Value| Plan::deserialize(value).map_err(|error| error.to_string());
        let plan = read(run.result.get("plan").ok_or("it has no plan")?)?;
        let alarm = run.result.get("alarm").filter(|alarm| !alarm.is_null()).map(read).transpose()?;
        // Which run, not what it planned: that has no limit.
        let arguments = json!({ "seed": plan.seed, "shown": run.id });
        Ok(Self { plan, alarm, arguments })
    }
}

/// What the dry run of that id planned.
pub(crate) async fn dry_run(app: &AppState, run: &str) -> Result<Planned, AppError> {
    let id = run.parse().map_err(|error: NoRunId| AppError::NotFound(format!("{error}.")))?;
    let none = || AppError::NotFound("There is no such plan any more. Plan again.".to_owned());
    let found =
        app.launcher().run(id).await?.filter(|run| run.arguments == dry() && run.state == RunState::Done);
    Planned::of(&found.ok_or_else(none)?)
        .map_err(|error| AppError::Conflict(format!("The plan cannot be read: {error}. Plan again.")))
}

impl Standing {
    pub(crate) async fn read(app: &AppState) -> Result<Self, AppError> {
        let waits = PlanFilter { states: vec![PlanState::Held], ..PlanFilter::default() };
        let open = PlanFilter {
            kind: Some(PlanKind::Cards),
            states: vec![PlanState::Released, PlanState::Partial],
            ..PlanFilter::default()
        };
        Ok(Self {
            waiting: whole(app.ledger(), &waits).await?,
            unfinished: whole(app.ledger(), &open).await?,
            dry: DryRun::read(app).await?,
        })
    }
}

async fn whole(ledger: &Ledger, filter: &PlanFilter) -> Result<Vec<KeptPlan>, AppError> {
    let mut plans = Vec::new();
    for summary in ledger.plans(filter, SHOWN).await? {
        let steps = ledger.steps_of(summary.id).await?;
        plans.push(KeptPlan { summary, steps });
    }
    Ok(plans)
}

impl DryRun {
    async fn read(app: &AppState) -> Result<Self, AppError> {
        let Some(task) = act::task_of(app, PlanKind::Cards) else { return Ok(Self::default()) };
        let filter = RunFilter::parse(&format!("task:={task} dry_run")).map_err(AppError::internal)?;
        let list = app.launcher().list(&filter, Page { number: 1, size: DRY_RUNS }).await?;
        Ok(Self::among(list.runs))
    }

    /// Of these runs, the latest first.
    fn among(runs: Vec<RunView>) -> Self {
        let mut found = Self { can_run: true, ..Self::default() };
        for run in runs.into_iter().filter(|run| run.arguments == dry()) {
            match run.state {
                RunState::Done => {
                    let planned = Planned::of(&run);
                    found.done = Some((run, planned));
                    break;
                }
                RunState::Failed | RunState::Cancelled => found.failed = found.failed.or(Some(run)),
                _ => found.working = found.working.or(Some(run)),
            }
        }
        found
    }
}
