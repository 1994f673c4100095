//! Made-up plans for the check of the templates: every effect, every state, hostile text everywhere.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use t5g_model::writing::{
    Assignee, CardDraft, CardRef, Effect, LeftOut, LetterCase, LetterDraft, LetterKind, Plan, PlanItem,
    PlanKind, Sprint, Subject, WhiteboardOf,
};
use t5g_store::ledger::{KeptPlan, PlanState, PlanSummary, StepPlace, StepRecord, StepState};

use super::Eyes;
use crate::samples::HOSTILE;
use crate::settings::WebSettings;
use crate::writing::read::Planned;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_780)
}

/// Somebody who may do everything.
pub(crate) fn eyes(settings: &WebSettings) -> Eyes<'_> {
    Eyes { now: now(), settings, may: PlanKind::ALL.iter().copied().collect(), operator: true }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, serde_json::Error> {
    text.parse().map_err(|_| serde::ser::Error::custom("a sample's name"))
}

fn text() -> String {
    HOSTILE.to_owned()
}

fn effects() -> Result<Vec<Effect>, serde_json::Error> {
    let (made, words) = (CardRef::Made, vec![text()]);
    let known = CardRef::Known(parsed("ABC-1")?);
    let person = Assignee { name: text(), account: text() };
    let case = LetterCase {
        case: parsed("01234567")?,
        account: text(),
        severity: text(),
        problem: text(),
        assignee: None,
        reopened: true,
    };
    let draft = CardDraft {
        project: text(),
        issue_type: text(),
        component: Some(text()),
        priority: None,
        labels: words.clone(),
        summary: text(),
        description: format!("{HOSTILE}\n{HOSTILE}"),
        tracking: Some((text(), text())),
        points: Some((text(), 3)),
        assignee: Some(person.clone()),
        nameless: None,
    };
    let sprint = Sprint { id: 7, name: text() };
    Ok(vec![
        Effect::AddWatcher { case: parsed("01234567")?, login: text() },
        Effect::CreateCard { case: parsed("01234567")?, draft: Box::new(draft) },
        Effect::EnterSprint { card: made.clone(), sprint },
        Effect::Transition { card: known.clone(), to: text(), unless: words.clone() },
        Effect::Comment { card: known.clone(), text: text() },
        Effect::SetLink { card: made.clone(), global_id: text(), url: text(), title: text() },
        Effect::SetPriority { card: known.clone(), from: Some(text()), to: text() },
        Effect::Assign { card: known, from: None, to: Some(person) },
        Effect::SetKeywords { issue: parsed("ABC-2")?, field: text(), add: words.clone(), remove: vec![] },
        Effect::SetWhiteboard { of: WhiteboardOf::Bug(7), add: words.clone(), remove: words.clone() },
        Effect::Mail {
            letter: LetterKind::NewCards { cases: vec![case.clone()] },
            to: words.clone(),
            subject: text(),
            draft: Some(LetterDraft { subject: text(), text: format!("{HOSTILE}\n{HOSTILE}") }),
        },
        Effect::Mail {
            letter: LetterKind::NewCards { cases: vec![case] },
            to: words,
            subject: text(),
            draft: None,
        },
        Effect::SlackPost { channel: text(), text: text(), card: Some(made.clone()) },
        Effect::SlackReply { channel: text(), text: text() },
        Effect::KeepCard { card: made },
    ])
}

/// A plan that is not kept.
pub(crate) fn plan() -> Result<Plan, serde_json::Error> {
    let subject = Subject::Case(parsed("01234567")?);
    let left = LeftOut { subject: subject.clone(), title: text(), reason: text() };
    let item = PlanItem { subject, title: text(), reason: text(), last: false, steps: effects()? };
    Ok(Plan { items: vec![item.clone(), item], left_out: vec![left], ..Plan::empty(PlanKind::Cards, 7) })
}

/// What a dry run gave.
pub(crate) fn planned() -> Result<Planned, serde_json::Error> {
    Ok(Planned { plan: plan()?, alarm: Some(plan()?), arguments: json!({ "seed": 7 }) })
}

/// Kept plans: in every state, with a step in every state.
pub(crate) fn kept() -> Result<Vec<KeptPlan>, serde_json::Error> {
    let steps = steps()?;
    let plan = plan()?;
    let summary = |state| {
        Ok(PlanSummary {
            id: parsed("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f")?,
            kind: PlanKind::Cards,
            state,
            made_at: now() - TimeDelta::hours(3),
            made_by: text(),
            run: Some("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f".to_owned()),
            seed: 7,
            held: Some(text()),
            left_out: plan.left_out.clone(),
            decided_by: Some(text()),
            decided_at: Some(now()),
            finished_at: Some(now()),
            steps: 14,
            ended: 3,
            trouble: 2,
        })
    };
    let kept = |state: &PlanState| Ok(KeptPlan { summary: summary(*state)?, steps: steps.clone() });
    PlanState::ALL.iter().map(kept).collect()
}

/// A step for each effect, in every state in turn.
pub(crate) fn steps() -> Result<Vec<StepRecord>, serde_json::Error> {
    let states = StepState::ALL.iter().cycle();
    let all = (1..).zip(effects()?).zip(states);
    all.map(|((seq, effect), state)| {
        Ok(StepRecord {
            place: StepPlace { plan: parsed("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f")?, seq },
            kind: PlanKind::Cards,
            plan_state: PlanState::Partial,
            item: 1 + seq / 8,
            last: false,
            subject: Subject::Case(parsed("01234567")?),
            title: text(),
            reason: text(),
            effect,
            state: *state,
            attempts: seq,
            wrote: seq % 2 == 0,
            begun_at: Some(now()),
            given_up_at: None,
            ended_at: state.is_final().then(now),
            run: Some(text()),
            before: json!({ HOSTILE: HOSTILE, "status": HOSTILE }),
            after: json!({ "key": "ABC-1", "words": [HOSTILE] }),
            error: Some(text()),
        })
    })
    .collect()
}
