//! Engineering's Jira issues: a pool that cases link to.

use super::bug::stage;
use super::prose::{self, Tongue};
use super::{IssueRef, JiraIssue, World};

const DAY: i64 = 86_400;
const STATUSES: [&str; 7] = ["New", "ASSIGNED", "POST", "MODIFIED", "ON_QA", "Verified", "Closed"];
const SEVERITIES: [&str; 5] = ["Critical", "Important", "Moderate", "Low", "Informational"];
const PRIORITIES: [&str; 6] = ["Blocker", "Critical", "Major", "Normal", "Minor", "Undefined"];
const VERSIONS: [&str; 5] = ["4.16.z", "4.18.z", "4.20.0", "---", "premerge"];

impl World {
    pub(super) fn engineering(&self, member: u32) -> Option<JiraIssue> {
        if member >= self.pool_size() {
            return None;
        }
        let at = IssueRef::Engineering(member);
        let born = self.pool_born("issue birth", member);
        let mut dice = self.dice("issue", member);
        let (step, changed) = stage(born, dice.between(2 * DAY, 45 * DAY), STATUSES.len(), self.tick());
        let status = STATUSES.get(step).copied().unwrap_or_default();
        let kind = dice.pick(&["Bug", "Bug", "Bug", "Story", "Feature Request"]);
        let mut issue = JiraIssue::bare(at, kind, status, self.shown(born));
        issue.updated = self.shown(changed);
        issue.readable = !dice.permille(100);
        let person = |dice: &mut crate::dice::Dice, share: u64| {
            let index = u32::try_from(dice.below(u64::from(self.team_size()))).unwrap_or(0);
            dice.permille(share).then(|| self.engineer(index))
        };
        issue.assignee = person(&mut dice, 700);
        issue.qa_contact = person(&mut dice, 500);
        issue.severity = dice.permille(700).then(|| dice.pick(&SEVERITIES).to_owned());
        issue.priority = Some(dice.pick(&PRIORITIES).to_owned());
        if dice.permille(550) {
            issue.fix_versions.push(dice.pick(&VERSIONS).to_owned());
        }
        if dice.permille(400) {
            issue.private_keywords.push(dice.pick(&["Telco", "backport", "customer-impact"]).to_owned());
            if dice.permille(600) {
                issue.private_keywords.push(format!("Telco:Priority-{}", dice.between(1, 4)));
            }
        }
        issue.whiteboard = dice.permille(200).then(|| "sprint-blocker".to_owned());
        issue.labels = if dice.permille(150) { vec!["telco".to_owned()] } else { Vec::new() };
        Some(issue)
    }

    pub(super) fn engineering_summary(&self, member: u32) -> String {
        let mut dice = self.dice("issue title", member);
        let tongue = if dice.permille(900) { Tongue(0) } else { Tongue::draw(&mut dice) };
        prose::title(&mut dice, tongue)
    }
}
