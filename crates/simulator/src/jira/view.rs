//! Issues as they stand: what the world says, and what was written to them since.

use chrono::TimeDelta;

use crate::state::Ground;
use crate::world::{IssueComment, IssueRef, JiraIssue, Project};

/// Read access to all issues.
pub(crate) struct View<'a>(pub(crate) &'a Ground);

impl View<'_> {
    /// The issue, whether readable or not.
    pub(crate) fn issue(&self, at: IssueRef) -> Option<JiraIssue> {
        let mut issue = match self.0.written.made(at) {
            Some(made) => made.issue.clone(),
            None => self.0.world.issue(at)?,
        };
        if let Some(change) = self.0.written.change(at).cloned() {
            issue.status = change.status.unwrap_or(issue.status);
            issue.priority = change.priority.or(issue.priority);
            issue.labels = change.labels.unwrap_or(issue.labels);
            issue.assignee = change.assignee.over(issue.assignee);
            issue.private_keywords = change.private_keywords.unwrap_or(issue.private_keywords);
            issue.whiteboard = change.whiteboard.over(issue.whiteboard);
            issue.tracking = change.tracking.over(issue.tracking);
            issue.in_sprint = change.in_sprint.unwrap_or(issue.in_sprint);
            issue.updated = change.updated.map_or(issue.updated, |at| at.max(issue.updated));
        }
        Some(issue)
    }

    /// Whether a search shows the issue: a new one only when the index has it, or where it is asked for by name.
    pub(crate) fn is_indexed(&self, issue: &JiraIssue, reconciled: &[u32]) -> bool {
        let lag = TimeDelta::seconds(i64::from(self.0.written.search_lag));
        !matches!(issue.at, IssueRef::Made(_))
            || issue.created + lag <= self.0.now()
            || reconciled.contains(&issue.at.id())
    }

    /// The issue of that key or id, if it may be read.
    pub(crate) fn readable(&self, name: &str) -> Option<JiraIssue> {
        self.issue(IssueRef::named(name)?).filter(|issue| issue.readable)
    }

    pub(crate) fn summary(&self, at: IssueRef) -> String {
        if let Some(summary) = self.0.written.change(at).and_then(|change| change.summary.clone()) {
            return summary;
        }
        self.0.written.made(at).map_or_else(|| self.0.world.issue_summary(at), |made| made.summary.clone())
    }

    pub(crate) fn description(&self, at: IssueRef) -> String {
        if let Some(description) = self.0.written.change(at).and_then(|change| change.description.clone()) {
            return description;
        }
        self.0
            .written
            .made(at)
            .map_or_else(|| self.0.world.issue_description(at), |made| made.description.clone())
    }

    pub(crate) fn comments(&self, at: IssueRef) -> Vec<IssueComment> {
        let mut comments = self.0.world.issue_comments(at);
        comments.extend(self.0.written.change(at).into_iter().flat_map(|change| change.comments.clone()));
        comments
    }

    /// Every issue of these projects, readable or not.
    pub(crate) fn all(&self, projects: &[Project]) -> impl Iterator<Item = IssueRef> + '_ {
        let made = projects.contains(&Project::Cards).then(|| self.0.written.made_refs());
        let projects = projects.to_vec();
        let world = &self.0.world;
        projects.into_iter().flat_map(|project| world.issue_refs(project)).chain(made.into_iter().flatten())
    }
}
