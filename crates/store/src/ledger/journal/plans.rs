//! Keeping a plan, and what people decide about it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::json;
use t5g_model::writing::{Effect, Plan, PlanItem};

use super::{PlanId, PlanMaker, PlanState, StepPlace, StepRecord, StepState, again};
use crate::StoreError;
use crate::ledger::{AccountId, Action, Arg, AuditEntry, AuditOutcome, Ledger, Tx, Via, bounded, insert};

/// The longest words that are kept of an item, in bytes.
const WORDS_BYTES: usize = 1_000;
/// Where steps that were not begun are inserted.
const STEPS: &str = "INSERT INTO write_steps (plan_id, seq, item, last, subject, item_title, item_reason, \
     effect, upstream, delivery, state)";
/// Why a step is not done in whose place a later plan came.
const REPLACED: &str = "a later plan came in its place";

/// In whose place plans are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instead {
    /// Plans that wait for a person; each must still wait.
    pub held: Vec<PlanId>,
    /// Steps that were not begun; each must still be so.
    pub steps: Vec<StepPlace>,
}

/// What a person can say of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanDecision {
    /// Do it.
    Release,
    /// Do not.
    Reject,
}

/// Who decides, for the plan and for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAsked {
    /// Who, in words that people know.
    pub name: String,
    /// Whose account that is.
    pub account: Option<AccountId>,
    /// By what means.
    pub via: Via,
    /// The request in which it happened.
    pub request: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

impl PlanAsked {
    /// Somebody at the command line.
    pub fn at_the_command_line(name: impl Into<String>) -> Self {
        Self { name: name.into(), account: None, via: Via::Command, request: None, address: None }
    }
}

impl Ledger {
    /// Keeps a plan: held if it says so, else to be done.
    pub async fn keep_plan(
        &self,
        plan: &Plan,
        maker: &PlanMaker,
        now: DateTime<Utc>,
    ) -> Result<PlanId, StoreError> {
        let mut tx = self.begin_write().await?;
        let id = keep_in(&mut tx, plan, maker, now).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Keeps plans in place of those that wait for a person and of steps that were not begun: all of it or nothing.
    /// Their ids, in order; `None`: one of those waits no more, since somebody decided about it meanwhile.
    pub async fn keep_instead(
        &self,
        instead: &Instead,
        plans: &[&Plan],
        maker: &PlanMaker,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<PlanId>>, StoreError> {
        let mut tx = self.begin_write().await?;
        for plan in &instead.held {
            let sql = "UPDATE write_plans SET state = 'superseded', decided_by = 'a later plan', decided_at = $2, \
                       finished_at = $2 WHERE id = $1 AND state = 'held'";
            if tx.execute(sql, &[(&plan.to_string()).into(), now.into()]).await? == 0 {
                return Ok(None);
            }
        }
        for step in &instead.steps {
            let sql = "UPDATE write_steps SET state = 'skipped', ended_at = $3, run_id = $4, error = $5 \
                       WHERE plan_id = $1 AND seq = $2 AND state = 'planned'";
            let args = [
                (&step.plan.to_string()).into(),
                i64::from(step.seq).into(),
                now.into(),
                maker.run.as_deref().into(),
                REPLACED.into(),
            ];
            if tx.execute(sql, &args).await? == 0 {
                return Ok(None);
            }
        }
        let plans_of: BTreeSet<PlanId> = instead.steps.iter().map(|step| step.plan).collect();
        for plan in plans_of {
            // Of a plan of which nothing is left to tell, nothing is told.
            let sql = "UPDATE write_steps SET state = 'skipped', ended_at = $2, run_id = $3, error = $4 \
                       WHERE plan_id = $1 AND last = 1 AND state = 'planned' AND NOT EXISTS (SELECT 1 FROM \
                       write_steps o WHERE o.plan_id = $1 AND o.last = 0 AND o.state <> 'skipped')";
            let args = [(&plan.to_string()).into(), now.into(), maker.run.as_deref().into(), REPLACED.into()];
            tx.execute(sql, &args).await?;
        }
        let mut kept = Vec::new();
        for plan in plans {
            kept.push(keep_in(&mut tx, plan, maker, now).await?);
        }
        tx.commit().await?;
        Ok(Some(kept))
    }

    /// Releases or rejects a plan that waits for it; one that was rejected can still be released. False if it waits
    /// for nobody. Leaves a line in the audit log.
    pub async fn decide_plan(
        &self,
        plan: PlanId,
        decision: PlanDecision,
        who: &PlanAsked,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (state, from, finished) = match decision {
            PlanDecision::Release => (PlanState::Released, "'held', 'rejected'", None),
            PlanDecision::Reject => (PlanState::Rejected, "'held'", Some(now)),
        };
        let sql = super::super::OwnSql(format!(
            "UPDATE write_plans SET state = $2, decided_by = $3, decided_at = $4, finished_at = $5 \
             WHERE id = $1 AND state IN ({from})"
        ));
        let args = [
            (&plan.to_string()).into(),
            state.as_str().into(),
            (&bounded(&who.name, WORDS_BYTES)).into(),
            now.into(),
            finished.into(),
        ];
        let mut tx = self.begin_write().await?;
        if tx.execute(sql, &args).await? == 0 {
            return Ok(false);
        }
        let detail = json!({ "plan": plan, "decision": state.as_str() });
        let entry = entry(who, Action::PlanDecide, format!("plan {plan}"), detail, now);
        self.audit_in(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Has a step done again that failed, that nobody can tell of, or that was skipped because of such a one: a
    /// person wants it so. With it goes what was skipped because of it, and the letter that left its card out. A card or
    /// a comment in doubt is looked for first: it stays begun, as it was. Its plan goes on with the next run of its task.
    /// False if there is nothing to do again.
    pub async fn again_step(
        &self,
        step: &StepPlace,
        who: &PlanAsked,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let plan = step.plan.to_string();
        let open = "UPDATE write_plans SET state = 'released', finished_at = NULL \
                    WHERE id = $1 AND state IN ('released', 'done', 'partial')";
        let mut tx = self.begin_write().await?;
        // The plan's row first, as whoever ends it takes it: the two wait for each other.
        if tx.execute(open, &[(&plan).into()]).await? == 0 {
            return Ok(false);
        }
        let steps = again::steps(&mut tx, step).await?;
        let Some(again) = again::of(&steps, step) else { return Ok(false) };
        let with = again::open(&mut tx, step, &again).await?;
        let detail = json!({ "plan": step.plan, "step": step.seq, "with": with });
        let object = format!("step {} of plan {plan}", step.seq);
        let entry = entry(who, Action::StepAgain, object, detail, now);
        self.audit_in(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets plans that ended before then, with their steps; how many.
    pub(in crate::ledger) async fn prune_journal(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = "(SELECT id FROM write_plans WHERE finished_at < $1)";
        let mut tx = self.db().await?.begin().await?;
        // Nobody has a step of them done again between the two.
        let take = "UPDATE write_plans SET finished_at = finished_at WHERE finished_at < $1";
        tx.execute(take, &[before.into()]).await?;
        let steps = format!("DELETE FROM write_steps WHERE plan_id IN {old}");
        tx.execute(super::super::OwnSql(steps), &[before.into()]).await?;
        let gone = tx.execute("DELETE FROM write_plans WHERE finished_at < $1", &[before.into()]).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

async fn keep_in(
    tx: &mut Tx,
    plan: &Plan,
    maker: &PlanMaker,
    now: DateTime<Utc>,
) -> Result<PlanId, StoreError> {
    let id = PlanId::at(now);
    let state = if plan.held.is_some() { PlanState::Held } else { PlanState::Released };
    let left_out = to_text(&plan.left_out);
    let sql = "INSERT INTO write_plans (id, kind, state, made_at, made_by, run_id, seed, held_reason, left_out) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = [
        (&id.to_string()).into(),
        plan.kind.as_str().into(),
        state.as_str().into(),
        now.into(),
        (&bounded(&maker.name, WORDS_BYTES)).into(),
        maker.run.as_deref().into(),
        (&plan.seed.to_string()).into(),
        plan.held.as_deref().into(),
        (&left_out).into(),
    ];
    tx.execute(sql, &args).await?;
    keep_steps(tx, id, &plan.items).await?;
    Ok(id)
}

async fn keep_steps(tx: &mut Tx, plan: PlanId, items: &[PlanItem]) -> Result<(), StoreError> {
    let mut rows: Vec<[Arg; 11]> = Vec::new();
    for (number, item) in (1_i64..).zip(items) {
        for effect in &item.steps {
            let seq = i64::try_from(rows.len()).unwrap_or(i64::MAX - 1) + 1;
            rows.push(row(plan, (seq, number), item, effect));
        }
    }
    insert(tx, STEPS, rows, "").await
}

/// What is left of a step becomes the last step of its plan, in an item of its own that waits for all others.
/// Its number.
pub(super) async fn keep_further(tx: &mut Tx, step: &StepRecord, effect: &Effect) -> Result<i64, StoreError> {
    let plan = step.place.plan;
    let last = "SELECT seq, item FROM write_steps WHERE plan_id = $1 ORDER BY seq DESC LIMIT 1";
    let rows = tx.fetch(last, &[(&plan.to_string()).into()]).await?;
    let place = match rows.first() {
        Some(row) => (row.get::<i64>("seq")? + 1, row.get::<i64>("item")? + 1),
        None => (1, 1),
    };
    let item = PlanItem {
        subject: step.subject.clone(),
        title: step.title.clone(),
        reason: format!("what is left of step {}", step.place.seq),
        last: true,
        steps: Vec::new(),
    };
    insert(tx, STEPS, vec![row(plan, place, &item, effect)], "").await?;
    Ok(place.0)
}

/// A planned step; its number in the plan and its item's.
fn row(plan: PlanId, (seq, number): (i64, i64), item: &PlanItem, effect: &Effect) -> [Arg; 11] {
    [
        (&plan.to_string()).into(),
        seq.into(),
        number.into(),
        item.last.into(),
        (&item.subject.word()).into(),
        (&bounded(&item.title, WORDS_BYTES)).into(),
        (&bounded(&item.reason, WORDS_BYTES)).into(),
        (&effect.to_json().to_string()).into(),
        effect.service().as_str().into(),
        effect.is_delivery().into(),
        StepState::Planned.as_str().into(),
    ]
}

fn entry(
    who: &PlanAsked,
    action: Action,
    object: String,
    detail: serde_json::Value,
    at: DateTime<Utc>,
) -> AuditEntry {
    AuditEntry {
        at,
        actor: who.name.clone(),
        account: who.account.clone(),
        via: who.via,
        action,
        object,
        outcome: AuditOutcome::Done,
        detail,
        request_id: who.request.clone(),
        address: who.address.clone(),
    }
}

fn to_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned())
}
