//! An item of a plan: what it is about, why it is done so, its steps.

use serde::Serialize;
use t5g_model::writing::{Effect, Plan, PlanItem};
use t5g_store::ledger::{StepRecord, StepState};

use super::step::StepView;
use super::{Eyes, SubjectView};
use crate::settings::WebSettings;
use crate::view::badge::or_dash;
use crate::view::words::count;
use crate::writing::read;

/// The item.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ItemView {
    number: u32,
    subject: SubjectView,
    title: String,
    reason: String,
    /// Whose the new card will be.
    assignee: Option<String>,
    /// The card that it made.
    made: Option<(String, String)>,
    /// How it stands, in words.
    words: String,
    wrong: bool,
    steps: Vec<StepView>,
}

impl ItemView {
    /// The items of a plan that is not kept. Steps are numbered as they would be if it were.
    pub(crate) fn planned(plan: &Plan, settings: &WebSettings) -> Vec<Self> {
        let mut seq = 0;
        let mut item = |(number, item): (u32, &PlanItem)| {
            let mut step = |effect| {
                seq += 1;
                StepView::planned(seq, effect)
            };
            Self {
                number,
                subject: SubjectView::of(&item.subject, settings),
                title: or_dash(&item.title),
                reason: reason(&item.reason, item.steps.iter()),
                assignee: item.steps.iter().find_map(assignee),
                made: None,
                words: count(item.steps.len(), "step"),
                wrong: false,
                steps: item.steps.iter().map(&mut step).collect(),
            }
        };
        (1..).zip(&plan.items).map(&mut item).collect()
    }

    /// The items of a plan that is kept.
    pub(crate) fn kept(steps: &[StepRecord], eyes: &Eyes<'_>) -> Vec<Self> {
        steps
            .chunk_by(|one, next| one.item == next.item)
            .filter_map(|own| Self::of(own, steps, eyes))
            .collect()
    }

    fn of(own: &[StepRecord], steps: &[StepRecord], eyes: &Eyes<'_>) -> Option<Self> {
        let first = own.first()?;
        let wrong = |step: &&StepRecord| matches!(step.state, StepState::Failed | StepState::Doubtful);
        let ended = own.iter().filter(|step| step.state.is_final()).count();
        let made = read::made(steps, first.item).map(|key| (key.to_string(), format!("/card/{key}")));
        Some(Self {
            number: first.item,
            subject: SubjectView::of(&first.subject, eyes.settings),
            title: or_dash(&first.title),
            reason: reason(&first.reason, own.iter().map(|step| &step.effect)),
            assignee: own.iter().find_map(has_it),
            made,
            words: format!("{ended} of {} ended", count(own.len(), "step")),
            wrong: own.iter().any(|step| wrong(&step)),
            steps: own.iter().map(|step| StepView::of(step, steps, eyes)).collect(),
        })
    }
}

/// Who has the card that a step made, or will have it.
fn has_it(step: &StepRecord) -> Option<String> {
    let nobody = step.unassigned().map(|who| or_dash(&format!("Nobody: Jira does not take {}", who.name)));
    nobody.or_else(|| assignee(&step.effect))
}

/// Why it is done so, without the assignee's name before it: that stands beside it.
fn reason<'a>(words: &str, mut steps: impl Iterator<Item = &'a Effect>) -> String {
    let name = steps.find_map(|effect| match effect {
        Effect::CreateCard { draft, .. } => draft.assignee.as_ref().map(|who| who.name.as_str()),
        _ => None,
    });
    let bare = name.and_then(|name| words.strip_prefix(name)?.strip_prefix(": "));
    or_dash(bare.unwrap_or(words))
}

fn assignee(effect: &Effect) -> Option<String> {
    let Effect::CreateCard { draft, .. } = effect else { return None };
    Some(draft.assignee.as_ref().map_or_else(|| "Nobody".to_owned(), |who| or_dash(&who.name)))
}
