//! A step of a plan: what it sends, what became of it, what can be done about it.

use serde::Serialize;
use t5g_model::writing::{Effect, PlanKind};
use t5g_store::ledger::{StepRecord, StepState};

use super::change::{Change, changes};
use super::{EffectView, Eyes, run_href};
use crate::view::badge::{self, Badge, cut};
use crate::view::words::When;
use crate::writing::act;
use crate::writing::address::plan_href;
use crate::writing::read;

/// The step.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepView {
    seq: u32,
    effect: EffectView,
    /// `None`: only planned, nothing is kept of it.
    state: Option<Badge>,
    /// What stands beside the state.
    note: Option<&'static str>,
    at: Option<When>,
    attempts: u32,
    run: Option<String>,
    error: Option<String>,
    wrong: bool,
    /// Whether it is shown open: what went wrong, and letters that are not sent yet.
    open: bool,
    changes: Vec<Change>,
    /// Where it can be undone or done again by this reader.
    undo: Option<String>,
    again: Option<String>,
}

impl StepView {
    /// One of a plan that is not kept.
    pub(super) fn planned(seq: u32, effect: &Effect) -> Self {
        Self {
            seq,
            effect: EffectView::of(effect),
            state: None,
            note: None,
            at: None,
            attempts: 0,
            run: None,
            error: None,
            wrong: false,
            open: matches!(effect, Effect::Mail { .. }),
            changes: Vec::new(),
            undo: None,
            again: None,
        }
    }

    /// One of a plan with these steps.
    pub(crate) fn of(step: &StepRecord, steps: &[StepRecord], eyes: &Eyes<'_>) -> Self {
        let href = format!("{}/steps/{}", plan_href(step.place.plan), step.place.seq);
        let may_undo = eyes.may.contains(&PlanKind::Undo) && read::inverse(steps, step).is_some();
        let wrong = matches!(step.state, StepState::Failed | StepState::Doubtful);
        let letter = matches!(step.effect, Effect::Mail { .. });
        let may_again = eyes.may.contains(&step.kind) && act::may_be_again(step.state);
        Self {
            state: Some(badge::step(step.state)),
            note: (step.state == StepState::Done && !step.wrote).then_some("it was so already"),
            at: step.at().map(|at| eyes.when(at)),
            attempts: step.attempts,
            run: run_href(step.run.as_deref(), eyes),
            error: step.error.as_deref().map(cut),
            wrong,
            open: wrong || (letter && step.state == StepState::Planned),
            changes: changes(&step.before, &step.after),
            undo: may_undo.then(|| format!("{href}/undo")),
            again: may_again.then(|| format!("{href}/again")),
            ..Self::planned(step.place.seq, &step.effect)
        }
    }
}
