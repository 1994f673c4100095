//! A new plan and what earlier ones of its kind have not done yet: each subject stands in one of them. Pure. For plans
//! that say how things are to stand; cards and what people ask for are never replaced.

use std::collections::BTreeMap;

use t5g_model::writing::{LeftOut, Plan};
use t5g_store::ledger::{StepPlace, StepRecord, StepState};

/// What becomes of earlier steps about which the plan has nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// They are gone on with.
    Stay,
    /// Nobody wants them any more.
    Go,
}

/// Leaves out of the plan what earlier steps do as well or have begun. Those that were not begun and in whose place it
/// comes.
pub(super) fn take_place(plan: &mut Plan, open: &[StepRecord], others: Others) -> Vec<StepPlace> {
    let mut earlier: BTreeMap<String, Vec<&StepRecord>> = BTreeMap::new();
    for step in open {
        earlier.entry(step.subject.word()).or_default().push(step);
    }
    let mut gone: Vec<&StepRecord> = Vec::new();
    let mut left_out = Vec::new();
    plan.items.retain(|item| {
        let Some(steps) = earlier.remove(&item.subject.word()) else { return true };
        let begun = steps.iter().find(|step| step.state == StepState::Begun);
        let same = item.steps.iter().eq(steps.iter().map(|step| &step.effect));
        let Some(has) = begun.or_else(|| steps.first().filter(|_| same)) else {
            gone.extend(steps);
            return true;
        };
        let reason = format!("plan {}, which has it, is not done yet", has.place.plan);
        left_out.push(LeftOut { subject: item.subject.clone(), title: item.title.clone(), reason });
        false
    });
    plan.left_out.extend(left_out);
    if others == Others::Go {
        let planned = |step: &&StepRecord| step.state == StepState::Planned;
        gone.extend(earlier.into_values().flatten().filter(planned));
    }
    gone.into_iter().map(|step| step.place.clone()).collect()
}

#[cfg(test)]
mod tests {
    use t5g_model::writing::{CardRef, Effect, PlanItem, PlanKind, Subject};

    use super::*;
    use crate::writing::sample;

    fn set(key: &str, to: &str) -> Effect {
        Effect::SetPriority { card: CardRef::Known(key.parse().unwrap()), from: None, to: to.into() }
    }

    fn step(seq: u32, key: &str, to: &str, state: StepState) -> StepRecord {
        let plan = "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f".parse().unwrap();
        StepRecord {
            place: StepPlace { plan, seq },
            item: seq,
            subject: Subject::Issue(key.parse().unwrap()),
            state,
            ..sample::step(plan, set(key, to))
        }
    }

    #[test]
    fn each_subject_stands_in_one_plan() {
        let item = |key: &str| PlanItem {
            subject: Subject::Issue(key.parse().unwrap()),
            title: key.to_owned(),
            reason: String::new(),
            last: false,
            steps: vec![set(key, "Major")],
        };
        let items = ["A-1", "A-2", "A-3", "A-4", "A-5"].map(item).into();
        let new = Plan { items, ..Plan::empty(PlanKind::Priorities, 0) };
        let open = [
            step(1, "A-1", "Major", StepState::Planned),
            step(2, "A-2", "Minor", StepState::Planned),
            step(3, "A-3", "Minor", StepState::Begun),
            step(4, "A-4", "Major", StepState::Planned),
            step(5, "A-4", "Major", StepState::Planned),
            step(6, "A-6", "Minor", StepState::Planned),
            step(7, "A-7", "Minor", StepState::Begun),
        ];
        for (others, gone) in [(Others::Stay, vec![2, 4, 5]), (Others::Go, vec![2, 4, 5, 6])] {
            let mut plan = new.clone();
            let instead = take_place(&mut plan, &open, others);
            assert_eq!(instead.iter().map(|step| step.seq).collect::<Vec<_>>(), gone);
            let kept: Vec<&str> = plan.items.iter().map(|item| item.title.as_str()).collect();
            assert_eq!(kept, ["A-2", "A-4", "A-5"], "the same again, and one that is new");
            let left: Vec<&str> = plan.left_out.iter().map(|left| left.title.as_str()).collect();
            assert_eq!(left, ["A-1", "A-3"]);
        }
    }
}
