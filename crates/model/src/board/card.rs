//! A card as pages see it: times read, texts shared, what no page shows left out.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::documents::{Bug, Issue, NotifiedUser, Person};
use crate::names::{CardKey, CardStatus, CaseNumber, CaseStatus, Severity};
use crate::time::Moment;

/// One card of the board. Fields as in [`crate::documents::Card`] where nothing else is said.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's document has these members")]
pub struct Card {
    /// Its place in [`super::Board::cards`].
    pub position: u32,
    /// Jira's key.
    pub key: CardKey,
    /// The case it tracks.
    pub case_number: CaseNumber,
    /// The case's account.
    pub account: Arc<str>,
    /// The case's problem; hostile text.
    pub summary: Arc<str>,
    /// The case's description; hostile text, empty if there is none.
    pub description: Box<str>,
    /// The case's product.
    pub product: Arc<str>,
    /// The case's status.
    pub case_status: CaseStatus,
    /// The case's severity.
    pub severity: Severity,
    /// When the case was opened.
    pub case_created: Moment,
    /// The day of that in the configured zone.
    pub created_on: Option<NaiveDate>,
    /// When the case last changed.
    pub case_updated: Moment,
    /// Days open at the last refresh, as the document says; see [`Card::days_open`].
    pub case_days_open: i64,
    /// The case's tags.
    pub tags: Box<[Arc<str>]>,
    /// Internal status.
    pub card_status: CardStatus,
    /// When the card was made.
    pub card_created: Moment,
    /// Jira's priority.
    pub priority: Option<Arc<str>>,
    /// Jira's labels.
    pub labels: Box<[Arc<str>]>,
    /// Who works on it; `None` if nobody.
    pub assignee: Option<Arc<Person>>,
    /// Who helps.
    pub contributors: Box<[Arc<Person>]>,
    /// In the order written.
    pub comments: Box<[Comment]>,
    /// The latest day on which a comment was written, as far as that is known.
    pub commented_on: Option<NaiveDate>,
    /// The bugs linked to the case.
    pub bugs: Arc<[Bug]>,
    /// The Jira issues linked to the case.
    pub issues: Arc<[Issue]>,
    /// Whether an open escalation names the case.
    pub escalated: bool,
    /// The escalation's address.
    pub escalated_link: Option<Box<str>>,
    /// Labelled as one that may escalate, and not escalated.
    pub potential_escalation: bool,
    /// On the daily list.
    pub daily_telco: bool,
    /// Whether the account is in a critical situation over this case.
    pub crit_sit: bool,
    /// The customer's case group.
    pub group_name: Option<Arc<str>>,
    /// Who watches the case.
    pub notified_users: Box<[NotifiedUser]>,
    /// When the customer got relief.
    pub relief_at: Option<Moment>,
    /// When the case was resolved.
    pub resolved_at: Option<Moment>,
    /// Place of the account among the board's accounts.
    pub(crate) account_id: u32,
    /// Place of the assignee among the board's engineers.
    pub(crate) engineer_id: Option<u32>,
}

/// A comment of a card.
#[derive(Debug)]
pub struct Comment {
    /// As Jira renders it: hostile until cleaned.
    pub html: Box<str>,
    /// When it was written.
    pub at: Moment,
    /// The day of that in the configured zone.
    pub on: Option<NaiveDate>,
}

impl Card {
    /// Whether its case is open.
    pub fn is_open(&self) -> bool {
        self.case_status.is_open()
    }

    /// What to call the assignee; `None` if nobody is.
    pub fn engineer(&self) -> Option<&str> {
        self.assignee.as_deref().and_then(Person::name)
    }

    /// Severity High or Urgent.
    pub fn is_high_priority(&self) -> bool {
        matches!(self.severity, Severity::Urgent | Severity::High)
    }

    /// Escalated, or in a critical situation.
    pub fn is_any_escalation(&self) -> bool {
        self.escalated || self.crit_sit
    }

    /// Neither a bug nor an issue is linked.
    pub fn lacks_trackers(&self) -> bool {
        self.bugs.is_empty() && self.issues.is_empty()
    }

    /// Carries the label.
    pub fn has_label(&self, label: &str) -> bool {
        self.labels.iter().any(|own| &**own == label)
    }

    /// Days from the case's creation to `today`; if that day is unknown, what the last refresh said.
    pub fn days_open(&self, today: NaiveDate) -> i64 {
        self.created_on.map_or(self.case_days_open, |on| (today - on).num_days())
    }

    /// The newest comment whose time is known, else the last one written.
    pub fn newest_comment(&self) -> Option<&Comment> {
        let time = |comment: &&Comment| -> Option<DateTime<Utc>> { comment.at.known() };
        self.comments.iter().max_by_key(time)
    }
}
