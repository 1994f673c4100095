//! Words in private keywords (a list) and in internal whiteboards (one text, divided by blanks). What is there stays,
//! in its order; nothing is added twice.

use serde_json::{Map, Value, json};
use t5g_model::writing::{Effect, WhiteboardOf};

use super::Look;
use crate::writing::execute::Doer;
use crate::writing::trouble::Trouble;

pub(super) async fn look(doer: &Doer<'_>, effect: &Effect) -> Result<Look, Trouble> {
    let (text, words) = there(doer, effect).await?;
    let told = json!({ "words": words, "text": text });
    Ok(if wanted(effect, &words) == words { Look::Already(told) } else { Look::ToDo(told) })
}

/// What others add or take meanwhile stays so: single words are changed where that can be done, and a text is read once
/// more right before it is written as a whole.
pub(super) async fn act(doer: &Doer<'_>, effect: &Effect, before: &Value) -> Result<Value, Trouble> {
    let known: Vec<String> =
        before.get("words").and_then(|words| serde_json::from_value(words.clone()).ok()).unwrap_or_default();
    let mut will = wanted(effect, &known);
    match effect {
        Effect::SetKeywords { issue, field, add, remove } => {
            let choices = doer.fields().await?.keywords_are_choices;
            let form = |word: &String| if choices { json!({ "value": word }) } else { json!(word) };
            let (add, remove): (Vec<Value>, Vec<Value>) =
                (add.iter().map(form).collect(), remove.iter().map(form).collect());
            doer.ctx.jira.change_list(issue.as_str(), field, &add, &remove).await?;
        }
        Effect::SetWhiteboard { of, .. } => {
            let (was, words) = there(doer, effect).await?;
            will = wanted(effect, &words);
            let text = retold(&was, effect);
            match of {
                WhiteboardOf::Bug(bug) => {
                    let bugzilla = doer.ctx.bugzilla.as_ref();
                    let bugzilla =
                        bugzilla.ok_or_else(|| Trouble::Final("Bugzilla is not configured".into()))?;
                    if !bugzilla.update_bug(*bug, &text).await?.changed {
                        heeded(doer, effect).await?;
                    }
                }
                WhiteboardOf::Issue { key, field } => {
                    let fields = Map::from_iter([(field.clone(), json!(text))]);
                    doer.ctx.jira.update_fields(key.as_str(), &fields).await?;
                }
            }
        }
        other => return Err(Trouble::Final(format!("this has no words: {}", other.title()))),
    }
    Ok(json!({ "words": will }))
}

/// Bugzilla says of no change: somebody else made the same one at that moment, or it has no such field, and says nothing
/// of fields that it does not know.
async fn heeded(doer: &Doer<'_>, effect: &Effect) -> Result<(), Trouble> {
    let (_, words) = there(doer, effect).await?;
    if wanted(effect, &words) == words {
        return Ok(());
    }
    Err(Trouble::Final("Bugzilla took the change and changed nothing: it has no such field".to_owned()))
}

/// What stands there: as it is, and by words.
async fn there(doer: &Doer<'_>, effect: &Effect) -> Result<(String, Vec<String>), Trouble> {
    let split = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    match effect {
        Effect::SetKeywords { issue, field, .. } => {
            let found = doer.ctx.jira.fresh_issue(issue.as_str(), std::slice::from_ref(field)).await?;
            let found = found.ok_or_else(|| gone(issue.as_str()))?;
            let words: Vec<String> =
                found.names(field).unwrap_or_default().into_iter().map(str::to_owned).collect();
            Ok((words.join(", "), words))
        }
        Effect::SetWhiteboard { of: WhiteboardOf::Issue { key, field }, .. } => {
            let found = doer.ctx.jira.fresh_issue(key.as_str(), std::slice::from_ref(field)).await?;
            let found = found.ok_or_else(|| gone(key.as_str()))?;
            let text = found.text(field).unwrap_or_default().to_owned();
            Ok((text.clone(), split(&text)))
        }
        Effect::SetWhiteboard { of: WhiteboardOf::Bug(bug), .. } => {
            let bugzilla = doer.ctx.bugzilla.as_ref();
            let bugzilla = bugzilla.ok_or_else(|| Trouble::Final("Bugzilla is not configured".into()))?;
            let answer = bugzilla.bugs(&[*bug]).await?;
            let found = answer.found.iter().find(|one| one.id == *bug);
            let text = found.map(|one| one.internal_whiteboard().unwrap_or_default().to_owned());
            let text = text.ok_or_else(|| gone(&format!("bug {bug}")))?;
            Ok((text.clone(), split(&text)))
        }
        other => Err(Trouble::Final(format!("this has no words: {}", other.title()))),
    }
}

fn gone(what: &str) -> Trouble {
    Trouble::Final(format!("{what} cannot be read: it is restricted, or not there"))
}

fn change(effect: &Effect) -> (&[String], &[String]) {
    match effect {
        Effect::SetKeywords { add, remove, .. } | Effect::SetWhiteboard { add, remove, .. } => (add, remove),
        _ => (&[], &[]),
    }
}

/// The words as they shall be.
fn wanted(effect: &Effect, words: &[String]) -> Vec<String> {
    let (add, remove) = change(effect);
    let mut will: Vec<String> = words.iter().filter(|word| !remove.contains(word)).cloned().collect();
    for word in add {
        if !will.contains(word) {
            will.push(word.clone());
        }
    }
    will
}

/// A whiteboard as it shall be: what is there stays as it is written, if nothing is taken from it.
fn retold(was: &str, effect: &Effect) -> String {
    let (add, remove) = change(effect);
    let has = |word: &String| was.split_whitespace().any(|there| there == word);
    if remove.iter().any(has) {
        let words: Vec<String> = was.split_whitespace().map(str::to_owned).collect();
        return wanted(effect, &words).join(" ");
    }
    let missing = add.iter().filter(|word| !has(word)).map(String::as_str);
    let start = Some(was.trim_end()).filter(|was| !was.is_empty());
    start.into_iter().chain(missing).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(add: &[&str], remove: &[&str]) -> Effect {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Effect::SetWhiteboard { of: WhiteboardOf::Bug(1), add: list(add), remove: list(remove) }
    }

    #[test]
    fn what_is_there_stays_and_nothing_comes_twice() {
        let tag = effect(&["Telco", "Telco:Case"], &[]);
        assert_eq!(retold("", &tag), "Telco Telco:Case");
        assert_eq!(retold("old  Telco ", &tag), "old  Telco Telco:Case");
        assert_eq!(retold("Telco:Case Telco", &tag), "Telco:Case Telco");
        assert_eq!(retold("Telco:Cases", &tag), "Telco:Cases Telco Telco:Case", "whole words count");
        assert_eq!(retold("a Telco b", &effect(&[], &["Telco"])), "a b");
    }
}
