//! Making a card, once for each case. Before any is made, Jira is asked whether there is one: by its search, which lags
//! behind; by the journal, which knows what we made; and after an attempt without an answer by reading issues one by
//! one from the youngest that was known before it, since single issues are seen as soon as they exist.
//!
//! Somebody whom Jira does not take as assignee stops no card: it is made without, and says so.

use serde_json::{Map, Value, json};
use t5g_clients::jira::jql::quote;
use t5g_clients::jira::{CreatedIssue, NewIssue, SearchQuery, WireIssue};
use t5g_model::names::CaseNumber;
use t5g_model::writing::{Assignee, CardDraft, Effect, Subject};
use t5g_store::ledger::{BY_PLAN, JOURNAL_PAGE, PlanId, StepRecord, StepState, UNASSIGNED};

use super::Look;
use super::made::number;
use crate::sources::cards::case_in_summary;
use crate::writing::execute::Doer;
use crate::writing::fields::Fields;
use crate::writing::trouble::Trouble;

/// So many issues in a row that are not there: there are no younger ones. Issues that were deleted or moved leave gaps.
const GAP: u32 = 20;
/// The most issues that are read one by one.
const MOST_READ: u32 = 2_000;

pub(super) async fn look(
    doer: &Doer<'_>,
    step: &StepRecord,
    case: &CaseNumber,
    draft: &CardDraft,
) -> Result<Look, Trouble> {
    let made = made_before(doer, step, case).await?;
    if let Some(key) = searched(doer, case, draft).await? {
        let found = found(doer, step, draft, &key, "by its summary").await?;
        return Ok(by_plan(found, &key, &made));
    }
    if let Some(key) = still_there(doer, &made).await? {
        let found = found(doer, step, draft, &key, "in the journal").await?;
        return Ok(by_plan(found, &key, &made));
    }
    if step.state != StepState::Begun {
        let found = doer.ctx.jira.newest_key(&draft.project).await?;
        // What this plan made is younger than what a search that lags tells of, and what was deleted leaves gaps.
        let newest =
            doer.made.youngest(step.place.plan).into_iter().chain(found).max_by_key(|key| number(key));
        return Ok(Look::ToDo(json!({ "newest": newest })));
    }
    let newest = step.before.get("newest").and_then(Value::as_str);
    match read_from(doer, newest, case, draft).await? {
        Some(key) => found(doer, step, draft, &key, "by reading the youngest issues").await,
        // The same beginning for whoever looks next: between then and now nothing of ours came.
        None => Ok(Look::ToDo(json!({ "newest": newest }))),
    }
}

pub(super) async fn act(doer: &Doer<'_>, draft: &CardDraft) -> Result<Value, Trouble> {
    let fields = doer.fields().await?;
    let mut more = Map::new();
    more.extend(draft.tracking.iter().map(|(field, value)| (field.clone(), json!(value))));
    more.extend(draft.points.iter().map(|(field, value)| (field.clone(), json!(value))));
    let issue = NewIssue {
        project: draft.project.clone(),
        issue_type: draft.issue_type.clone(),
        component: draft.component.clone(),
        priority: draft.priority.clone(),
        labels: draft.labels.clone(),
        summary: draft.summary.clone(),
        description: draft.description.clone(),
        assignee: draft.assignee.as_ref().map(|who| fields.user(who)),
        fields: more,
    };
    let told = |made: CreatedIssue| json!({ "key": made.key, "id": made.id });
    let refused = match doer.ctx.jira.create_issue(&issue).await {
        Ok(made) => return Ok(for_nobody(told(made), draft, &fields)),
        Err(error) if issue.assignee.is_some() && error.refuses_only("assignee") => error,
        Err(error) => return Err(error.into()),
    };
    tracing::warn!(summary = issue.summary, error = %refused, "a card is made without its assignee");
    doer.ctx.ledger.still_held().await?;
    let made = doer.ctx.jira.create_issue(&NewIssue { assignee: None, ..issue }).await?;
    Ok(without(told(made), draft.assignee.as_ref(), &refused.to_string()))
}

/// The same, and if whoever was chosen cannot be named to this Jira, that nobody has the card.
fn for_nobody(told: Value, draft: &CardDraft, fields: &Fields) -> Value {
    let Some(name) = &draft.nameless else { return told };
    let who = Assignee { name: name.clone(), account: String::new() };
    without(told, Some(&who), &fields.nameless(name))
}

/// What came of a card that was made without its assignee.
fn without(mut told: Value, who: Option<&Assignee>, why: &str) -> Value {
    if let (Some(members), Some(who)) = (told.as_object_mut(), who) {
        members.insert(UNASSIGNED.to_owned(), json!(who));
        members.insert("why".to_owned(), json!(why));
    }
    told
}

/// There is a card. One that we made and that has nobody was made without its assignee.
async fn found(
    doer: &Doer<'_>,
    step: &StepRecord,
    draft: &CardDraft,
    key: &str,
    how: &str,
) -> Result<Look, Trouble> {
    let told = json!({ "key": key, "found": how });
    if step.state != StepState::Begun || (draft.assignee.is_none() && draft.nameless.is_none()) {
        return Ok(Look::Already(told));
    }
    let issue = doer.ctx.jira.fresh_issue(key, &["assignee".to_owned()]).await?;
    let nobody = issue.is_some_and(|issue| issue.assignee().is_none());
    let why = "Jira shows nobody there";
    Ok(Look::Already(match (nobody, &draft.assignee) {
        (true, None) => for_nobody(told, draft, &doer.fields().await?),
        (true, who) => without(told, who.as_ref(), why),
        (false, _) => told,
    }))
}

/// The case's card as Jira's search shows it: the oldest, should there be several.
async fn searched(doer: &Doer<'_>, case: &CaseNumber, draft: &CardDraft) -> Result<Option<String>, Trouble> {
    let query = SearchQuery {
        jql: format!("project = {} AND summary ~ {}", quote(&draft.project), quote(case.as_str())),
        fields: vec!["summary".to_owned()],
        ..SearchQuery::default()
    };
    let found = doer.ctx.jira.search(&query, &|_, _| ()).await?;
    let keys = found.into_iter().filter(|issue| is_of(issue, case)).map(|issue| issue.key);
    Ok(keys.min_by_key(|key| number(key)))
}

/// The cards of that case that other steps made, the latest first: each with the plan that made it.
async fn made_before(
    doer: &Doer<'_>,
    step: &StepRecord,
    case: &CaseNumber,
) -> Result<Vec<(String, PlanId)>, Trouble> {
    let steps = doer.ctx.ledger.steps_about(&[Subject::Case(case.clone())], JOURNAL_PAGE).await?;
    let made = steps.iter().filter(|other| {
        other.place != step.place
            && other.state == StepState::Done
            && matches!(other.effect, Effect::CreateCard { .. })
    });
    let made = made.filter_map(|one| Some((one.after.get("key")?.as_str()?.to_owned(), one.place.plan)));
    Ok(made.collect())
}

/// The first of these that is still there. It is the case's card whatever people made of its summary.
async fn still_there(doer: &Doer<'_>, made: &[(String, PlanId)]) -> Result<Option<String>, Trouble> {
    for (key, _) in made {
        if doer.ctx.jira.fresh_issue(key, &["summary".to_owned()]).await?.is_some() {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

/// Says of a card that another plan made which one: that one tells people of it, and does what belongs to it.
fn by_plan(found: Look, key: &str, made: &[(String, PlanId)]) -> Look {
    match (found, made.iter().find(|(one, _)| one == key)) {
        (Look::Already(mut told), Some((_, plan))) => {
            if let Some(members) = told.as_object_mut() {
                members.insert(BY_PLAN.to_owned(), json!(plan));
            }
            Look::Already(told)
        }
        (found, _) => found,
    }
}

/// The case's card among the issues younger than `newest`.
async fn read_from(
    doer: &Doer<'_>,
    newest: Option<&str>,
    case: &CaseNumber,
    draft: &CardDraft,
) -> Result<Option<String>, Trouble> {
    let from = newest.map_or(0, number);
    let (mut missing, mut at) = (0, from);
    while missing < GAP && at - from < u64::from(MOST_READ) {
        at += 1;
        let key = format!("{}-{at}", draft.project);
        match doer.ctx.jira.fresh_issue(&key, &["summary".to_owned()]).await? {
            None => missing += 1,
            Some(issue) if is_of(&issue, case) => return Ok(Some(key)),
            Some(_) => missing = 0,
        }
    }
    Ok(None)
}

fn is_of(issue: &WireIssue, case: &CaseNumber) -> bool {
    issue.summary().and_then(case_in_summary).as_ref() == Some(case)
}
