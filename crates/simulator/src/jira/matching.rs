//! Asks a JQL condition of issues.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;

use super::agile::{LAST_SPRINT, LAST_SPRINT_ID, SPRINT, SPRINT_ID};
use super::jql::{CURRENT_USER, Clause, EMPTY, Field, Jql, OPEN_SPRINTS, Operator};
use super::view::View;
use crate::world::{Engineer, IssueRef, JiraIssue, Project, World};

/// The projects in which a query can find anything, and errors for names that Jira does not know.
pub(super) fn projects(view: &View<'_>, jql: &Jql, strict: bool) -> Result<Vec<Project>, Vec<String>> {
    let mut wrong = Vec::new();
    let mut projects = Project::ALL.to_vec();
    if let Some(clause) = &jql.clause {
        check(view, clause, strict, &mut wrong);
        if let Some(only) = restriction(clause) {
            projects.retain(|project| only.contains(project));
        }
    }
    if wrong.is_empty() { Ok(projects) } else { Err(wrong) }
}

fn check(view: &View<'_>, clause: &Clause, strict: bool, wrong: &mut Vec<String>) {
    match clause {
        Clause::All(parts) | Clause::Any(parts) => {
            for part in parts {
                check(view, part, strict, wrong);
            }
        }
        Clause::Not(part) => check(view, part, strict, wrong),
        Clause::Test { field: Field::Project, values, .. } => wrong.extend(
            values
                .iter()
                .filter(|value| Project::named(value).is_none())
                .map(|value| format!("The value '{value}' does not exist for the field 'project'.")),
        ),
        Clause::Test { field: Field::Key, values, .. } if strict => wrong.extend(
            values
                .iter()
                .filter(|value| view.readable(value).is_none())
                .map(|value| format!("An issue with key '{value}' does not exist for field 'key'.")),
        ),
        Clause::Test { .. } | Clause::Time { .. } => {}
    }
}

/// The projects that a condition confines its issues to, where that is plain to see.
fn restriction(clause: &Clause) -> Option<Vec<Project>> {
    match clause {
        Clause::All(parts) => parts.iter().find_map(restriction),
        Clause::Any(parts) => match parts.as_slice() {
            [only] => restriction(only),
            _ => None,
        },
        Clause::Test { field: Field::Project, operator: Operator::Is, values } => {
            Some(values.iter().filter_map(|value| Project::named(value)).collect())
        }
        Clause::Test { field: Field::Sprint, operator: Operator::Is, .. } => Some(vec![Project::Cards]),
        Clause::Test { field: Field::Key, operator: Operator::Is, values } => {
            Some(values.iter().filter_map(|value| IssueRef::named(value)).map(IssueRef::project).collect())
        }
        _ => None,
    }
}

/// The issues that a condition names by key, where nothing else can fulfil it.
pub(super) fn named(clause: &Clause) -> Option<Vec<IssueRef>> {
    match clause {
        Clause::All(parts) => parts.iter().find_map(named),
        Clause::Any(parts) => match parts.as_slice() {
            [only] => named(only),
            _ => None,
        },
        Clause::Test { field: Field::Key, operator: Operator::Is, values } => {
            let mut refs: Vec<IssueRef> = values.iter().filter_map(|value| IssueRef::named(value)).collect();
            refs.sort_unstable();
            refs.dedup();
            Some(refs)
        }
        _ => None,
    }
}

/// An issue of which much is asked at once. Its summary is made up each time that it is read, so it is read once,
/// however many cases a query names.
struct Asked<'a> {
    view: &'a View<'a>,
    issue: &'a JiraIssue,
    summary: OnceCell<Vec<String>>,
}

impl Asked<'_> {
    /// The words of a field, in lower case.
    fn words(&self, field: Field) -> Cow<'_, [String]> {
        let read = || words(&own_values(self.view, field, self.issue));
        if field == Field::Summary { self.summary.get_or_init(read).into() } else { read().into() }
    }
}

/// Whether the issue fulfils the condition.
pub(super) fn matches(view: &View<'_>, clause: &Clause, issue: &JiraIssue) -> bool {
    fulfils(&Asked { view, issue, summary: OnceCell::new() }, clause)
}

fn fulfils(asked: &Asked<'_>, clause: &Clause) -> bool {
    let issue = asked.issue;
    match clause {
        Clause::All(parts) => parts.iter().all(|part| fulfils(asked, part)),
        Clause::Any(parts) => parts.iter().any(|part| fulfils(asked, part)),
        Clause::Not(part) => !fulfils(asked, part),
        Clause::Time { field, operator, at } => {
            let time = if *field == Field::Created { issue.created } else { issue.updated };
            match operator {
                Operator::Before => time < *at,
                Operator::UpTo => time <= *at,
                Operator::After => time > *at,
                Operator::From => time >= *at,
                Operator::Is | Operator::Contains => time == *at,
                Operator::IsNot | Operator::ContainsNot => time != *at,
            }
        }
        Clause::Test { field, operator, values } => test(asked, *field, *operator, values),
    }
}

fn test(asked: &Asked<'_>, field: Field, operator: Operator, values: &[String]) -> bool {
    let holds = |words: &[String]| values.iter().any(|value| contains(words, value));
    match operator {
        Operator::Contains => return holds(&asked.words(field)),
        Operator::ContainsNot => return !holds(&asked.words(field)),
        _ => {}
    }
    let (issue, own) = (asked.issue, own_values(asked.view, field, asked.issue));
    let same = |value: &String| match value.as_str() {
        EMPTY => own.is_empty(),
        CURRENT_USER => own.contains(&World::bot().account_id),
        OPEN_SPRINTS => issue.in_sprint,
        text => own.iter().any(|own| own.eq_ignore_ascii_case(text)),
    };
    match operator {
        // An issue without a value is not found by "is not", except when asked for emptiness itself.
        Operator::IsNot => {
            !values.iter().any(same) && (!own.is_empty() || values.iter().any(|value| value == EMPTY))
        }
        _ => values.iter().any(same),
    }
}

fn words(own: &[String]) -> Vec<String> {
    let text = own.join(" ").to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

/// The text search: every word of the value, in any order, a star at a word's end as a wildcard.
fn contains(words: &[String], value: &str) -> bool {
    let value = value.to_lowercase();
    value.split(|c: char| !c.is_alphanumeric() && c != '*').filter(|word| !word.is_empty()).all(|wanted| {
        match wanted.strip_suffix('*') {
            Some(start) => words.iter().any(|word| word.starts_with(start)),
            None => words.iter().any(|word| word == wanted),
        }
    })
}

fn own_values(view: &View<'_>, field: Field, issue: &JiraIssue) -> Vec<String> {
    let people = |person: &Engineer| {
        [person.account_id.clone(), person.login.clone(), person.mail.clone(), person.name.clone()]
    };
    match field {
        Field::Key => vec![issue.at.key(), issue.at.id().to_string()],
        Field::Project => {
            let project = issue.at.project();
            vec![project.key().to_owned(), project.id().to_string(), project.name().to_owned()]
        }
        Field::Status => vec![issue.status.clone()],
        Field::Labels => issue.labels.clone(),
        Field::Sprint => sprints(issue),
        Field::Created | Field::Updated => Vec::new(),
        Field::Summary => vec![view.summary(issue.at)],
        Field::Assignee => issue.assignee.iter().flat_map(people).collect(),
        Field::Type => vec![issue.kind.clone()],
        Field::Priority => issue.priority.iter().cloned().collect(),
    }
}

/// The sprints that an issue is or was in: a card that is done was in the last one.
fn sprints(issue: &JiraIssue) -> Vec<String> {
    let done = matches!(issue.status.as_str(), "Done" | "Closed" | "Won't Fix / Obsolete");
    let now = issue.in_sprint.then(|| [SPRINT_ID.to_string(), SPRINT.to_owned()]);
    let before = done && issue.at.project() == Project::Cards;
    let before = before.then(|| [LAST_SPRINT_ID.to_string(), LAST_SPRINT.to_owned()]);
    now.into_iter().chain(before).flatten().collect()
}

/// Which of two issues comes first.
pub(super) fn compare(order: &[(Field, bool)], a: &JiraIssue, b: &JiraIssue) -> Ordering {
    let keys = order.iter().map(|(field, down)| {
        let order = match field {
            Field::Created => a.created.cmp(&b.created),
            Field::Updated => a.updated.cmp(&b.updated),
            Field::Status => a.status.cmp(&b.status),
            Field::Priority => a.priority.cmp(&b.priority),
            _ => (a.at.project().key(), a.at).cmp(&(b.at.project().key(), b.at)),
        };
        if *down { order.reverse() } else { order }
    });
    keys.fold(Ordering::Equal, Ordering::then)
}
