//! Issues in the team's project that are no card of a known case: what a sync must cope with and leave out.

use super::prose::{self, Tongue};
use super::{IssueRef, JiraIssue, World};

const DAY: i64 = 86_400;

impl World {
    /// One in a hundred, and at least three.
    pub(super) fn noise_count(&self) -> u32 {
        3 + self.initial_cases / 100
    }

    pub(super) fn noise(&self, place: u32) -> Option<JiraIssue> {
        if place >= self.noise_count() {
            return None;
        }
        let mut dice = self.dice("noise", place);
        let born = self.timeline.start().plus(-dice.between(DAY, 90 * DAY));
        let mut issue = JiraIssue::bare(IssueRef::Noise(place), "Task", "To Do", self.shown(born));
        issue.priority = Some("Normal".to_owned());
        issue.assignee = Some(self.engineer(place % self.team_size()));
        // Every third is in the sprint without the label, every third labelled and no case's card.
        issue.in_sprint = true;
        issue.labels = if place % 3 == 2 { vec!["internal".to_owned()] } else { vec!["field".to_owned()] };
        Some(issue)
    }

    pub(super) fn noise_summary(&self, place: u32) -> String {
        let text = prose::title(&mut self.dice("noise title", place), Tongue(0));
        match place % 3 {
            // A case that the portal does not know.
            0 => format!("{:08}: {text}", 99_000_000 + place),
            // No case number at all.
            1 => format!("Weekly sync notes: {text}"),
            // Somebody else's work on a case.
            _ => text,
        }
    }
}
