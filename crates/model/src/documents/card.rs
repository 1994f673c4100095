//! A card: the Jira issue that tracks one case, joined with all that is known of it (document `cards`).

use serde::{Deserialize, Serialize};

use crate::documents::{Bug, Issue, Milestone, NotifiedUser};
use crate::names::{CardStatus, CaseNumber, CaseStatus, Severity};

/// One entry of `cards`. A card that was only just created lacks the later fields; all have defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's document has these members")]
pub struct Card {
    /// The case it tracks.
    #[serde(deserialize_with = "super::lenient::case_number")]
    pub case_number: CaseNumber,
    /// The case's account.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub account: String,
    /// The case's problem.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub summary: String,
    /// The case's description.
    #[serde(default)]
    pub description: Option<String>,
    /// The case's product.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub product: String,
    /// The case's status.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub case_status: CaseStatus,
    /// When the case was opened.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub case_created: String,
    /// The case's severity, the word only.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub severity: Severity,
    /// `YYYY-MM-DD HH:MM`.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub case_updated_date: String,
    /// Whole days from the case's creation to the refresh.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub case_days_open: i64,
    /// The case's tags.
    #[serde(default, deserialize_with = "super::lenient::list")]
    pub tags: Vec<String>,
    /// Internal status.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub card_status: CardStatus,
    /// When the card was made; anything that starts with a date.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub card_created: String,
    /// Jira's priority.
    #[serde(default)]
    pub priority: Option<String>,
    /// Jira's labels.
    #[serde(default, deserialize_with = "super::lenient::list")]
    pub labels: Vec<String>,
    /// Who works on it.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub assignee: Person,
    /// Who helps.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub contributor: Vec<Person>,
    /// In the order written.
    #[serde(default)]
    pub comments: Option<Vec<Comment>>,
    /// The case's entry of `bugs`.
    #[serde(default)]
    pub bugzilla: Option<Vec<Bug>>,
    /// The case's entry of `issues`.
    #[serde(default)]
    pub issues: Option<Vec<Issue>>,
    /// Whether an open escalation names the case.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub escalated: bool,
    /// The escalation's address, if it is one of the case's issues.
    #[serde(default)]
    pub escalated_link: Option<String>,
    /// Labelled as one that may escalate, and not escalated.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub potential_escalation: bool,
    /// On the daily list.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub daily_telco: bool,
    /// See [`crate::documents::Detail`].
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub crit_sit: bool,
    /// See [`crate::documents::Detail`].
    #[serde(default)]
    pub group_name: Option<String>,
    /// See [`crate::documents::Detail`].
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub notified_users: Vec<NotifiedUser>,
    /// See [`crate::documents::Detail`].
    #[serde(default)]
    pub relief_at: Option<Milestone>,
    /// See [`crate::documents::Detail`].
    #[serde(default)]
    pub resolved_at: Option<Milestone>,
}

/// A Jira user, as far as Jira tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The name shown.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Cloud's account id, or Data Center's user key.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The mail address; Cloud may hide it.
    #[serde(default)]
    pub email_address: Option<String>,
}

impl Person {
    /// What to call the person: the name shown, else the mail address, else the account's id; `None` if
    /// nothing is known, that is, of nobody.
    pub fn name(&self) -> Option<&str> {
        [&self.display_name, &self.email_address, &self.account_id]
            .into_iter()
            .flatten()
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
    }
}

/// A comment: a pair of HTML and timestamp in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String)", into = "(String, String)")]
pub struct Comment {
    /// As Jira renders it: hostile until cleaned.
    pub html: String,
    /// Jira's timestamp, with or without a fraction.
    pub at: String,
}

impl From<(String, String)> for Comment {
    fn from((html, at): (String, String)) -> Self {
        Self { html, at }
    }
}

impl From<Comment> for (String, String) {
    fn from(comment: Comment) -> Self {
        (comment.html, comment.at)
    }
}
