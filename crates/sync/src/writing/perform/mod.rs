//! Single effects: how it stands upstream, and how it is brought about. Looking comes before acting each time, so that
//! what is so already is not done twice.

mod create;
mod deliver;
mod issue;
mod keep;
mod made;
mod words;

use serde_json::{Value, json};
use t5g_model::names::CardKey;
use t5g_model::writing::{CardRef, Effect};
use t5g_store::ledger::{StepRecord, UNASSIGNED};

use super::execute::{Doer, Known};
use super::trouble::Trouble;
pub(super) use made::Made;

/// How an effect stands upstream.
#[derive(Debug)]
pub(super) enum Look {
    /// It is so already, with this to show for it.
    Already(Value),
    /// It is not so; this is what is there.
    ToDo(Value),
    /// It is not wanted any more.
    Skip(String),
}

/// Looks how it stands. Changes nothing.
pub(super) async fn look(doer: &Doer<'_>, step: &StepRecord, known: &Known) -> Result<Look, Trouble> {
    match &step.effect {
        Effect::AddWatcher { case, login } => watcher(doer, case.as_str(), login, true).await,
        Effect::RemoveWatcher { case, login } => watcher(doer, case.as_str(), login, false).await,
        Effect::CreateCard { case, draft } => create::look(doer, step, case, draft).await,
        Effect::KeepCard { card } => keep::look(doer, &key(card, known)?).await,
        Effect::SetKeywords { .. } | Effect::SetWhiteboard { .. } => words::look(doer, &step.effect).await,
        Effect::Mail { .. }
        | Effect::SlackPost { .. }
        | Effect::SlackReply { .. }
        | Effect::SlackFailures { .. } => deliver::look(doer, step).await,
        effect => match effect.card() {
            Some(card) => issue::look(doer, step, &key(card, known)?).await,
            None => Err(Trouble::Final("it names no card".to_owned())),
        },
    }
}

/// Learns what acting needs to know besides, and waits for what it has to wait for: once a step is begun, it is done at
/// once.
pub(super) async fn prepare(doer: &Doer<'_>, effect: &Effect, known: &Known) -> Result<(), Trouble> {
    match effect {
        Effect::CreateCard { .. } | Effect::Assign { .. } | Effect::SetKeywords { .. } => {
            doer.fields().await.map(drop)
        }
        Effect::SlackPost { channel, .. } | Effect::SlackFailures { channel } => {
            deliver::turn(doer, channel).await;
            Ok(())
        }
        Effect::SlackReply { .. } => {
            if let Some((channel, _)) = &known.posted {
                deliver::turn(doer, channel).await;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Brings it about; what there is to show for it.
pub(super) async fn act(doer: &Doer<'_>, step: &StepRecord, known: &Known) -> Result<Value, Trouble> {
    let portal = &doer.ctx.portal;
    match &step.effect {
        Effect::AddWatcher { case, login } => {
            portal.add_watchers(case.as_str(), std::slice::from_ref(login)).await?;
            Ok(json!({ "watches": true }))
        }
        Effect::RemoveWatcher { case, login } => {
            portal.remove_watcher(case.as_str(), login).await?;
            Ok(json!({ "watches": false }))
        }
        Effect::CreateCard { draft, .. } => create::act(doer, draft).await,
        Effect::KeepCard { card } => keep::act(doer, &key(card, known)?).await,
        Effect::SetKeywords { .. } | Effect::SetWhiteboard { .. } => {
            words::act(doer, &step.effect, &step.before).await
        }
        Effect::Mail { .. }
        | Effect::SlackPost { .. }
        | Effect::SlackReply { .. }
        | Effect::SlackFailures { .. } => deliver::act(doer, step, known).await,
        effect => match effect.card() {
            Some(card) => issue::act(doer, step, &key(card, known)?).await,
            None => Err(Trouble::Final("it names no card".to_owned())),
        },
    }
}

/// What of it was done otherwise than planned, in words.
pub(super) fn remark(after: &Value) -> Option<String> {
    unassigned(after).or_else(|| deliver::remark(after))
}

/// What of it is still to be done.
pub(super) fn further(effect: &Effect, after: &Value) -> Option<Effect> {
    deliver::further(effect, after)
}

fn unassigned(after: &Value) -> Option<String> {
    let who = after.get(UNASSIGNED)?.get("name")?.as_str()?;
    let why = after.get("why").and_then(Value::as_str).unwrap_or("nobody has it");
    Some(format!("the card has nobody, since it was made without {who}: {why}"))
}

async fn watcher(doer: &Doer<'_>, case: &str, login: &str, wanted: bool) -> Result<Look, Trouble> {
    let watchers = doer.ctx.portal.watchers(case).await?;
    let watches = watchers.iter().any(|watcher| watcher.login.eq_ignore_ascii_case(login));
    let told = json!({ "watches": watches });
    Ok(if watches == wanted { Look::Already(told) } else { Look::ToDo(told) })
}

/// The card that a step is about.
fn key(card: &CardRef, known: &Known) -> Result<CardKey, Trouble> {
    let made =
        || known.made.clone().ok_or_else(|| Trouble::Final("the card that it needs was not made".into()));
    match card {
        CardRef::Known(key) => Ok(key.clone()),
        CardRef::Made => made(),
    }
}
