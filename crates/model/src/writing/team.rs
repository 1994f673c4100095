//! The people who take cases, as the rules of assignment see them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::documents::Person;

/// One of the team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// As Jira shows it.
    pub name: String,
    /// Jira user name (mail address); may be empty.
    pub jira_user: String,
    /// Jira Cloud's account id; may be empty.
    pub jira_account_id: String,
    /// Slack's user id, for mentions; may be empty.
    pub slack_user: String,
    /// Parts of account names whose cases go to this member.
    pub accounts: Vec<String>,
    /// Whether cases are assigned at all.
    pub active: bool,
    /// Whether to be added as watcher of the case.
    pub watches: bool,
    /// When nothing is assigned.
    pub absent: Vec<Absence>,
}

impl TeamMember {
    /// Whether cases are assigned on that day.
    pub fn takes_cases(&self, today: NaiveDate) -> bool {
        self.active && !self.is_away(today)
    }

    /// Whether that day is one of absence.
    pub fn is_away(&self, today: NaiveDate) -> bool {
        self.absent.iter().any(|absence| absence.covers(today))
    }

    /// The part of an account's name by which its cases go to this member, ignoring case. Blank parts match nothing.
    pub fn account_part(&self, account: &str) -> Option<&str> {
        let account = account.to_lowercase();
        let parts = self.accounts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
        parts.into_iter().find(|part| account.contains(&part.to_lowercase()))
    }

    /// Whether that person of Jira's is this member: by account id, else by mail address, else by name.
    pub fn is(&self, person: &Person) -> bool {
        let same = |ours: &str, theirs: &Option<String>| {
            let theirs = theirs.as_deref().map(str::trim).filter(|text| !text.is_empty());
            theirs.filter(|_| !ours.trim().is_empty()).map(|theirs| ours.trim().eq_ignore_ascii_case(theirs))
        };
        same(&self.jira_account_id, &person.account_id)
            .or_else(|| same(&self.jira_user, &person.email_address))
            .or_else(|| same(&self.name, &person.display_name))
            .unwrap_or(false)
    }
}

/// Some days, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Absence {
    /// Whether that day is one of them.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_by_the_surest_mark_that_both_have() {
        let member = TeamMember {
            name: "Ana Sousa".to_owned(),
            jira_user: "ana@example.com".to_owned(),
            jira_account_id: "1:2".to_owned(),
            ..TeamMember::default()
        };
        let person = |name: &str, mail: &str, id: &str| Person {
            display_name: Some(name.to_owned()),
            email_address: Some(mail.to_owned()),
            account_id: Some(id.to_owned()),
        };
        assert!(member.is(&person("x", "x", "1:2")));
        assert!(member.is(&person("x", "ANA@example.com", "")));
        assert!(member.is(&person("Ana Sousa", "", " ")));
        assert!(!member.is(&person("Ana Sousa", "ana@example.com", "9:9")), "the id says that it is another");
        assert!(!member.is(&Person::default()));
        assert!(!TeamMember::default().is(&Person::default()), "nobody is not anybody");
    }

    #[test]
    fn absence_has_a_first_and_a_last_day() {
        let day = |text: &str| text.parse().unwrap();
        let absence = Absence { from: day("2026-12-24"), to: day("2027-01-02") };
        let covered =
            ["2026-12-23", "2026-12-24", "2027-01-02", "2027-01-03"].map(|at| absence.covers(day(at)));
        assert_eq!(covered, [false, true, true, false]);
    }
}
