//! Rows of plans and steps as types.

use t5g_model::writing::PlanKind;

use super::{PlanId, PlanState, PlanSummary, StepPlace, StepRecord, StepState};
use crate::StoreError;
use crate::ledger::Row;

/// The columns of a summary; the counts come from the steps.
pub(super) const PLAN: &str = "p.id, p.kind, p.state, p.made_at, p.made_by, p.run_id, p.seed, p.held_reason, \
     p.left_out, p.decided_by, p.decided_at, p.finished_at, \
     (SELECT COUNT(*) FROM write_steps s WHERE s.plan_id = p.id) AS steps, \
     (SELECT COUNT(*) FROM write_steps s WHERE s.plan_id = p.id AND s.state NOT IN ('planned', 'begun')) AS ended, \
     (SELECT COUNT(*) FROM write_steps s WHERE s.plan_id = p.id AND s.state IN ('failed', 'doubtful')) AS trouble";

/// The columns of a step, with its plan's kind.
pub(super) const STEP: &str = "s.plan_id, p.kind, p.state AS plan_state, s.seq, s.item, s.last, s.subject, s.item_title, s.item_reason, \
     s.effect, s.state, s.attempts, s.wrote, s.begun_at, s.given_up_at, s.ended_at, s.run_id, s.was, s.is_now, s.error";

pub(super) fn summary(row: &Row) -> Result<PlanSummary, StoreError> {
    let seed: String = row.get("seed")?;
    Ok(PlanSummary {
        id: id(row, "id")?,
        kind: row.word("kind", PlanKind::by_word)?,
        state: row.word("state", PlanState::by_name)?,
        made_at: row.some_time("made_at")?,
        made_by: row.get("made_by")?,
        run: row.get("run_id")?,
        seed: seed.parse().map_err(|_| row.unreadable("seed", &format!("{seed:?} is no number")))?,
        held: row.get("held_reason")?,
        left_out: row.json("left_out")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.time("decided_at")?,
        finished_at: row.time("finished_at")?,
        steps: row.count("steps")?,
        ended: row.count("ended")?,
        trouble: row.count("trouble")?,
    })
}

pub(super) fn step(row: &Row) -> Result<StepRecord, StoreError> {
    let subject: String = row.get("subject")?;
    Ok(StepRecord {
        place: StepPlace { plan: id(row, "plan_id")?, seq: row.number("seq")? },
        kind: row.word("kind", PlanKind::by_word)?,
        plan_state: row.word("plan_state", PlanState::by_name)?,
        item: row.number("item")?,
        last: row.get::<i64>("last")? != 0,
        subject: subject.parse().map_err(|why: String| row.unreadable("subject", &why))?,
        title: row.get("item_title")?,
        reason: row.get("item_reason")?,
        effect: row.json("effect")?,
        state: row.word("state", StepState::by_name)?,
        attempts: row.number("attempts")?,
        wrote: row.get::<i64>("wrote")? != 0,
        begun_at: row.time("begun_at")?,
        given_up_at: row.time("given_up_at")?,
        ended_at: row.time("ended_at")?,
        run: row.get("run_id")?,
        before: row.json("was")?,
        after: row.json("is_now")?,
        error: row.get("error")?,
    })
}

pub(super) fn id(row: &Row, column: &str) -> Result<PlanId, StoreError> {
    let id: String = row.get(column)?;
    id.parse().map_err(|error: super::NoPlanId| row.unreadable(column, &error.to_string()))
}
