//! Doing a step: written down before and after, with the line in the audit log, each in one transaction.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use t5g_model::writing::Effect;

use super::plans::keep_further;
use super::{PlanId, PlanState, StepPlace, StepRecord, StepState};
use crate::StoreError;
use crate::ledger::{Action, AuditEntry, AuditOutcome, Ledger, Via, bounded};

/// The longest error that is kept, in bytes.
const ERROR_BYTES: usize = 2_000;

/// Who does steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// Who, in words that people know: a task, a person.
    pub name: String,
    /// By what means.
    pub via: Via,
    /// The run in which it is done.
    pub run: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq)]
pub struct StepEnd {
    /// Done, failed, doubtful or skipped.
    pub state: StepState,
    /// Whether anything was written, or may have been.
    pub wrote: bool,
    /// What was there before; `None`: as it was told at the begin.
    pub before: Option<Value>,
    /// What came of it.
    pub after: Value,
    /// What went wrong, why nothing was done, or what of it was done otherwise than planned.
    pub error: Option<String>,
    /// What of it is still to be done: a further step of its plan, kept in the same moment.
    pub further: Option<Box<Effect>>,
}

impl StepEnd {
    /// It was done.
    pub const fn done(after: Value) -> Self {
        Self { state: StepState::Done, wrote: true, before: None, after, error: None, further: None }
    }

    /// The same with a word about what of it was done otherwise than planned.
    #[must_use]
    pub fn remarking(self, remark: Option<String>) -> Self {
        Self { error: remark, ..self }
    }

    /// The same with what of it is still to be done.
    #[must_use]
    pub fn leaving(self, further: Option<Effect>) -> Self {
        Self { further: further.map(Box::new), ..self }
    }

    /// It was so already.
    pub const fn so_already(after: Value) -> Self {
        Self { state: StepState::Done, wrote: false, before: None, after, error: None, further: None }
    }

    /// It certainly did not happen, and will not.
    pub fn failed(error: impl Into<String>) -> Self {
        let error = Some(error.into());
        Self {
            state: StepState::Failed,
            wrote: false,
            before: None,
            after: Value::Null,
            error,
            further: None,
        }
    }

    /// Nobody can tell whether it happened.
    pub fn doubtful(error: impl Into<String>) -> Self {
        let error = Some(error.into());
        Self {
            state: StepState::Doubtful,
            wrote: true,
            before: None,
            after: Value::Null,
            error,
            further: None,
        }
    }

    /// It was not needed, or could not be begun.
    pub fn skipped(why: impl Into<String>) -> Self {
        let error = Some(why.into());
        Self {
            state: StepState::Skipped,
            wrote: false,
            before: None,
            after: Value::Null,
            error,
            further: None,
        }
    }
}

impl Ledger {
    /// A step begins: from here on it may have happened. False if it has ended already.
    pub async fn begin_step(
        &self,
        step: &StepPlace,
        before: &Value,
        writer: &Writer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE write_steps SET state = 'begun', attempts = attempts + 1, begun_at = $3, \
                   given_up_at = NULL, run_id = $4, was = $5 WHERE plan_id = $1 AND seq = $2 AND state IN ('planned', 'begun')";
        let args = [
            (&step.plan.to_string()).into(),
            i64::from(step.seq).into(),
            now.into(),
            writer.run.as_deref().into(),
            (&before.to_string()).into(),
        ];
        let mut tx = self.begin_write().await?;
        let begun = tx.execute(sql, &args).await?;
        tx.commit().await?;
        Ok(begun == 1)
    }

    /// A step that was begun certainly did not happen yet: it is to be tried again.
    pub async fn put_back_step(&self, step: &StepPlace, error: &str) -> Result<(), StoreError> {
        self.note(step, error, true).await
    }

    /// The answer to a step that was begun is given up at that moment: whoever goes on waits from then on until it can
    /// be seen whether it happened.
    pub async fn give_up_step(&self, step: &StepPlace, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql =
            "UPDATE write_steps SET given_up_at = $3 WHERE plan_id = $1 AND seq = $2 AND state = 'begun'";
        let args = [(&step.plan.to_string()).into(), i64::from(step.seq).into(), now.into()];
        let mut tx = self.begin_write().await?;
        tx.execute(sql, &args).await?;
        tx.commit().await
    }

    /// Notes what went wrong with a step of which nobody knows yet whether it happened; it stays begun.
    pub async fn note_step(&self, step: &StepPlace, error: &str) -> Result<(), StoreError> {
        self.note(step, error, false).await
    }

    /// A step could not even be looked at: that is a try too. It stays as it is.
    pub async fn miss_step(&self, step: &StepPlace, error: &str) -> Result<(), StoreError> {
        let sql = "UPDATE write_steps SET error = $3, attempts = attempts + 1 \
                   WHERE plan_id = $1 AND seq = $2 AND state IN ('planned', 'begun')";
        let args = [
            (&step.plan.to_string()).into(),
            i64::from(step.seq).into(),
            (&bounded(error, ERROR_BYTES)).into(),
        ];
        let mut tx = self.begin_write().await?;
        tx.execute(sql, &args).await?;
        tx.commit().await
    }

    async fn note(&self, step: &StepPlace, error: &str, back: bool) -> Result<(), StoreError> {
        let sql = "UPDATE write_steps SET error = $3, state = CASE WHEN $4 = 1 THEN 'planned' ELSE state END \
                   WHERE plan_id = $1 AND seq = $2 AND state IN ('planned', 'begun')";
        let args = [
            (&step.plan.to_string()).into(),
            i64::from(step.seq).into(),
            (&bounded(error, ERROR_BYTES)).into(),
            back.into(),
        ];
        let mut tx = self.begin_write().await?;
        tx.execute(sql, &args).await?;
        tx.commit().await
    }

    /// A step ends. What was written, or may have been, leaves a line in the audit log in the same moment, and what is
    /// left of it becomes a step. False if it had ended already; then nothing is kept.
    pub async fn end_step(
        &self,
        step: &StepRecord,
        end: &StepEnd,
        writer: &Writer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE write_steps SET state = $3, wrote = $4, ended_at = $5, run_id = $6, \
                   was = COALESCE($7, was), is_now = $8, error = $9 \
                   WHERE plan_id = $1 AND seq = $2 AND state IN ('planned', 'begun') RETURNING was";
        let before = end.before.as_ref().map(Value::to_string);
        let args = [
            (&step.place.plan.to_string()).into(),
            i64::from(step.place.seq).into(),
            end.state.as_str().into(),
            end.wrote.into(),
            now.into(),
            writer.run.as_deref().into(),
            before.as_deref().into(),
            (&end.after.to_string()).into(),
            end.error.as_deref().map(|error| bounded(error, ERROR_BYTES)).as_deref().into(),
        ];
        let mut tx = self.begin_write().await?;
        let rows = tx.fetch(sql, &args).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        if end.wrote || end.state == StepState::Failed {
            let was: String = row.get("was")?;
            let was = serde_json::from_str(&was).unwrap_or(Value::Null);
            self.audit_in(&mut tx, &entry(step, end, &was, writer, now)).await?;
        }
        if let Some(effect) = &end.further {
            keep_further(&mut tx, step, effect).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Ends the plan if all its steps have ended: as done if all were done or not needed. Its state now.
    pub async fn finish_plan(&self, plan: PlanId, now: DateTime<Utc>) -> Result<PlanState, StoreError> {
        let id = plan.to_string();
        let counts = "SELECT p.state, \
                      (SELECT COUNT(*) FROM write_steps s WHERE s.plan_id = p.id AND s.state IN ('planned', 'begun')) \
                      AS open, \
                      (SELECT COUNT(*) FROM write_steps s WHERE s.plan_id = p.id AND s.state IN ('failed', 'doubtful')) \
                      AS trouble FROM write_plans p WHERE p.id = $1";
        let mut tx = self.begin_write().await?;
        // The plan's row first, as whoever has a step of it done again takes it: what is counted stands until the end.
        tx.execute("UPDATE write_plans SET state = state WHERE id = $1", &[(&id).into()]).await?;
        let rows = tx.fetch(counts, &[(&id).into()]).await?;
        let Some(row) = rows.first() else {
            return Err(StoreError::Corrupt {
                place: self.place().to_owned(),
                reason: format!("plan {id} is not there"),
            });
        };
        let word: String = row.get("state")?;
        let state = PlanState::by_name(&word).ok_or_else(|| row.unreadable("state", &word))?;
        if state != PlanState::Released || row.count("open")? > 0 {
            return Ok(state);
        }
        let state = if row.count("trouble")? > 0 { PlanState::Partial } else { PlanState::Done };
        let sql = "UPDATE write_plans SET state = $2, finished_at = $3 WHERE id = $1";
        tx.execute(sql, &[(&id).into(), state.as_str().into(), now.into()]).await?;
        tx.commit().await?;
        Ok(state)
    }
}

fn entry(step: &StepRecord, end: &StepEnd, was: &Value, writer: &Writer, at: DateTime<Utc>) -> AuditEntry {
    let mut detail = json!({
        "plan": step.place.plan,
        "step": step.place.seq,
        "upstream": step.service().as_str(),
        "effect": step.effect.to_json().get("do"),
        "run": writer.run,
        "before": was,
        "after": end.after,
    });
    if let (Some(members), Some(error)) = (detail.as_object_mut(), &end.error) {
        let name = match end.state {
            StepState::Doubtful => "doubt",
            StepState::Done => "remark",
            _ => "error",
        };
        members.insert(name.into(), json!(error));
    }
    AuditEntry {
        at,
        actor: writer.name.clone(),
        account: None,
        via: writer.via,
        action: Action::UpstreamWrite,
        object: format!("{}: {}", step.subject, step.effect.title()),
        outcome: if end.state == StepState::Done { AuditOutcome::Done } else { AuditOutcome::Failed },
        detail,
        request_id: None,
        address: None,
    }
}
