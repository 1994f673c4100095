//! Bugs that are linked to cases get the team's two tags: in Bugzilla's internal whiteboard, and in Jira's private
//! keywords, or its internal whiteboard where an issue has no such field.

use std::collections::{BTreeMap, BTreeSet};

use t5g_clients::jira::WireIssue;
use t5g_model::documents::{Bugs, Document, Issue, Issues, read};
use t5g_model::names::CardKey;
use t5g_model::writing::{Effect, LeftOut, LetterKind, Plan, PlanItem, PlanKind, Subject, WhiteboardOf};
use t5g_store::ledger::{StepPlace, StepRecord};

use super::earlier::{Others, take_place};
use super::fields::Fields;
use super::letters;
use crate::context::SyncContext;
use crate::previous;
use crate::write_rules::WriteRules;

/// What is added.
const TAGS: [&str; 2] = ["Telco", "Telco:Case"];
/// What a bug may be said to be in its place in the document.
const UNAVAILABLE: &str = "unavailable";

/// What planning has to know.
struct Facts {
    /// Number → its whiteboard; `None`: it cannot be read.
    bugs: BTreeMap<u64, Option<String>>,
    /// Key → the issue as our document has it.
    issues: BTreeMap<CardKey, Issue>,
    /// The issues as Jira has them now.
    read: BTreeMap<String, WireIssue>,
    fields: Fields,
}

/// The plan, and the steps of earlier ones in whose place it comes.
pub(super) async fn plan(ctx: &SyncContext, open: &[StepRecord]) -> anyhow::Result<(Plan, Vec<StepPlace>)> {
    let bugs: Bugs = previous::optional(&ctx.documents, Document::Bugs, read::bugs).await?;
    let issues: Issues = previous::optional(&ctx.documents, Document::Issues, read::issues).await?;
    let fields = Fields::resolve(ctx).await?;
    let mut boards = BTreeMap::new();
    for bug in bugs.into_iter().flatten().flat_map(|(_, bugs)| bugs) {
        let Ok(number) = bug.linked.bugzilla_number.trim().parse::<u64>() else { continue };
        let board = bug.internal_whiteboard.filter(|board| board != UNAVAILABLE);
        boards.insert(
            number,
            board.or_else(|| (bug.assignee.as_deref() != Some(UNAVAILABLE)).then(String::new)),
        );
    }
    let issues: BTreeMap<CardKey, Issue> = issues
        .into_values()
        .flatten()
        .filter_map(|issue| Some((issue.id.parse::<CardKey>().ok()?, issue)))
        .collect();
    let keys: Vec<String> =
        issues.iter().filter(|(_, issue)| is_bug(issue)).map(|(key, _)| key.to_string()).collect();
    let wanted = [fields.keywords.clone(), fields.whiteboard.clone()];
    let read =
        if keys.is_empty() { BTreeMap::new() } else { ctx.jira.issues_asked_for(&keys, &wanted).await? };
    Ok(of(Facts { bugs: boards, issues, read, fields }, &ctx.writing, open))
}

fn is_bug(issue: &Issue) -> bool {
    issue.jira_type.as_deref() == Some("Bug")
}

fn of(facts: Facts, rules: &WriteRules, open: &[StepRecord]) -> (Plan, Vec<StepPlace>) {
    let mut plan = Plan::empty(PlanKind::Tags, 0);
    for (number, board) in facts.bugs {
        let subject = Subject::Bug(number);
        let of = WhiteboardOf::Bug(number);
        match board {
            None => leave(&mut plan, subject, "it is restricted, or cannot be read"),
            Some(board) => {
                let words: Vec<&str> = board.split_whitespace().collect();
                tag(&mut plan, subject, &words, |add| Effect::SetWhiteboard { of, add, remove: Vec::new() });
            }
        }
    }
    for (key, issue) in facts.issues {
        let subject = Subject::Issue(key.clone());
        if !is_bug(&issue) {
            let kind = issue.jira_type.as_deref().unwrap_or("of unknown type");
            leave(&mut plan, subject, &format!("it is no bug: {kind}"));
            continue;
        }
        let Some(there) = facts.read.get(key.as_str()) else {
            leave(&mut plan, subject, "Jira does not show it to us");
            continue;
        };
        let (keywords, whiteboard) = (&facts.fields.keywords, &facts.fields.whiteboard);
        // A field that an issue has is told of even if it is empty.
        if there.fields.contains_key(keywords) {
            let words = there.names(keywords).unwrap_or_default();
            let field = keywords.clone();
            tag(&mut plan, subject, &words, |add| Effect::SetKeywords {
                issue: key,
                field,
                add,
                remove: Vec::new(),
            });
        } else {
            let words: Vec<&str> = there.text(whiteboard).unwrap_or_default().split_whitespace().collect();
            let of = WhiteboardOf::Issue { key, field: whiteboard.clone() };
            tag(&mut plan, subject, &words, |add| Effect::SetWhiteboard { of, add, remove: Vec::new() });
        }
    }
    let instead = take_place(&mut plan, open, Others::Stay);
    tell(&mut plan, rules);
    (plan, instead)
}

fn leave(plan: &mut Plan, subject: Subject, reason: &str) {
    plan.left_out.push(LeftOut { subject, title: String::new(), reason: reason.to_owned() });
}

/// Adds what is missing, if anything is.
fn tag(plan: &mut Plan, subject: Subject, there: &[&str], effect: impl FnOnce(Vec<String>) -> Effect) {
    let there: BTreeSet<&str> = there.iter().copied().collect();
    let add: Vec<String> = TAGS.into_iter().filter(|tag| !there.contains(tag)).map(str::to_owned).collect();
    if add.is_empty() {
        return;
    }
    plan.items.push(PlanItem {
        title: subject.to_string(),
        subject,
        reason: "it is linked to a case".to_owned(),
        last: false,
        steps: vec![effect(add)],
    });
}

/// The summary by mail, if there is anything in it.
fn tell(plan: &mut Plan, rules: &WriteRules) {
    let to = rules.recipients.tags.clone();
    if to.is_empty() || (plan.items.is_empty() && plan.left_out.is_empty()) {
        return;
    }
    let left_out: Vec<(String, String)> =
        plan.left_out.iter().map(|one| (one.subject.to_string(), one.reason.clone())).collect();
    let draft = Some(letters::planned_tags(rules, &left_out, plan));
    let letter = LetterKind::Tagged { left_out };
    plan.items.push(PlanItem {
        subject: Subject::All,
        title: "what was tagged".to_owned(),
        reason: String::new(),
        last: true,
        steps: vec![Effect::Mail { letter, to, subject: "Tagged bugs".to_owned(), draft }],
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use t5g_clients::jira::Flavour;

    use super::*;

    fn fields() -> Fields {
        Fields {
            tracking: "t".into(),
            points: "p".into(),
            whiteboard: "w".into(),
            keywords: "k".into(),
            keywords_are_choices: false,
            sprint: "s".into(),
            flavour: Flavour::Cloud,
        }
    }

    fn issue(key: &str, kind: &str) -> (CardKey, Issue) {
        let issue = Issue { id: key.into(), jira_type: Some(kind.into()), ..Issue::default() };
        (key.parse().unwrap(), issue)
    }

    fn read(key: &str, fields: &Value) -> (String, WireIssue) {
        let fields = fields.as_object().unwrap().clone();
        (key.to_owned(), WireIssue { key: key.into(), fields, ..WireIssue::default() })
    }

    #[test]
    fn tags_go_where_they_belong_and_never_twice() {
        let facts = Facts {
            bugs: [(1, Some("x Telco".into())), (2, None), (3, Some("Telco:Case Telco".into()))].into(),
            issues: [
                issue("B-1", "Bug"),
                issue("B-2", "Bug"),
                issue("B-3", "Story"),
                issue("B-4", "Bug"),
                issue("B-5", "Bug"),
            ]
            .into(),
            read: [
                read("B-1", &json!({ "k": null, "w": "Telco" })),
                read("B-2", &json!({ "w": "a" })),
                read("B-5", &json!({ "k": [{ "value": "Telco" }, { "value": "Telco:Case" }] })),
            ]
            .into(),
            fields: fields(),
        };
        let mut rules = WriteRules::default();
        rules.recipients.tags = vec!["bugs@example.com".into()];
        let (plan, _) = of(facts, &rules, &[]);
        let titles: Vec<String> =
            plan.items.iter().flat_map(|item| item.steps.iter().map(Effect::title)).collect();
        assert_eq!(
            titles,
            [
                "add Telco:Case in the internal whiteboard of bug 1",
                "add Telco, Telco:Case in the private keywords of B-1",
                "add Telco, Telco:Case in the internal whiteboard of B-2",
                "mail what was tagged to bugs@example.com",
            ]
        );
        let Some(Effect::Mail { draft: Some(draft), .. }) =
            plan.items.last().and_then(|item| item.steps.first())
        else {
            panic!("the letter has its words")
        };
        assert_eq!(draft.subject, "Tagged bugs: 3 bugs and issues were tagged, 3 left alone");
        assert!(
            draft.text.contains("* bug 1 | Telco:Case") && draft.text.contains("issue B-3"),
            "{}",
            draft.text
        );
        let left: Vec<String> =
            plan.left_out.iter().map(|one| format!("{}: {}", one.subject, one.reason)).collect();
        assert_eq!(
            left,
            [
                "bug 2: it is restricted, or cannot be read",
                "issue B-3: it is no bug: Story",
                "issue B-4: Jira does not show it to us",
            ]
        );
    }
}
