//! The youngest card that each plan made, as far as this run knows: what it found in the journal when it began, and what
//! it made since. To ask the journal anew for each card would read all of a plan as often as it has cards.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use t5g_model::names::CardKey;
use t5g_model::writing::Effect;
use t5g_store::ledger::{PlanId, StepRecord};

/// Plan → the key of its youngest card. A plan's cards are all of one project, those of two plans may not be.
#[derive(Debug, Default)]
pub(in crate::writing) struct Made(Mutex<HashMap<PlanId, String>>);

impl Made {
    /// Takes note of the card, if the step made or found one.
    pub(in crate::writing) fn note(&self, step: &StepRecord) {
        let key = step.after.get("key").and_then(Value::as_str);
        let Some(key) = key.filter(|_| matches!(step.effect, Effect::CreateCard { .. })) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let youngest = known.entry(step.place.plan).or_default();
        if number(key) > number(youngest) {
            key.clone_into(youngest);
        }
    }

    /// The youngest card that the plan made.
    pub(super) fn youngest(&self, plan: PlanId) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&plan).cloned()
    }
}

/// The number in a key; 0 if it is none.
pub(super) fn number(key: &str) -> u64 {
    key.parse::<CardKey>().ok().and_then(|key| key.number().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use t5g_model::writing::{CardRef, PlanKind};
    use t5g_store::ledger::StepState;

    use super::*;
    use crate::writing::sample;

    fn step(plan: PlanId, effect: Effect, key: &str) -> StepRecord {
        StepRecord {
            kind: PlanKind::Cards,
            state: StepState::Done,
            attempts: 1,
            wrote: true,
            after: json!({ "key": key }),
            ..sample::step(plan, effect)
        }
    }

    fn create() -> Effect {
        let draft =
            json!({ "project": "A", "issue_type": "Story", "labels": [], "summary": "", "description": "" });
        serde_json::from_value(json!({ "do": "create_card", "case": "01234567", "draft": draft })).unwrap()
    }

    #[test]
    fn the_youngest_card_of_a_plan_is_the_one_with_the_greatest_number() {
        let plan = |end: &str| format!("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e{end}").parse::<PlanId>().unwrap();
        let (one, other, made) = (plan("6f"), plan("70"), Made::default());
        for key in ["A-99", "A-100", "A-7"] {
            made.note(&step(one, create(), key));
        }
        made.note(&step(one, Effect::KeepCard { card: CardRef::Made }, "A-900"));
        assert_eq!(made.youngest(one).as_deref(), Some("A-100"));
        assert_eq!(made.youngest(other), None);
    }
}
