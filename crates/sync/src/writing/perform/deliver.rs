//! Messages to people. Their words are made here, from the step and from what became of its plan. A message that was
//! begun is never sent again: `execute` sees to that.

use serde_json::{Value, json};
use t5g_clients::mail::Letter;
use t5g_model::names::CardKey;
use t5g_model::writing::{CardRef, Effect, LetterCase, LetterKind, Subject};
use t5g_store::ledger::{StepRecord, StepState};

use super::Look;
use crate::notify::{self, Content, MessageIds, Place};
use crate::write_rules::WriteRules;
use crate::writing::execute::{Doer, Known};
use crate::writing::letters::{self, CaseCard};
use crate::writing::trouble::Trouble;

/// Whether there is anything to tell; nobody can look whether it was told.
pub(super) async fn look(doer: &Doer<'_>, step: &StepRecord) -> Result<Look, Trouble> {
    let nothing = match &step.effect {
        Effect::SlackFailures { .. } => {
            let steps = doer.ctx.ledger.steps_of(step.place.plan).await?;
            failures(&steps).is_empty() && without_assignee(&steps).is_empty()
        }
        Effect::Mail { letter: LetterKind::NewCards { cases }, .. } => {
            made(step, cases, &doer.ctx.ledger.steps_of(step.place.plan).await?).is_empty()
        }
        _ => false,
    };
    Ok(if nothing { Look::Skip("there is nothing to tell".to_owned()) } else { Look::ToDo(Value::Null) })
}

pub(super) async fn act(doer: &Doer<'_>, step: &StepRecord, known: &Known) -> Result<Value, Trouble> {
    match &step.effect {
        Effect::Mail { letter, to, subject, .. } => mail(doer, step, letter, to, subject).await,
        Effect::SlackPost { channel, text, card } => {
            let key = match card {
                Some(CardRef::Known(key)) => Some(key.clone()),
                Some(CardRef::Made) => known.made.clone(),
                None => None,
            };
            let link = key.map(|key| {
                notify::card_line(key.as_str(), doer.ctx.writing.card_link(key.as_str()).as_deref())
            });
            // Of whom no account is known was known when the text was planned, which says so.
            let refused = known.unassigned.as_ref().filter(|who| !who.account.is_empty());
            let nobody = refused.map(|who| notify::nobody_line(&who.name));
            let more = [link, nobody].map(Option::unwrap_or_default).concat();
            slack(doer, channel, &format!("{text}{more}"), None).await
        }
        Effect::SlackReply { text, .. } => {
            let (channel, thread) = known
                .posted
                .as_ref()
                .ok_or_else(|| Trouble::Final("the message that it answers has no name".to_owned()))?;
            slack(doer, channel, text, Some(thread)).await
        }
        Effect::SlackFailures { channel } => {
            let steps = doer.ctx.ledger.steps_of(step.place.plan).await?;
            let text = [notify::failures(&failures(&steps)), notify::unassigned(&without_assignee(&steps))];
            let text = text.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
            slack(doer, channel, &text, None).await
        }
        other => Err(Trouble::Final(format!("this is no message: {}", other.title()))),
    }
}

/// Waits until the channel may have its next message. A message that is begun is never sent again, so none is begun while
/// it only waits: a run that is stopped then would have lost it.
pub(super) async fn turn(doer: &Doer<'_>, channel: &str) {
    if let Some(slack) = &doer.ctx.slack {
        slack.turn(channel).await;
    }
}

async fn slack(doer: &Doer<'_>, channel: &str, text: &str, thread: Option<&str>) -> Result<Value, Trouble> {
    let slack = doer.ctx.slack.as_ref();
    let slack = slack.ok_or_else(|| Trouble::Final("Slack is not configured; set slack_token".to_owned()))?;
    let posted = slack.post(channel, text, thread).await?;
    Ok(json!({ "channel": posted.channel, "ts": posted.ts }))
}

async fn mail(
    doer: &Doer<'_>,
    step: &StepRecord,
    letter: &LetterKind,
    to: &[String],
    subject: &str,
) -> Result<Value, Trouble> {
    let mail = doer.ctx.mail.as_ref();
    let mail = mail.ok_or_else(|| {
        Trouble::Final("mail is not configured; set smtp_server and source_email".to_owned())
    })?;
    let steps = doer.ctx.ledger.steps_of(step.place.plan).await?;
    let ids = MessageIds::of_sender(mail.sender());
    let rules = &doer.ctx.writing;
    let (content, cases) = match letter {
        LetterKind::NewCards { cases } => {
            let cards = made(step, cases, &steps);
            let told: Vec<_> = cards.iter().map(|card| card.case.case.clone()).collect();
            (letters::new_cards(rules, subject, cards), told)
        }
        LetterKind::ManyNewCases { cases, limit } => {
            (letters::many_new_cases(rules, cases, *limit), Vec::new())
        }
        LetterKind::Tagged { left_out } => (tagged(rules, &steps, left_out), Vec::new()),
    };
    let plan = step.place.plan.to_string();
    let letter = Letter {
        message_id: ids.of_letter(Place { plan: &plan, step: step.place.seq.into() }),
        in_reply_to: None,
        references: ids.of_cases(&cases),
        to: to.to_vec(),
        subject: content.subject,
        text: content.text,
        html: Some(content.html),
    };
    let delivered = mail.send(&letter).await?;
    let refused: Vec<Value> = delivered
        .refused
        .iter()
        .map(|one| json!({ "address": one.address, "reason": one.reason, "passing": one.passing }))
        .collect();
    let (id, accepted) = (&letter.message_id, delivered.accepted);
    Ok(json!({ "message_id": id, "accepted": accepted, "refused": refused, "cases": cases }))
}

/// Whom a letter that was sent did not reach, and why.
pub(super) fn remark(after: &Value) -> Option<String> {
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
    let told = |one: &Value| {
        let again = if is_passing(one) { "; it is sent to them later" } else { "" };
        format!("{} ({}{again})", text(one, "address"), text(one, "reason"))
    };
    let refused: Vec<String> = after.get("refused")?.as_array()?.iter().map(told).collect();
    (!refused.is_empty()).then(|| format!("the letter was not taken for {}", refused.join(", ")))
}

/// The same letter to those for whom the mail server did not take it for now.
pub(super) fn further(effect: &Effect, after: &Value) -> Option<Effect> {
    let Effect::Mail { letter, subject, draft, .. } = effect else { return None };
    let refused = after.get("refused")?.as_array()?.iter().filter(|one| is_passing(one));
    let to: Vec<String> = refused.filter_map(|one| Some(one.get("address")?.as_str()?.to_owned())).collect();
    // Of what the others were not told they are not told either: another letter may tell all of them.
    let told: Vec<&str> = after.get("cases")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let letter = match letter {
        LetterKind::NewCards { cases } => {
            let cases = cases.iter().filter(|one| told.contains(&one.case.as_str())).cloned().collect();
            LetterKind::NewCards { cases }
        }
        other => other.clone(),
    };
    (!to.is_empty()).then(|| Effect::Mail { letter, to, subject: subject.clone(), draft: draft.clone() })
}

fn is_passing(refused: &Value) -> bool {
    refused.get("passing").and_then(Value::as_bool).unwrap_or(false)
}

/// The cards that the plan made or opened again, but those of which another letter told the same people.
fn made<'a>(letter: &StepRecord, cases: &'a [LetterCase], steps: &[StepRecord]) -> Vec<CaseCard<'a>> {
    let to = |step: &StepRecord| match &step.effect {
        Effect::Mail { to, .. } => Some(to.clone()),
        _ => None,
    };
    let others = steps.iter().filter(|one| one.state == StepState::Done && to(one) == to(letter));
    let told = others.filter_map(|one| one.after.get("cases")?.as_array());
    let told: Vec<&str> = told.flatten().filter_map(Value::as_str).collect();
    let made = |case: &'a LetterCase| {
        let about =
            |step: &&StepRecord| matches!(&step.subject, Subject::Case(number) if *number == case.case);
        let mut done = steps.iter().filter(about).filter(|step| step.state == StepState::Done);
        // One that is opened again is in the sprint before it is open.
        let tells = |step: &&StepRecord| !case.reopened || matches!(step.effect, Effect::Transition { .. });
        let key = done.clone().filter(tells).find_map(card)?;
        let refused = done.find_map(StepRecord::unassigned);
        Some(CaseCard { case, key: Some(key), refused })
    };
    cases.iter().filter(|case| !told.contains(&case.case.as_str())).filter_map(made).collect()
}

/// The card of a step that was done.
fn card(step: &StepRecord) -> Option<CardKey> {
    match (&step.effect, step.effect.card()) {
        (Effect::CreateCard { .. }, _) if step.by_plan().is_none() => {
            step.after.get("key")?.as_str()?.parse().ok()
        }
        (Effect::SlackPost { .. } | Effect::KeepCard { .. }, _) => None,
        (_, Some(CardRef::Known(key))) => Some(key.clone()),
        _ => None,
    }
}

/// What failed of a plan: the step and why.
fn failures(steps: &[StepRecord]) -> Vec<(String, String)> {
    let failed = |step: &&StepRecord| {
        matches!(step.state, StepState::Failed | StepState::Doubtful) && !step.effect.is_delivery()
    };
    let line = |step: &StepRecord| {
        let why = step.error.as_deref().unwrap_or("no reason is known");
        (format!("{} ({})", step.subject, step.title), format!("{}: {why}", step.effect.title()))
    };
    steps.iter().filter(failed).map(line).collect()
}

/// Cards that were made without their assignee, and why.
fn without_assignee(steps: &[StepRecord]) -> Vec<(String, String)> {
    let without = steps.iter().filter(|step| step.state == StepState::Done && step.unassigned().is_some());
    let line = |step: &StepRecord| {
        (format!("{} ({})", step.subject, step.title), step.error.clone().unwrap_or_default())
    };
    without.map(line).collect()
}

fn tagged(rules: &WriteRules, steps: &[StepRecord], left_out: &[(String, String)]) -> Content {
    let failed = |step: &StepRecord| step.state != StepState::Done;
    let steps = steps.iter().map(|step| {
        let why = step.error.as_deref().unwrap_or_default();
        (&step.subject, &step.effect, failed(step).then_some(why))
    });
    letters::tags(rules, left_out, steps)
}
