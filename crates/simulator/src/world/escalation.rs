//! Escalations: Jira issues that name the cases they are about, in all the ways people write that down.

use super::{IssueRef, JiraIssue, RichText, World, case_number};

/// The label by which the team finds its escalations.
pub(crate) const LABEL: &str = "telco-escalation";

impl World {
    pub(super) fn escalation(&self, index: u32) -> Option<JiraIssue> {
        if index >= self.population() {
            return None;
        }
        let life = self.life(index);
        let escalated = life.escalated?;
        if escalated.from > self.tick() {
            return None;
        }
        let open = self.tick() < escalated.until;
        let status = if open { "In Progress" } else { "Closed" };
        let created = self.shown(escalated.from);
        let mut issue = JiraIssue::bare(IssueRef::Escalation(index), "Escalation", status, created);
        issue.updated = self.shown_latest([escalated.until], escalated.from);
        issue.labels =
            if escalated.labelled { vec![LABEL.to_owned()] } else { vec!["other-team".to_owned()] };
        issue.priority = Some("Critical".to_owned());
        issue.assignee = life.engineer.map(|engineer| self.engineer(engineer));
        Some(issue)
    }

    pub(super) fn escalation_summary(&self, index: u32) -> String {
        let account = self.account(self.life(index).account).0;
        format!("Escalation of {account} over case {}", case_number(index))
    }

    pub(super) fn escalation_links(&self, index: u32) -> RichText {
        let address = |number: &str| format!("https://access.redhat.com/support/cases/#/case/{number}");
        let anchor = |number: &str, text: &str| {
            format!(
                "<a href=\"{}\" class=\"external-link\" rel=\"nofollow noreferrer\">{text}</a>",
                address(number)
            )
        };
        let own = case_number(index);
        let link = address(&own);
        match self.dice("escalation", index).below(4) {
            0 => RichText { html: format!("<p>{own}</p>"), wiki: own },
            1 => {
                // Somebody wrote two cases into one escalation.
                let other = case_number(index.saturating_sub(1));
                let (first, second) = (anchor(&own, &link), anchor(&other, &address(&other)));
                RichText {
                    html: format!("<p>{first}<br/>\n{second}</p>"),
                    wiki: format!("{link}\n{}", address(&other)),
                }
            }
            2 => RichText {
                html: format!("<p>{}</p>", anchor(&own, &format!("Case {own}"))),
                wiki: format!("[Case {own}|{link}]"),
            },
            _ => RichText { html: format!("<p>{}</p>", anchor(&own, &link)), wiki: link },
        }
    }
}
