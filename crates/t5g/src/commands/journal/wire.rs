//! Plans and their steps as a running dashboard's API tells them, as the ledger's own types: so that commands show them
//! alike, wherever they come from.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use t5g_model::writing::{LeftOut, PlanKind, Subject};
use t5g_store::ledger::{KeptPlan, PlanState, PlanSummary, StepPlace, StepRecord, StepState};

/// A plan.
#[derive(Debug, Deserialize)]
pub(crate) struct WirePlan {
    id: String,
    kind: String,
    state: String,
    made_at: DateTime<Utc>,
    made_by: String,
    run: Option<String>,
    held: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    steps: u64,
    ended: u64,
    trouble: u64,
    seed: String,
}

/// Something that a plan leaves out.
#[derive(Debug, Deserialize)]
struct WireLeftOut {
    about: String,
    title: String,
    reason: String,
}

/// A plan with all that is in it.
#[derive(Debug, Deserialize)]
pub(super) struct WirePlanInFull {
    #[serde(flatten)]
    plan: WirePlan,
    all_steps: Vec<WireStep>,
    left_out: Vec<WireLeftOut>,
}

/// A step.
#[derive(Debug, Deserialize)]
pub(super) struct WireStep {
    plan: String,
    seq: u32,
    kind: String,
    item: u32,
    about: String,
    title: String,
    reason: String,
    effect: Value,
    state: String,
    attempts: u32,
    wrote: bool,
    begun_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    run: Option<String>,
    before: Value,
    after: Value,
    error: Option<String>,
}

/// A word that a later version may have made up.
fn known<T>(found: Option<T>, word: &str) -> Result<T> {
    found.with_context(|| format!("the dashboard says {word:?}, which this version does not know"))
}

fn subject(about: &str) -> Result<Subject> {
    known(about.parse().ok(), about)
}

impl WirePlan {
    pub(crate) fn read(self) -> Result<PlanSummary> {
        Ok(PlanSummary {
            id: self.id.parse()?,
            kind: known(PlanKind::by_word(&self.kind), &self.kind)?,
            state: known(PlanState::by_name(&self.state), &self.state)?,
            made_at: self.made_at,
            made_by: self.made_by,
            run: self.run,
            seed: known(self.seed.parse().ok(), &self.seed)?,
            held: self.held,
            left_out: Vec::new(),
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            finished_at: self.finished_at,
            steps: self.steps,
            ended: self.ended,
            trouble: self.trouble,
        })
    }
}

impl WirePlanInFull {
    pub(super) fn read(self) -> Result<KeptPlan> {
        let summary = self.plan.read()?;
        let left = |left: WireLeftOut| {
            anyhow::Ok(LeftOut { subject: subject(&left.about)?, title: left.title, reason: left.reason })
        };
        let left_out = self.left_out.into_iter().map(left).collect::<Result<_>>()?;
        let steps = self.all_steps.into_iter().map(|step| step.read(Some(summary.state)));
        Ok(KeptPlan { steps: steps.collect::<Result<_>>()?, summary: PlanSummary { left_out, ..summary } })
    }
}

impl WireStep {
    /// `plan` is how its plan stands, if that is known; nothing that is shown of a step depends on it.
    pub(super) fn read(self, plan: Option<PlanState>) -> Result<StepRecord> {
        let subject = subject(&self.about)?;
        Ok(StepRecord {
            place: StepPlace { plan: self.plan.parse()?, seq: self.seq },
            kind: known(PlanKind::by_word(&self.kind), &self.kind)?,
            plan_state: plan.unwrap_or(PlanState::Released),
            item: self.item,
            last: subject == Subject::All,
            subject,
            title: self.title,
            reason: self.reason,
            effect: serde_json::from_value(self.effect)
                .context("the dashboard tells of a step that this version does not know")?,
            state: known(StepState::by_name(&self.state), &self.state)?,
            attempts: self.attempts,
            wrote: self.wrote,
            begun_at: self.begun_at,
            // Only whoever does the step has to know.
            given_up_at: None,
            ended_at: self.ended_at,
            run: self.run,
            before: self.before,
            after: self.after,
            error: self.error,
        })
    }
}
