//! What a run of writing came to, item by item: the run's result, for page, API and command line.

use serde::Serialize;
use serde_json::{Value, json};
use t5g_model::writing::{LeftOut, PlanKind};
use t5g_store::ledger::{KeptPlan, PlanId, StepRecord, StepState};

/// What a run did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WriteReport {
    /// Plans that were done, or gone on with.
    pub plans: Vec<PlanReport>,
    /// The plan that waits for a person, if one does.
    pub held: Option<PlanId>,
    /// Why it waits.
    pub held_reason: Option<String>,
    /// About what nothing was done, and why.
    pub left_out: Vec<LeftOut>,
    /// What is otherwise than in the plan that was shown before.
    pub changed: Vec<String>,
}

/// What became of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct PlanReport {
    /// Its id.
    pub plan: PlanId,
    /// Where it stands.
    pub state: String,
    /// Its items.
    pub items: Vec<ItemReport>,
}

/// What became of an item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemReport {
    /// What it is about.
    pub subject: String,
    /// In words.
    pub title: String,
    /// Its steps.
    pub steps: Vec<StepReport>,
}

/// What became of a step.
#[derive(Debug, Clone, Serialize)]
pub struct StepReport {
    /// Its number in the plan.
    pub seq: u32,
    /// What it does.
    pub what: String,
    /// How far it is.
    pub state: String,
    /// What went wrong, why nothing was done, or what of it was done otherwise than planned.
    pub error: Option<String>,
}

impl PlanReport {
    /// Of a plan as the ledger has it.
    pub(super) fn of(plan: &KeptPlan) -> Self {
        let mut items: Vec<(u32, ItemReport)> = Vec::new();
        for step in &plan.steps {
            let report = StepReport {
                seq: step.place.seq,
                what: step.effect.title(),
                state: step.state.as_str().to_owned(),
                error: step.error.clone(),
            };
            if let Some((_, item)) = items.last_mut().filter(|(number, _)| *number == step.item) {
                item.steps.push(report);
            } else {
                let (subject, title) = (step.subject.to_string(), step.title.clone());
                items.push((step.item, ItemReport { subject, title, steps: vec![report] }));
            }
        }
        Self {
            plan: plan.summary.id,
            state: plan.summary.state.as_str().to_owned(),
            items: items.into_iter().map(|(_, item)| item).collect(),
        }
    }
}

/// What is not done yet of a plan, in words; `None` if everything has ended.
pub(super) fn unfinished(steps: &[StepRecord]) -> Option<String> {
    let open: Vec<&StepRecord> = steps.iter().filter(|step| !step.state.is_final()).collect();
    let first = open.iter().find(|step| step.error.is_some()).or(open.first())?;
    let why = first.error.as_deref().unwrap_or("it waits for another step");
    Some(format!(
        "{} of {} steps are not done yet; the first is: {}: {}: {why}",
        open.len(),
        steps.len(),
        first.subject,
        first.effect.title()
    ))
}

impl WriteReport {
    /// As the run's result, with counts.
    pub(super) fn to_json(&self, kind: PlanKind, states: &[StepRecord]) -> anyhow::Result<Value> {
        let count = |state: StepState| states.iter().filter(|step| step.state == state).count();
        let mut value = serde_json::to_value(self)?;
        if let Some(members) = value.as_object_mut() {
            members.insert("kind".into(), json!(kind.as_str()));
            members.insert("done".into(), json!(count(StepState::Done)));
            members.insert("failed".into(), json!(count(StepState::Failed)));
            members.insert("doubtful".into(), json!(count(StepState::Doubtful)));
            members.insert("skipped".into(), json!(count(StepState::Skipped)));
        }
        Ok(value)
    }
}
