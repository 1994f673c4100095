//! What is done again when a person wants a step done again: it, what was skipped because of it, and the letter that
//! left its card out. Which steps these are is found purely; who wants it is written down in `plans`.

use t5g_model::writing::{Effect, LetterCase, LetterKind, Subject};

use super::row::{STEP, step};
use super::{StepPlace, StepRecord, StepState, plans};
use crate::StoreError;
use crate::ledger::{OwnSql, Tx};

/// What is done again.
pub(super) struct Again<'a> {
    /// Steps that are opened again, the wanted one first.
    steps: Vec<&'a StepRecord>,
    /// The letter after which another one follows, and that one.
    further: Option<(&'a StepRecord, Effect)>,
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
            StepState::Begun | StepState::Done | StepState::Doubtful => {
                // Whatever it told, a card that is made now was not there then.
                let made = matches!(first.effect, Effect::CreateCard { .. });
                let left_out = told(letter, case).map_or(made, |told| !told);
                further = only(&letter.effect, case).filter(|_| left_out).map(|effect| (letter, effect));
            }
        }
    }
    Some(Again { steps: opened, further })
}

/// The last letter that is to tell of the card that this step makes or opens again, and of what case.
fn letter_of<'a>(steps: &'a [StepRecord], made: &StepRecord) -> Option<(&'a StepRecord, &'a LetterCase)> {
    let Subject::Case(number) = &made.subject else { return None };
    let reopens = match made.effect {
        Effect::CreateCard { .. } => false,
        Effect::Transition { .. } => true,
        _ => return None,
    };
    let told = |case: &&LetterCase| case.case == *number && case.reopened == reopens;
    steps.iter().rev().find_map(|step| match &step.effect {
        Effect::Mail { letter: LetterKind::NewCards { cases }, .. } => Some((step, cases.iter().find(told)?)),
        _ => None,
    })
}

/// Whether a letter told of a case; `None`: it does not say of what it told.
fn told(letter: &StepRecord, case: &LetterCase) -> Option<bool> {
    let cases = letter.after.get("cases")?.as_array()?;
    Some(cases.iter().any(|one| one.as_str() == Some(case.case.as_str())))
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
pub(super) async fn open(tx: &mut Tx, wanted: &StepPlace, again: &Again<'_>) -> Result<Vec<i64>, StoreError> {
    let open = "UPDATE write_steps SET state = $3, begun_at = CASE WHEN $3 = 'begun' THEN begun_at END, \
                given_up_at = CASE WHEN $3 = 'begun' THEN given_up_at END, ended_at = NULL, attempts = 0 \
                WHERE plan_id = $1 AND seq = $2";
    let plan = wanted.plan.to_string();
    let mut with = Vec::new();
    for step in &again.steps {
        // Whether these happened shows only against what was there before: they are looked for from where they began.
        let sought = matches!(step.effect, Effect::CreateCard { .. } | Effect::Comment { .. });
        let begun = sought && step.state == StepState::Doubtful;
        let state = if begun { StepState::Begun } else { StepState::Planned };
        tx.execute(open, &[(&plan).into(), i64::from(step.place.seq).into(), state.as_str().into()]).await?;
        with.push(i64::from(step.place.seq));
    }
    if let Some((letter, effect)) = &again.further {
        with.push(plans::keep_further(tx, letter, effect).await?);
    }
    with.retain(|seq| *seq != i64::from(wanted.seq));
    Ok(with)
}
