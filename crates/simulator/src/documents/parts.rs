//! Everything but the cards: cases, what is known of the open ones, bugs, issues, escalations.

use std::collections::BTreeMap;

use t5g_model::documents::{Bug, Case, Cases, Detail, Details, Issue, Issues, LinkedBug, NotifiedUser};
use t5g_model::names::CaseNumber;

use super::{DocumentSettings, DocumentsError, number};
use crate::portal::{bug_link, time};
use crate::world::{CaseState, ESCALATION_LABEL, IssueRef, Project, Visibility, World};

/// The documents that cards are joined from.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) cases: Cases,
    pub(super) details: Details,
    pub(super) bugs: BTreeMap<CaseNumber, Vec<Bug>>,
    pub(super) issues: Issues,
    pub(super) escalations: Vec<String>,
}

impl Parts {
    pub(super) fn of(world: &World, settings: &DocumentSettings) -> Result<Self, DocumentsError> {
        let mut parts = Self::default();
        for state in world.cases() {
            let key = number(&state.number)?;
            if state.is_open() {
                parts.details.insert(key.clone(), detail(world, &state));
                let bugs: Vec<Bug> = bugs(world, &state);
                if !bugs.is_empty() {
                    parts.bugs.insert(key.clone(), bugs);
                }
                let issues: Vec<Issue> =
                    state.linked_issues().filter_map(|at| issue(world, settings, at)).collect();
                if !issues.is_empty() {
                    parts.issues.insert(key.clone(), issues);
                }
            }
            parts.cases.insert(key, case(world, &state));
        }
        parts.escalations =
            world.issue_refs(Project::Escalations).filter_map(|at| escalation(world, at)).collect();
        Ok(parts)
    }
}

fn case(world: &World, state: &CaseState) -> Case {
    let shown = |tick| time(world.shown(tick));
    Case {
        owner: state.owner(world),
        severity: state.severity.numbered(),
        account: state.account(world),
        problem: state.problem(world),
        status: state.status.clone(),
        createdate: shown(state.life.born),
        last_update: shown(state.changed),
        closeddate: state.closed().map(shown),
        product: format!("{} {}", state.life.product, state.life.version),
        product_version: state.life.version.to_owned(),
        description: state.description(world),
        bug: state.bugs().next().map(|(member, _)| world.bug(member).number.to_string()),
        tags: state.life.tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

fn detail(world: &World, state: &CaseState) -> Detail {
    let watchers = state.watchers(world).into_iter().map(|watcher| {
        let (first, last) = watcher.name.split_once(' ').unwrap_or((watcher.name.as_str(), ""));
        let other = [("firstName", first), ("lastName", last)];
        NotifiedUser {
            sso_username: watcher.login,
            title: Some(watcher.title.to_owned()),
            other: other.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
        }
    });
    Detail {
        crit_sit: state.crit_sit(),
        group_name: state.group(world).map(str::to_owned),
        notified_users: watchers.collect(),
        relief_at: state.relief(world),
        resolved_at: state.resolved(world),
    }
}

fn bugs(world: &World, state: &CaseState) -> Vec<Bug> {
    let bug = |(member, linked)| {
        let bug = world.bug(member);
        let known = bug.visibility == Visibility::Public;
        let told = |text: &str| Some(if known { text } else { Bug::UNAVAILABLE }.to_owned());
        let portal = |text: &str| Some(if known { text.to_owned() } else { String::new() });
        Bug {
            linked: LinkedBug {
                bugzilla_link: bug_link(bug.number),
                bugzilla_number: bug.number.to_string(),
                case_number: state.number.clone(),
                linked_at: Some(time(world.shown(linked))),
                status: portal(world.bug_at(member, linked).status),
                summary: portal(&bug.summary),
            },
            target_release: vec![if known { bug.target_release } else { Bug::UNAVAILABLE }.to_owned()],
            assignee: told(&bug.assignee),
            last_change_time: told(&world.shown(bug.changed).date_naive().to_string()),
            // Bugzilla's empty whiteboard says nothing.
            internal_whiteboard: told(&bug.whiteboard).filter(|text| !text.is_empty()),
            qa_contact: told(&bug.qa_contact),
            severity: told(bug.severity),
        }
    };
    state.bugs().map(bug).collect()
}

fn issue(world: &World, settings: &DocumentSettings, at: IssueRef) -> Option<Issue> {
    let issue = world.issue(at).filter(|issue| issue.readable)?;
    let some = |list: Vec<String>| Some(list).filter(|list| !list.is_empty());
    Some(Issue {
        id: at.key(),
        url: format!("{}/browse/{}", settings.jira_url, at.key()),
        title: Some(world.issue_summary(at)),
        status: Some(issue.status),
        updated: Some(issue.updated.date_naive().to_string()),
        qa_contact: issue.qa_contact.as_ref().and_then(|person| person.shown_mail()).map(str::to_owned),
        jira_severity: issue.severity,
        jira_type: Some(issue.kind),
        assignee: issue.assignee.as_ref().and_then(|person| person.shown_mail()).map(str::to_owned),
        fix_versions: some(issue.fix_versions),
        priority: issue.priority,
        private_keywords: some(issue.private_keywords),
    })
}

/// The rendered links of an open escalation that carries the team's label.
fn escalation(world: &World, at: IssueRef) -> Option<String> {
    let issue = world.issue(at)?;
    let ours = issue.status != "Closed" && issue.labels.iter().any(|label| label == ESCALATION_LABEL);
    world.case_links(at).filter(|_| ours).map(|links| links.html)
}
