//! A step for the tests of this room: planned, about nothing, of no case. Tests say what matters to them.

use serde_json::Value;
use t5g_model::writing::{Effect, PlanKind, Subject};
use t5g_store::ledger::{PlanId, PlanState, StepPlace, StepRecord, StepState};

pub(super) fn step(plan: PlanId, effect: Effect) -> StepRecord {
    StepRecord {
        place: StepPlace { plan, seq: 1 },
        kind: PlanKind::Priorities,
        plan_state: PlanState::Released,
        item: 1,
        last: false,
        subject: Subject::All,
        title: String::new(),
        reason: String::new(),
        effect,
        state: StepState::Planned,
        attempts: 0,
        wrote: false,
        begun_at: None,
        given_up_at: None,
        ended_at: None,
        run: None,
        before: Value::Null,
        after: Value::Null,
        error: None,
    }
}
