//! Taking back what a step did, as a plan of its own: `{"plan": id, "seq": number}`.

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use t5g_model::names::CardKey;
use t5g_model::writing::{Effect, Plan, PlanItem, PlanKind};
use t5g_store::ledger::{PlanId, StepRecord, StepState};

use crate::context::SyncContext;

#[derive(Debug, Deserialize)]
struct Wish {
    plan: String,
    seq: u32,
}

pub(super) async fn plan(ctx: &SyncContext, arguments: &Value) -> anyhow::Result<Plan> {
    let wish: Wish = serde_json::from_value(arguments.clone())
        .context("expected {\"plan\": a plan's id, \"seq\": a step's number}")?;
    let plan: PlanId = wish.plan.parse()?;
    let steps = ctx.ledger.steps_of(plan).await?;
    let Some(step) = steps.iter().find(|step| step.place.seq == wish.seq) else {
        bail!("plan {plan} has no step {}", wish.seq);
    };
    of(&steps, step)
}

fn of(steps: &[StepRecord], step: &StepRecord) -> anyhow::Result<Plan> {
    let what = step.effect.title();
    ensure!(step.state == StepState::Done, "\"{what}\" is {}: there is nothing to take back", step.state);
    ensure!(step.wrote, "\"{what}\" wrote nothing, since it was so already: there is nothing to take back");
    let inverse = step.effect.inverse(&step.before, made(steps, step.item).as_ref());
    let inverse = inverse.with_context(|| format!("\"{what}\" cannot be taken back"))?;
    let item = PlanItem {
        subject: step.subject.clone(),
        title: step.title.clone(),
        reason: format!("takes back step {} of plan {}: {what}", step.place.seq, step.place.plan),
        last: false,
        steps: vec![inverse],
    };
    Ok(Plan { items: vec![item], ..Plan::empty(PlanKind::Undo, 0) })
}

/// The card that an item made.
fn made(steps: &[StepRecord], item: u32) -> Option<CardKey> {
    let created = |step: &&StepRecord| step.item == item && matches!(step.effect, Effect::CreateCard { .. });
    steps.iter().find(created)?.after.get("key")?.as_str()?.parse().ok()
}
