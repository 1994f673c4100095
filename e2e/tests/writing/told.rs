//! What people were told, held against the journal step by step: each message that was sent is the one of a step that says
//! so, and each that is missing is the one of a step that is called doubtful, or of an answer that had nothing to answer.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::stage::Stage;

/// The most steps that one answer of the journal holds; a stage stays below.
const MOST: usize = 500;

/// What became of the messages.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Steps that nobody can tell of.
    pub(crate) doubtful: usize,
    /// Messages of these that never came.
    pub(crate) missing: usize,
}

/// A message of Slack's or a letter, and whether a step has been found for it.
struct Arrived<'a> {
    message: &'a Value,
    claimed: bool,
}

/// Everything that was sent on this stage, against everything that its journal says of it.
pub(crate) async fn verify(stage: &Stage, new: &BTreeSet<String>) -> Result<Told> {
    let listed = stage.command(&["journal", "list", "--deliveries", "--json", "--rows", "500"]).await?;
    let mut steps: Vec<Value> = serde_json::from_str(&listed)?;
    ensure!(steps.len() < MOST, "more messages than one answer holds");
    // First what says exactly which message it sent; what is in doubt can only be one of the others; and what was left
    // out may be none of the rest.
    steps.sort_by_key(|step| match step["state"].as_str() {
        Some("done") => 0,
        Some("doubtful") => 1,
        _ => 2,
    });
    let (messages, mail) = (stage.world.ask("messages").await?, stage.world.ask("mail").await?);
    let arrived = |list: &'_ Value| list.as_array().cloned().unwrap_or_default();
    let (messages, letters) = (arrived(&messages), arrived(&mail["letters"]));
    ensure!(mail["total"] == letters.len(), "letters were forgotten");
    let told = compare(&steps, &messages, &letters)?;
    for case in new {
        let about = format!("case {case}");
        for what in ["slack_post", "slack_reply"] {
            let of = steps.iter().filter(|step| step["about"] == about && step["effect"]["do"] == what);
            ensure!(of.count() == 1, "{what} of {about} is not exactly one step");
        }
        let letters = steps.iter().filter(|step| {
            let cases = step["effect"]["letter"]["cases"].as_array();
            cases.into_iter().flatten().any(|one| one["case"] == *case)
        });
        ensure!(letters.count() == 1, "{about} is not in exactly one letter");
    }
    Ok(told)
}

fn compare(steps: &[Value], messages: &[Value], letters: &[Value]) -> Result<Told> {
    let fresh = |message| Arrived { message, claimed: false };
    let mut slack: Vec<Arrived<'_>> = messages.iter().map(fresh).collect();
    let mut mail: Vec<Arrived<'_>> = letters.iter().map(fresh).collect();
    let mut told = Told::default();
    let posts = steps.iter().filter(|step| step["effect"]["do"] == "slack_post");
    let posts: BTreeMap<(String, u64), &Value> = posts.map(|step| (place_of_item(step), step)).collect();
    for step in steps {
        let post = posts.get(&place_of_item(step)).copied().unwrap_or(&Value::Null);
        let found = match step["service"].as_str() {
            Some("slack") => claim(&mut slack, |message| is_message(step, post, message)),
            Some("mail") => claim(&mut mail, |letter| is_letter(step, letter)),
            other => bail!("{other:?} tells nobody anything"),
        };
        match (step["state"].as_str().unwrap_or_default(), found) {
            ("done", 1) => {}
            ("doubtful", 0 | 1) => {
                told.doubtful += 1;
                told.missing += 1 - found;
            }
            // A mail server that says no at the end has not taken the letter, as the protocol has it, whatever it does
            // with it; nobody sends it again by himself. One that was refused and did not come is no such lie.
            ("failed", 1) if step["service"] == "mail" => {}
            ("skipped", 0) => told.missing += left_out(step, post)?,
            (state, found) => bail!("{state}, and it arrived {found} times: {step:#}"),
        }
    }
    if let Some(one) = slack.iter().chain(&mail).find(|one| !one.claimed) {
        bail!("no step says that it sent this, or two sent it: {:#}", one.message);
    }
    Ok(told)
}

fn place_of_item(step: &Value) -> (String, u64) {
    (step["plan"].as_str().unwrap_or_default().to_owned(), step["item"].as_u64().unwrap_or_default())
}

/// A message that was left out: one without what it needs, or one that had nothing to tell. How many people miss.
fn left_out(step: &Value, post: &Value) -> Result<usize> {
    let why = step["error"].as_str().unwrap_or_default();
    match (step["effect"]["do"].as_str(), post["state"].as_str()) {
        (Some("slack_reply"), Some("doubtful")) => Ok(1),
        // Of a card that failed nobody is told in this way.
        (Some("slack_reply"), Some("skipped")) => Ok(0),
        (Some("slack_post"), _) if why.starts_with("it needs the step \"make the card") => Ok(0),
        (Some("slack_failures" | "mail"), _) if why == "there is nothing to tell" => Ok(0),
        _ => bail!("it was left out: {step:#}"),
    }
}

/// How many of what arrived is this step's; all of it is claimed.
fn claim(arrived: &mut [Arrived<'_>], is: impl Fn(&Value) -> bool) -> usize {
    let mut found = 0;
    for one in arrived.iter_mut().filter(|one| !one.claimed && is(one.message)) {
        one.claimed = true;
        found += 1;
    }
    found
}

/// One that was answered for has a name; for others the channel, the text and the thread have to do.
fn is_message(step: &Value, post: &Value, message: &Value) -> bool {
    let effect = &step["effect"];
    let text = message["text"].as_str().unwrap_or_default();
    let planned = effect["text"].as_str().unwrap_or_default();
    let answer = effect["do"] == "slack_reply";
    if message["channel"] != effect["channel"] || message["thread_ts"].is_string() != answer {
        return false;
    }
    if step["state"] == "done" {
        return message["ts"] == step["after"]["ts"] && text.starts_with(planned);
    }
    match effect["do"].as_str() {
        Some("slack_failures") => text.contains("failed:") || text.contains("made without"),
        // Below the text stands the card.
        Some("slack_post") => text.strip_prefix(planned).is_some_and(|rest| rest.starts_with("\nCard:")),
        _ => text == planned && message["thread_ts"] == post["after"]["ts"],
    }
}

/// A letter's name is made of its plan and step.
fn is_letter(step: &Value, letter: &Value) -> bool {
    let named =
        |header: &&Value| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("message-id"));
    let id = letter["headers"].as_array().and_then(|all| all.iter().find(named));
    let id = id.and_then(|header| header[1].as_str()).unwrap_or_default().trim();
    let planned = format!("<plan-{}.{}@", step["plan"].as_str().unwrap_or_default(), step["seq"]);
    id.starts_with(&planned) && (step["state"] != "done" || step["after"]["message_id"] == id)
}

impl Stage {
    /// What people were told, exactly; how many steps are in doubt, and how many messages never came.
    pub(crate) async fn verify_told(&self, new: &BTreeSet<String>) -> Result<Told> {
        verify(self, new).await.context("what people were told is not what the journal says")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(what: &str, item: u64, state: &str, ts: &str) -> Value {
        let effect = json!({ "do": what, "channel": "C1", "text": format!("text of {item}") });
        json!({ "plan": "p", "seq": 10 * item, "item": item, "about": "case 1", "service": "slack", "state": state,
            "effect": effect, "after": { "channel": "C1", "ts": ts } })
    }

    fn message(item: u64, ts: &str, thread: Option<&str>) -> Value {
        let card = if thread.is_none() { "\nCard: A-1" } else { "" };
        let mut message = json!({ "channel": "C1", "text": format!("text of {item}{card}"), "ts": ts });
        if let Some(thread) = thread {
            message["thread_ts"] = json!(thread);
        }
        message
    }

    #[test]
    fn only_the_message_of_a_doubtful_step_may_be_missing() {
        let steps = [step("slack_post", 1, "done", "1.0"), step("slack_post", 2, "doubtful", "")];
        let both = [message(1, "1.0", None), message(2, "2.0", None)];
        assert_eq!(compare(&steps, &both, &[]).unwrap(), Told { doubtful: 1, missing: 0 });
        assert_eq!(compare(&steps, &both[..1], &[]).unwrap(), Told { doubtful: 1, missing: 1 });
        assert!(compare(&steps, &both[1..], &[]).is_err(), "the other one's may not");
        let twice = [message(1, "1.0", None), message(2, "2.0", None), message(2, "3.0", None)];
        assert!(compare(&steps, &twice, &[]).is_err(), "sent twice");
        assert!(compare(&steps[..1], &both, &[]).is_err(), "nobody's");
    }

    #[test]
    fn an_answer_is_missing_only_if_its_message_is_in_doubt() {
        let answer = step("slack_reply", 1, "skipped", "");
        let doubtful = [step("slack_post", 1, "doubtful", ""), answer.clone()];
        assert_eq!(compare(&doubtful, &[], &[]).unwrap(), Told { doubtful: 1, missing: 2 });
        let done = [step("slack_post", 1, "done", "1.0"), answer];
        assert!(compare(&done, &[message(1, "1.0", None)], &[]).is_err());
        let both = [step("slack_post", 1, "done", "1.0"), step("slack_reply", 1, "doubtful", "")];
        let sent = [message(1, "1.0", None), message(1, "1.1", Some("1.0"))];
        assert_eq!(compare(&both, &sent, &[]).unwrap(), Told { doubtful: 1, missing: 0 });
    }

    #[test]
    fn letters_are_told_apart_by_their_names() {
        let step = |state: &str| {
            json!({ "plan": "p", "seq": 7, "item": 1, "service": "mail", "state": state,
                "effect": { "do": "mail" }, "after": { "message_id": "<plan-p.7@x>" } })
        };
        let letter = |id: &str| json!({ "headers": [["Message-ID", id]] });
        assert!(compare(&[step("done")], &[], &[letter("<plan-p.7@x>")]).is_ok());
        assert!(compare(&[step("done")], &[], &[letter("<plan-p.70@x>")]).is_err());
        assert!(compare(&[step("done")], &[], &[]).is_err());
        assert!(compare(&[step("doubtful")], &[], &[]).is_ok());
        assert!(compare(&[step("done")], &[], &[letter("<plan-p.7@x>"), letter("<plan-p.7@x>")]).is_err());
    }
}
