//! `/api/v1/bugs` and `/api/v1/issues`, and each of them alone: what engineering works on for the cases, each once however many cases it is
//! linked to.

use std::collections::BTreeMap;

use t5g_model::documents;

use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::Parameters;
use super::rows::{Bug, Issue};
use super::single::{Single, described_alone};
use super::view::View;
use crate::api::describe::{Kind, Operation, Parameter};
use crate::error::AppError;
use crate::view::link;

/// What both lists can be filtered by.
#[derive(Default)]
struct Filters {
    case: Option<String>,
    open: Option<bool>,
    no_target: Option<bool>,
}

const FILTERS: &[Parameter] = &[
    Parameter::new("case", Kind::Text, "Only what is linked to the case of this number."),
    Parameter::new("open", Kind::Flag, "Only what is linked to an open case, or only what is not."),
    Parameter::new(
        "no_target",
        Kind::Flag,
        "Only those at which no release is aimed, or only the others. With `open=true`, bugs and issues together are \
         the figure `bugs.no_target`.",
    ),
];

impl Filters {
    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Ok(Self {
            case: parameters.take("case"),
            open: parameters.take_flag("open")?,
            no_target: parameters.take_flag("no_target")?,
        })
    }

    fn take(&self, cases: &[String], open: bool, no_target: bool) -> bool {
        self.case.as_ref().is_none_or(|case| cases.contains(case))
            && self.open.is_none_or(|wanted| wanted == open)
            && self.no_target.is_none_or(|wanted| wanted == no_target)
    }
}

/// The list of bugs.
pub(crate) struct Bugs(Filters);

/// The list of issues.
pub(crate) struct Issues(Filters);

impl Collection for Bugs {
    type Place = Bug;
    type Row = Bug;

    const NAME: &'static str = "bugs";
    const FILTERS: &'static [Parameter] = FILTERS;
    const SORTS: &'static [Sort<Bug>] = &[
        ("summary", |_, bug| known(bug.summary.as_deref())),
        ("status", |_, bug| known(bug.status.as_deref())),
        ("severity", |_, bug| known(bug.severity.as_deref())),
        ("assignee", |_, bug| known(bug.assignee.as_deref())),
        ("updated", |_, bug| known(bug.updated.as_deref())),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Filters::read(parameters).map(Self)
    }

    fn find(&self, view: &View) -> Result<Vec<Bug>, AppError> {
        let mut found: BTreeMap<&str, Bug> = BTreeMap::new();
        for case in view.board().cases() {
            for linked in view.board().bugs_of(case.number.as_str()) {
                let one = || bug(linked, &[], false);
                let entry = found.entry(&linked.linked.bugzilla_number).or_insert_with(one);
                entry.case_numbers.push(case.number.to_string());
                entry.no_target =
                    lacks((entry.open, entry.no_target), (case.is_open(), linked.lacks_target()));
                entry.open |= case.is_open();
            }
        }
        let mut all: Vec<_> = found.into_values().collect();
        all.retain(|bug| self.0.take(&bug.case_numbers, bug.open, bug.no_target));
        Ok(all)
    }

    fn id(_: &View, bug: &Bug) -> String {
        format!("{:03}{}", bug.number.len(), bug.number)
    }

    fn row(_: &View, bug: &Bug) -> Option<Bug> {
        Some(bug.clone())
    }
}

impl Collection for Issues {
    type Place = Issue;
    type Row = Issue;

    const NAME: &'static str = "issues";
    const FILTERS: &'static [Parameter] = FILTERS;
    const SORTS: &'static [Sort<Issue>] = &[
        ("title", |_, issue| known(issue.title.as_deref())),
        ("status", |_, issue| known(issue.status.as_deref())),
        ("severity", |_, issue| known(issue.severity.as_deref())),
        ("priority", |_, issue| known(issue.priority.as_deref())),
        ("assignee", |_, issue| known(issue.assignee.as_deref())),
        ("updated", |_, issue| known(issue.updated.as_deref())),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Filters::read(parameters).map(Self)
    }

    fn find(&self, view: &View) -> Result<Vec<Issue>, AppError> {
        let mut found: BTreeMap<&str, Issue> = BTreeMap::new();
        for case in view.board().cases() {
            for linked in view.board().issues_of(case.number.as_str()) {
                let entry = found.entry(&linked.id).or_insert_with(|| issue(linked, &[], false));
                entry.case_numbers.push(case.number.to_string());
                entry.no_target =
                    lacks((entry.open, entry.no_target), (case.is_open(), linked.lacks_target()));
                entry.open |= case.is_open();
            }
        }
        let mut all: Vec<_> = found.into_values().collect();
        all.retain(|issue| self.0.take(&issue.case_numbers, issue.open, issue.no_target));
        Ok(all)
    }

    fn id(_: &View, issue: &Issue) -> String {
        issue.key.clone()
    }

    fn row(_: &View, issue: &Issue) -> Option<Issue> {
        Some(issue.clone())
    }
}

impl Single for Bugs {
    const ONE: &'static str = "bug";

    fn all() -> Self {
        Self(Filters::default())
    }

    fn is(bug: &Bug, name: &str) -> bool {
        bug.number == name
    }
}

impl Single for Issues {
    const ONE: &'static str = "issue";

    fn all() -> Self {
        Self(Filters::default())
    }

    fn is(issue: &Issue, name: &str) -> bool {
        issue.key == name
    }
}

/// Whether it lacks a target, given what was found so far and what one more case tells, each with whether the case is
/// open: as the figures have it, open cases count before others, and those without a target before those with one.
const fn lacks(before: (bool, bool), now: (bool, bool)) -> bool {
    match (before.0, now.0) {
        (true, true) | (false, false) => before.1 || now.1,
        (true, false) => before.1,
        (false, true) => now.1,
    }
}

fn known(text: Option<&str>) -> Key {
    text.map_or(Key::Unknown, Key::text)
}

/// A bug that is linked to these cases.
pub(super) fn bug(bug: &documents::Bug, cases: &[&str], open: bool) -> Bug {
    let linked = &bug.linked;
    Bug {
        number: linked.bugzilla_number.clone(),
        url: link::outside(Some(&linked.bugzilla_link)),
        summary: linked.summary.clone(),
        status: linked.status.clone(),
        severity: bug.severity.clone(),
        assignee: bug.assignee.clone(),
        qa_contact: bug.qa_contact.clone(),
        target_release: bug.target_release.clone(),
        no_target: bug.lacks_target(),
        updated: bug.last_change_time.clone(),
        whiteboard: bug.internal_whiteboard.clone(),
        open,
        case_numbers: cases.iter().map(|case| (*case).to_owned()).collect(),
    }
}

/// An issue that is linked to these cases.
pub(super) fn issue(issue: &documents::Issue, cases: &[&str], open: bool) -> Issue {
    Issue {
        key: issue.id.clone(),
        url: link::outside(Some(&issue.url)),
        title: issue.title.clone(),
        status: issue.status.clone(),
        kind: issue.jira_type.clone(),
        severity: issue.jira_severity.clone(),
        priority: issue.priority.clone(),
        assignee: issue.assignee.clone(),
        qa_contact: issue.qa_contact.clone(),
        fix_versions: issue.fix_versions.clone().unwrap_or_default(),
        no_target: issue.lacks_target(),
        updated: issue.updated.clone(),
        telco_priority: issue.telco_priority().map(str::to_owned),
        open,
        case_numbers: cases.iter().map(|case| (*case).to_owned()).collect(),
    }
}

/// What the list of bugs says of itself.
pub(crate) fn about_bugs() -> Vec<Operation> {
    vec![described::<Bugs>("listBugs", "Bugs that are linked to cases")]
}

/// What the list of issues says of itself.
pub(crate) fn about_issues() -> Vec<Operation> {
    vec![described::<Issues>("listIssues", "Jira issues that are linked to cases")]
}

/// What a single bug says of itself.
pub(crate) fn about_bug() -> Vec<Operation> {
    let place = ("number", "Bugzilla's number.");
    vec![described_alone::<Bugs>("getBug", "One bug and the cases that it is linked to", place)]
}

/// What a single issue says of itself.
pub(crate) fn about_issue() -> Vec<Operation> {
    let place = ("key", "Jira's key, such as `OCPBUGS-1234`.");
    vec![described_alone::<Issues>("getIssue", "One Jira issue and the cases that it is linked to", place)]
}
