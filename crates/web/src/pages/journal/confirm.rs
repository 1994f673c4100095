//! The page that asks before a plan is released or rejected, before a step is undone or done again. A page of its own, so
//! that it works without scripts; with them its content is shown in a dialog. What is asked of whom is in `decide`.

use serde::Serialize;
use t5g_model::writing::Effect;
use t5g_store::ledger::{KeptPlan, PlanDecision, PlanState, PlanSummary, StepRecord, StepState};

use crate::pages::plan::{self, told};
use crate::samples::HOSTILE;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::{self, Badge, cut};
use crate::view::words::count;
use crate::view::writing::{EffectView, Eyes, SubjectView, samples, short};
use crate::writing::act;
use crate::writing::address::{plan_href, step_href};
use crate::writing::read::{self, Planned};

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfirmPage {
    title: &'static str,
    /// Of what, in words.
    of: &'static str,
    short: String,
    state: Option<Badge>,
    note: Option<String>,
    subject: Option<SubjectView>,
    /// What will happen.
    words: String,
    /// What was written, and what would be written now.
    was: Option<EffectView>,
    now: Option<EffectView>,
    /// Why it cannot be done, as things stand.
    conflict: Option<String>,
    action: String,
    yes: &'static str,
    no: &'static str,
    grave: bool,
    back: String,
}

impl ConfirmPage {
    pub(super) fn of_plan(plan: &KeptPlan, decision: PlanDecision, conflict: Option<String>) -> Self {
        let summary = &plan.summary;
        let back = plan_href(summary.id);
        let (title, yes, no, last) = match decision {
            PlanDecision::Release => ("Release this plan?", "Release it", "Not now", "release"),
            PlanDecision::Reject => ("Reject this plan?", "Reject it", "Not now", "reject"),
        };
        Self {
            title,
            words: match decision {
                PlanDecision::Release => releasing(plan),
                PlanDecision::Reject => {
                    "Nothing of it is written. Its cases stay without a card: later runs leave them out, until this plan \
                     is released after all, which it can be at any time."
                        .to_owned()
                }
            },
            note: summary.held.as_deref().map(cut),
            conflict: conflict.or_else(|| late(summary, decision)),
            action: format!("{back}/{last}"),
            yes,
            no,
            grave: decision == PlanDecision::Reject,
            back,
            ..Self::about(summary)
        }
    }

    /// Whether what a dry run planned is to be done.
    pub(super) fn of_dry_run(run: &str, planned: &Planned, conflict: Option<String>) -> Self {
        Self {
            title: "Do this plan now?",
            of: planned.plan.kind.title(),
            short: short(run),
            state: None,
            note: Some(told(&planned.plan)),
            subject: None,
            words: "It is planned once more with the same seed, so that what happened since then counts; what became \
                    otherwise is told in the run's result. What was begun earlier is finished first."
                .to_owned(),
            was: None,
            now: None,
            conflict,
            action: format!("{}/do?run={run}", plan::PATH),
            yes: "Do it",
            no: "Not now",
            grave: false,
            back: plan::PATH.to_owned(),
        }
    }

    /// Of a plan; what is asked and what follows comes from elsewhere.
    fn about(summary: &PlanSummary) -> Self {
        Self {
            title: "",
            of: summary.kind.title(),
            short: short(&summary.id.to_string()),
            state: Some(badge::plan(summary.state)),
            note: None,
            subject: None,
            words: String::new(),
            was: None,
            now: None,
            conflict: None,
            action: String::new(),
            yes: "",
            no: "Leave it",
            grave: false,
            back: String::new(),
        }
    }

    pub(super) fn of_undo(
        plan: &KeptPlan,
        step: &StepRecord,
        conflict: Option<String>,
        eyes: &Eyes<'_>,
    ) -> Self {
        let inverse = read::inverse(&plan.steps, step);
        let impossible = || match step.state {
            StepState::Done if step.wrote => "This cannot be undone: what was sent is sent.".to_owned(),
            StepState::Done => {
                "There is nothing to undo: it was so already, and nothing was written.".to_owned()
            }
            state => format!("There is nothing to undo: the step is {state}."),
        };
        Self {
            title: "Undo this step?",
            words: "What would be written now, as a plan of its own that the journal keeps like any other. It looks \
                    first: what somebody has changed since then is left alone where that can be told."
                .to_owned(),
            now: inverse.as_ref().map(EffectView::of),
            conflict: conflict.or_else(|| inverse.is_none().then(impossible)),
            yes: "Undo it",
            ..Self::of_step(plan, step, "undo", eyes)
        }
    }

    pub(super) fn of_again(
        plan: &KeptPlan,
        step: &StepRecord,
        conflict: Option<String>,
        eyes: &Eyes<'_>,
    ) -> Self {
        let words = match step.state {
            StepState::Doubtful => {
                "Nobody can tell whether it arrived: look there first. If it did, it will be there twice."
            }
            StepState::Skipped => {
                "It was not done because it was not needed, or because another step failed."
            }
            _ => "It certainly did not happen. It is tried again at once.",
        };
        let late = || format!("There is nothing to do again: the step is {}.", step.state);
        Self {
            title: "Do this step again?",
            words: words.to_owned(),
            conflict: conflict.or_else(|| (!act::may_be_again(step.state)).then(late)),
            yes: "Do it again",
            grave: step.state == StepState::Doubtful,
            ..Self::of_step(plan, step, "again", eyes)
        }
    }

    fn of_step(plan: &KeptPlan, step: &StepRecord, last: &str, eyes: &Eyes<'_>) -> Self {
        Self {
            subject: Some(SubjectView::of(&step.subject, eyes.settings)),
            was: Some(EffectView::of(&step.effect)),
            action: format!("{}/steps/{}/{last}", plan_href(step.place.plan), step.place.seq),
            back: step_href(&step.place),
            ..Self::about(&plan.summary)
        }
    }
}

fn late(summary: &PlanSummary, decision: PlanDecision) -> Option<String> {
    let waits = match decision {
        PlanDecision::Release => matches!(summary.state, PlanState::Held | PlanState::Rejected),
        PlanDecision::Reject => summary.state == PlanState::Held,
    };
    (!waits).then(|| act::decided(summary))
}

fn releasing(plan: &KeptPlan) -> String {
    let cards = plan.steps.iter().filter(|step| matches!(step.effect, Effect::CreateCard { .. })).count();
    let messages = plan.steps.iter().filter(|step| step.effect.is_delivery()).count();
    format!(
        "Exactly what it says is done, at once: {}, of them {} made and {} sent. Each step looks first, and leaves a \
         line in the journal.",
        count(plan.steps.len(), "step"),
        count(cards, "card"),
        count(messages, "message")
    )
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "pages/journal_confirm.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings = WebSettings::default();
        let eyes = samples::eyes(&settings);
        let mut pages = Vec::new();
        for plan in samples::kept()? {
            pages.push(Self::of_plan(&plan, PlanDecision::Release, None));
            pages.push(Self::of_plan(&plan, PlanDecision::Reject, Some(HOSTILE.to_owned())));
            for step in &plan.steps {
                pages.push(Self::of_undo(&plan, step, None, &eyes));
                pages.push(Self::of_again(&plan, step, None, &eyes));
            }
        }
        pages.push(Self::of_dry_run("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f", &samples::planned()?, None));
        Ok(pages)
    }
}
