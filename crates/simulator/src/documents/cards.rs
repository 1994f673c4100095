//! The cards: what Jira says of each, joined with what is known of its case.

use std::collections::HashSet;

use t5g_model::documents::{Card, Cards, Comment, Person};
use t5g_model::names::{CardStatus, Severity};

use super::parts::Parts;
use super::{DocumentSettings, DocumentsError, number};
use crate::jira::time as jira_time;
use crate::settings::Flavour;
use crate::world::{CaseState, Engineer, IssueRef, JiraIssue, Project, World};

/// The team's word for each status of Jira's; others keep their own name.
const STATUSES: [(&str, CardStatus); 10] = [
    ("New", CardStatus::New),
    ("To Do", CardStatus::Backlog),
    ("Open", CardStatus::Debugging),
    ("In Progress", CardStatus::EngWorking),
    ("Code Review", CardStatus::Backport),
    ("QE Review", CardStatus::ReadyToClose),
    ("Blocked", CardStatus::Blocked),
    ("Won't Fix / Obsolete", CardStatus::Done),
    ("Done", CardStatus::Done),
    ("Closed", CardStatus::Done),
];

pub(super) fn cards(
    world: &World,
    settings: &DocumentSettings,
    parts: &Parts,
) -> Result<Cards, DocumentsError> {
    let escalated: HashSet<&str> = parts
        .escalations
        .iter()
        .flat_map(|entry| entry.split(|c: char| !c.is_ascii_digit()))
        .filter(|digits| !digits.is_empty())
        .collect();
    let mut cards = Cards::new();
    for state in world.cases() {
        let at = IssueRef::Card(state.life.index);
        if let Some(issue) = world.issue(at).filter(|issue| issue.in_sprint) {
            let key = at.key().parse()?;
            let escalated = escalated.contains(state.number.as_str());
            cards.insert(key, card(world, settings, parts, (&state, issue), escalated)?);
        }
    }
    Ok(cards)
}

fn card(
    world: &World,
    settings: &DocumentSettings,
    parts: &Parts,
    (state, issue): (&CaseState, JiraIssue),
    escalated: bool,
) -> Result<Card, DocumentsError> {
    let case_number = number(&state.number)?;
    let case = parts.cases.get(&case_number).cloned().unwrap_or_default();
    let detail = parts.details.get(&case_number).cloned().unwrap_or_default();
    let issues = parts.issues.get(&case_number).cloned();
    let labelled = |label: &str| issue.labels.iter().any(|known| known == label);
    let Ok(severity) = case.severity.parse::<Severity>();
    let comments = world.issue_comments(issue.at).into_iter();
    Ok(Card {
        account: case.account,
        summary: case.problem,
        description: Some(case.description),
        product: case.product,
        case_status: case.status,
        case_created: case.createdate,
        severity,
        case_updated_date: world.shown(state.changed).format("%Y-%m-%d %H:%M").to_string(),
        case_days_open: (settings.now - world.shown(state.life.born)).num_days().max(0),
        tags: case.tags,
        card_status: status(&issue.status),
        card_created: jira_time(issue.created),
        priority: issue.priority.clone(),
        escalated,
        potential_escalation: !escalated && labelled("PotentialEscalation"),
        daily_telco: labelled("Daily_Telco_OCP"),
        escalated_link: issues.iter().flatten().find(|one| is_escalation(&one.id)).map(|one| one.url.clone()),
        issues,
        bugzilla: parts.bugs.get(&case_number).cloned(),
        assignee: issue.assignee.as_ref().map(|one| person(settings, one)).unwrap_or_default(),
        contributor: issue.contributors.iter().map(|one| person(settings, one)).collect(),
        comments: Some(comments.map(|one| Comment { html: one.body.html, at: jira_time(one.at) }).collect()),
        labels: issue.labels,
        crit_sit: detail.crit_sit,
        group_name: detail.group_name,
        notified_users: detail.notified_users,
        relief_at: detail.relief_at,
        resolved_at: detail.resolved_at,
        case_number,
    })
}

fn is_escalation(key: &str) -> bool {
    key.rsplit_once('-').is_some_and(|(project, _)| project == Project::Escalations.key())
}

fn status(jira: &str) -> CardStatus {
    let known = STATUSES.into_iter().find(|(name, _)| *name == jira).map(|(_, ours)| ours);
    known.unwrap_or_else(|| CardStatus::Other(jira.into()))
}

fn person(settings: &DocumentSettings, person: &Engineer) -> Person {
    let id = match settings.flavour {
        Flavour::Cloud => &person.account_id,
        Flavour::DataCenter => &person.login,
    };
    Person {
        display_name: Some(person.name.clone()),
        account_id: Some(id.clone()),
        email_address: person.shown_mail().map(str::to_owned),
    }
}
