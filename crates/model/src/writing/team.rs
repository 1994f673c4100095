//! The people who take cases, as planning needs them.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::documents::Person;

/// One of the team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The name, for people; as Jira shows it.
    pub name: String,
    /// The login: on the portal, and in Jira Data Center. May be empty.
    pub jira_user: String,
    /// The account id in Jira Cloud; empty if there is none.
    pub jira_account_id: String,
    /// The id in Slack, for mentions; empty if there is none.
    pub slack_user: String,
    /// Accounts whose cases go to this member: parts of names, in any case of letters.
    pub accounts: Vec<String>,
    /// Whether they take cases at all.
    pub active: bool,
    /// Whether they are added to the watchers of their cases.
    pub notified: bool,
    /// When they take no cases.
    pub absent: Vec<Absence>,
}

/// Somebody to whom a card belongs, as Jira is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The name, for people.
    pub name: String,
    /// The account id (Cloud) or the login (Data Center).
    pub account: String,
}

impl Member {
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

/// Some days, the first and the last included; written `2026-12-24/2027-01-02`, or `2026-12-24` for one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

/// A text that names no days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("absence is written 2026-12-24, or 2026-12-24/2027-01-02 from the first day to the last")]
pub struct NoAbsence;

impl FromStr for Absence {
    type Err = NoAbsence;

    fn from_str(text: &str) -> Result<Self, NoAbsence> {
        let day = |text: &str| text.trim().parse::<NaiveDate>().map_err(|_| NoAbsence);
        let (from, to) = match text.split_once('/') {
            Some((from, to)) => (day(from)?, day(to)?),
            None => (day(text)?, day(text)?),
        };
        if from <= to { Ok(Self { from, to }) } else { Err(NoAbsence) }
    }
}

impl TryFrom<String> for Absence {
    type Error = NoAbsence;

    fn try_from(text: String) -> Result<Self, NoAbsence> {
        text.parse()
    }
}

impl From<Absence> for String {
    fn from(absence: Absence) -> Self {
        absence.to_string()
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}/{}", self.from, self.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_by_the_surest_mark_that_both_have() {
        let member = Member {
            name: "Ana Sousa".to_owned(),
            jira_user: "ana@example.com".to_owned(),
            jira_account_id: "1:2".to_owned(),
            ..Member::default()
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
        assert!(!Member::default().is(&Person::default()), "nobody is not anybody");
    }

    #[test]
    fn absence_has_a_first_and_a_last_day() {
        let day = |text: &str| text.parse().unwrap();
        let absence = Absence { from: day("2026-12-24"), to: day("2027-01-02") };
        let covered =
            ["2026-12-23", "2026-12-24", "2027-01-02", "2027-01-03"].map(|at| absence.covers(day(at)));
        assert_eq!(covered, [false, true, true, false]);
        for text in ["2026-12-24", "2026-12-24/2027-01-02"] {
            assert_eq!(text.parse::<Absence>().unwrap().to_string(), text);
        }
        for bad in ["", "soon", "2026-12-24/", "2027-01-02/2026-12-24", "2026-12-24/2026-12-25/2026-12-26"] {
            assert!(bad.parse::<Absence>().is_err(), "{bad}");
        }
    }
}
