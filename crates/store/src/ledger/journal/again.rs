//! What is done again when a person wants a step done again: it, what was skipped because of it, and the letter that
//! left its card out. Which steps these are is found purely; who wants it is written down in `plans`.

use t5g_model::writing::{Effect, LetterCase, LetterKind, Subject};

use super::row::{STEP, step};
use super::{StepPlace, StepRecord, StepState, plans};
use crate::StoreError;
use crate::ledger::{OwnSql, Tx, insert};

/// What is done again.
pub(super) struct Again<'a> {
    /// Steps that are opened again, the wanted one first.
    steps: Vec<&'a StepRecord>,
    /// The letter after which another one follows, and that one.
    further: Option<(&'a StepRecord, Effect)>,
    /// The number of the plan's last step that was looked at.
    last: u32,
}

/// The steps that have to be known: those of its item, and the items that wait for all others.
pub(super) async fn steps(tx: &mut Tx, wanted: &StepPlace) -> Result<Vec<StepRecord>, StoreError> {
    let sql = format!(
        "SELECT {STEP} FROM write_steps s JOIN write_plans p ON p.id = s.plan_id WHERE s.plan_id = $1 AND (s.last = 1 \
         OR s.item = (SELECT item FROM write_steps WHERE plan_id = $1 AND seq = $2)) ORDER BY s.seq"
    );
    let args = [(&wanted.plan.to_string()).into(), i64::from(wanted.seq).into()];
    tx.fetch(OwnSql(sql), &args).await?.iter().map(step).collect()
}

/// What is done again with that step; `None`: it has not ended so that it could be.
pub(super) fn of<'a>(steps: &'a [StepRecord], wanted: &StepPlace) -> Option<Again<'a>> {
    let again = |step: &&StepRecord| {
        step.place == *wanted
            && matches!(step.state, StepState::Failed | StepState::Doubtful | StepState::Skipped)
    };
    let first = steps.iter().find(again)?;
    let mut opened = vec![first];
    let item: Vec<StepRecord> = steps.iter().filter(|step| step.item == first.item).cloned().collect();
    for later in steps.iter().filter(|step| step.item == first.item && step.place.seq > wanted.seq) {
        // It could only be skipped because of the one that it builds on: that one was not done.
        let before = item.split(|step| step.place == later.place).next().unwrap_or_default();
        let needed = later.needed(before).flatten();
        let with = needed.is_some_and(|needed| opened.iter().any(|step| step.place == needed.place));
        if later.state == StepState::Skipped && with {
            opened.push(later);
        }
    }
    let mut further = None;
    if let Some((letter, case)) = letter_of(steps, first) {
        match letter.state {
            // It will tell of the card, or tells of none.
            StepState::Planned | StepState::Failed => {}
            StepState::Skipped => opened.push(letter),
            // Whatever it told, this card was not there then.
            StepState::Begun | StepState::Done | StepState::Doubtful => {
                further = only(&letter.effect, case).map(|effect| (letter, effect));
            }
        }
    }
    let last = steps.iter().map(|step| step.place.seq).max().unwrap_or(wanted.seq);
    Some(Again { steps: opened, further, last })
}

/// The last letter that is to tell of the card that this step makes, and of what case.
fn letter_of<'a>(steps: &'a [StepRecord], made: &StepRecord) -> Option<(&'a StepRecord, &'a LetterCase)> {
    let (Effect::CreateCard { .. }, Subject::Case(number)) = (&made.effect, &made.subject) else {
        return None;
    };
    steps.iter().rev().find_map(|step| match &step.effect {
        Effect::Mail { letter: LetterKind::NewCards { cases }, .. } => {
            Some((step, cases.iter().find(|case| case.case == *number)?))
        }
        _ => None,
    })
}

/// The same letter about that case alone.
fn only(letter: &Effect, case: &LetterCase) -> Option<Effect> {
    let Effect::Mail { to, subject, .. } = letter else { return None };
    Some(Effect::Mail {
        letter: LetterKind::NewCards { cases: vec![case.clone()] },
        to: to.clone(),
        subject: subject.clone(),
        draft: None,
    })
}

/// Opens them; the numbers of those that are done again with the wanted one.
pub(super) async fn open(tx: &mut Tx, wanted: &StepPlace, again: &Again<'_>) -> Result<Vec<u32>, StoreError> {
    // What may have happened and can be looked at stays begun: it is looked for from where it was begun.
    let open = "UPDATE write_steps SET \
                begun_at = CASE WHEN state = 'doubtful' AND delivery = 0 THEN begun_at END, \
                given_up_at = CASE WHEN state = 'doubtful' AND delivery = 0 THEN given_up_at END, \
                state = CASE WHEN state = 'doubtful' AND delivery = 0 THEN 'begun' ELSE 'planned' END, \
                ended_at = NULL, attempts = 0 WHERE plan_id = $1 AND seq = $2";
    let plan = wanted.plan.to_string();
    let mut with = Vec::new();
    for step in &again.steps {
        tx.execute(open, &[(&plan).into(), i64::from(step.place.seq).into()]).await?;
        with.push(step.place.seq);
    }
    if let Some((letter, effect)) = &again.further {
        let seq = again.last.saturating_add(1);
        let row = [
            (&plan).into(),
            i64::from(seq).into(),
            i64::from(letter.item).into(),
            letter.last.into(),
            (&letter.subject.word()).into(),
            (&letter.title).into(),
            (&letter.reason).into(),
            (&effect.to_json().to_string()).into(),
            effect.service().as_str().into(),
            effect.is_delivery().into(),
            StepState::Planned.as_str().into(),
        ];
        insert(tx, plans::STEPS, vec![row], "").await?;
        with.push(seq);
    }
    with.retain(|seq| *seq != wanted.seq);
    Ok(with)
}
