//! What is changed of an issue that is there: sprint, status, comment, links, priority, assignee.

use serde_json::{Map, Value, json};
use t5g_clients::jira::{RemoteLink, WireIssue};
use t5g_model::names::CardKey;
use t5g_model::writing::Effect;
use t5g_store::ledger::{StepRecord, StepState};

use super::Look;
use crate::writing::execute::Doer;
use crate::writing::fields::{open_sprints, sprints};
use crate::writing::trouble::Trouble;

pub(super) async fn look(doer: &Doer<'_>, step: &StepRecord, key: &CardKey) -> Result<Look, Trouble> {
    match &step.effect {
        Effect::EnterSprint { sprint, .. } => {
            let field = doer.fields().await?.sprint;
            Ok(entering(&sprints(&read(doer, key, &field).await?, &field), sprint.id))
        }
        Effect::LeaveSprint { sprint, .. } => {
            let field = doer.fields().await?.sprint;
            Ok(leaving(&open_sprints(&read(doer, key, &field).await?, &field), sprint.id))
        }
        Effect::Transition { to, unless, .. } => {
            let status = read(doer, key, "status").await?.status().unwrap_or_default().to_owned();
            let told = json!({ "status": status });
            let so = status.eq_ignore_ascii_case(to) || unless.contains(&status);
            // Where it was begun from somewhere else, it may have led to where it should, and somebody led on from there.
            let was = step.before.get("status").and_then(Value::as_str);
            let moved = step.state == StepState::Begun && was.is_some_and(|was| was != status);
            Ok(match (so, moved) {
                (true, _) => Look::Already(told),
                (false, true) => Look::Skip(format!("somebody moved it meanwhile: it is in {status}")),
                (false, false) => Look::ToDo(told),
            })
        }
        Effect::Comment { text, .. } => comment(doer, step, key, text).await,
        Effect::SetLink { global_id, url, title, .. } => {
            let wanted = RemoteLink { global_id: global_id.clone(), url: url.clone(), title: title.clone() };
            let links = doer.ctx.jira.remote_links(key.as_str()).await?;
            let there = links.iter().find(|link| link.global_id == *global_id);
            let told = json!({ "link": there.map(|link| json!({ "url": link.url, "title": link.title })) });
            Ok(if there == Some(&wanted) { Look::Already(told) } else { Look::ToDo(told) })
        }
        Effect::RemoveLink { global_id, .. } => {
            let links = doer.ctx.jira.remote_links(key.as_str()).await?;
            let there = links.iter().any(|link| link.global_id == *global_id);
            Ok(if there {
                Look::ToDo(json!({ "link": true }))
            } else {
                Look::Already(json!({ "link": null }))
            })
        }
        Effect::SetPriority { from, to, .. } => {
            let now = read(doer, key, "priority").await?.priority().map(str::to_owned);
            let told = json!({ "priority": now });
            Ok(changed(now.as_ref(), from.as_ref(), Some(to), told, Clone::clone))
        }
        Effect::Assign { from, to, .. } => {
            let fields = doer.fields().await?;
            let now = read(doer, key, "assignee").await?.assignee().and_then(|user| fields.assignee(user));
            let told = json!({ "assignee": now });
            let account = |who: &t5g_model::writing::Assignee| who.account.clone();
            let (was, is, will) =
                (from.as_ref().map(account), now.as_ref().map(account), to.as_ref().map(account));
            Ok(changed(is.as_ref(), was.as_ref(), will.as_ref(), told, Clone::clone))
        }
        other => Err(Trouble::Final(format!("this is nothing to do to an issue: {}", other.title()))),
    }
}

/// What somebody else changed meanwhile is left as they want it.
fn changed<T: PartialEq>(
    is: Option<&T>,
    was: Option<&T>,
    will: Option<&T>,
    told: Value,
    name: impl Fn(&T) -> String,
) -> Look {
    if is == will {
        Look::Already(told)
    } else if is == was {
        Look::ToDo(told)
    } else {
        let now = is.map_or_else(|| "unset".to_owned(), name);
        Look::Skip(format!("somebody changed it meanwhile: it is {now}"))
    }
}

fn entering(sprints: &[u64], sprint: u64) -> Look {
    let told = json!({ "sprints": sprints });
    if sprints.contains(&sprint) { Look::Already(told) } else { Look::ToDo(told) }
}

/// Jira takes a card out of whatever open sprint it is in, so it is only asked to where that is the one that is meant.
fn leaving(open: &[u64], sprint: u64) -> Look {
    let told = json!({ "sprints": open });
    match open {
        _ if open.contains(&sprint) => Look::ToDo(told),
        [] => Look::Already(told),
        [other, ..] => Look::Skip(format!("somebody moved it meanwhile: it is in sprint {other}")),
    }
}

/// A comment with that text that was not there before is ours.
async fn comment(doer: &Doer<'_>, step: &StepRecord, key: &CardKey, text: &str) -> Result<Look, Trouble> {
    let same = |body: &str| body.split_whitespace().eq(text.split_whitespace());
    let comments = doer.ctx.jira.comments(key.as_str()).await?;
    let ids: Vec<String> =
        comments.iter().filter(|comment| same(&comment.plain())).map(|comment| comment.id.clone()).collect();
    if step.state != StepState::Begun {
        return Ok(Look::ToDo(json!({ "comments": ids })));
    }
    let before: Vec<String> = step
        .before
        .get("comments")
        .and_then(|known| serde_json::from_value(known.clone()).ok())
        .unwrap_or_default();
    match ids.iter().find(|id| !before.contains(id)) {
        Some(id) => Ok(Look::Already(json!({ "comment": id }))),
        None => Ok(Look::ToDo(json!({ "comments": before }))),
    }
}

/// One field of an issue, as it is now.
async fn read(doer: &Doer<'_>, key: &CardKey, field: &str) -> Result<WireIssue, Trouble> {
    let issue = doer.ctx.jira.fresh_issue(key.as_str(), &[field.to_owned()]).await?;
    issue.ok_or_else(|| Trouble::Final(format!("Jira has no issue {key}, or does not show it to us")))
}

pub(super) async fn act(doer: &Doer<'_>, step: &StepRecord, key: &CardKey) -> Result<Value, Trouble> {
    let jira = &doer.ctx.jira;
    match &step.effect {
        Effect::EnterSprint { sprint, .. } => {
            jira.move_to_sprint(sprint.id, &[key.to_string()]).await?;
            Ok(json!({ "sprint": sprint.id }))
        }
        Effect::LeaveSprint { .. } => {
            jira.move_to_backlog(&[key.to_string()]).await?;
            Ok(json!({ "sprint": null }))
        }
        Effect::Transition { to, .. } => {
            let ways = jira.transitions(key.as_str()).await?;
            let same = |name: &str| name.eq_ignore_ascii_case(to);
            let way =
                ways.iter().find(|way| same(&way.to)).or_else(|| ways.iter().find(|way| same(&way.name)));
            let Some(way) = way else {
                let known: Vec<&str> = ways.iter().map(|way| way.to.as_str()).collect();
                let known = known.join(", ");
                return Err(Trouble::Final(format!(
                    "{key} cannot go to {to} from where it is, only to: {known}"
                )));
            };
            jira.transition(key.as_str(), &way.id).await?;
            Ok(json!({ "status": way.to }))
        }
        Effect::Comment { text, .. } => {
            let id = jira.add_comment(key.as_str(), text).await?;
            Ok(json!({ "comment": id }))
        }
        Effect::SetLink { global_id, url, title, .. } => {
            let link = RemoteLink { global_id: global_id.clone(), url: url.clone(), title: title.clone() };
            jira.set_remote_link(key.as_str(), &link).await?;
            Ok(json!({ "link": { "url": url, "title": title } }))
        }
        Effect::RemoveLink { global_id, .. } => {
            let was_there = jira.delete_remote_link(key.as_str(), global_id).await?;
            Ok(json!({ "link": null, "was_there": was_there }))
        }
        Effect::SetPriority { to, .. } => {
            let fields = Map::from_iter([("priority".to_owned(), json!({ "name": to }))]);
            jira.update_fields(key.as_str(), &fields).await?;
            Ok(json!({ "priority": to }))
        }
        Effect::Assign { to, .. } => {
            let fields = doer.fields().await?;
            jira.assign(key.as_str(), to.as_ref().map(|who| fields.user(who)).as_ref()).await?;
            Ok(json!({ "assignee": to }))
        }
        other => Err(Trouble::Final(format!("this is nothing to do to an issue: {}", other.title()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_leaves_only_the_sprint_that_is_meant() {
        assert!(matches!(leaving(&[41], 41), Look::ToDo(_)));
        assert!(matches!(leaving(&[], 41), Look::Already(_)), "its sprint ended, or somebody took it out");
        assert!(matches!(leaving(&[42], 41), Look::Skip(why) if why.contains("sprint 42")));
        assert!(matches!(entering(&[41], 42), Look::ToDo(_)));
        assert!(matches!(entering(&[41, 42], 42), Look::Already(_)));
    }
}
