//! Cards and cases, in short and in full.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Bug, Issue, Row};

row! {
    /// A card: the Jira issue that tracks one case.
    Card {
        /// Jira's key.
        key: String,
        /// Its page in Jira.
        url: Option<String>,
        /// The case that it tracks.
        case_number: String,
        /// The case's page at the portal.
        case_url: String,
        /// The customer.
        account: String,
        /// What the case is about.
        summary: String,
        /// Product and version.
        product: String,
        /// `Urgent`, `High`, `Normal`, `Low`, or what the portal says.
        severity: String,
        /// Where the case stands.
        case_status: String,
        /// Where the work on the card stands.
        status: String,
        /// Whether the case is open.
        open: bool,
        /// Whether an open escalation names the case.
        escalated: bool,
        /// The escalation's page.
        escalation_url: Option<String>,
        /// Whether it may become an escalation.
        potential_escalation: bool,
        /// Whether the customer is in a critical situation.
        crit_sit: bool,
        /// Whether it is on the daily list.
        daily: bool,
        /// Jira's priority.
        priority: Option<String>,
        /// The customer's case group.
        group: Option<String>,
        /// Who works on it.
        assignee: Option<String>,
        /// Who helps.
        contributors: Vec<String>,
        /// Jira's labels.
        labels: Vec<String>,
        /// The case's tags.
        tags: Vec<String>,
        /// When the case was opened.
        case_created: Option<DateTime<Utc>>,
        /// When the case last changed.
        case_updated: Option<DateTime<Utc>>,
        /// When the card was made.
        created: Option<DateTime<Utc>>,
        /// When the newest comment was written.
        commented: Option<DateTime<Utc>>,
        /// How many days the case is or was open.
        days_open: i64,
        /// `on track`, `at risk`, `breached`; null where nothing was agreed.
        sla: Option<String>,
        /// How many days were agreed.
        sla_days: Option<u32>,
        /// How many of them are left; 0 or less when breached.
        sla_days_left: Option<i64>,
        /// When the customer got relief.
        relief: Option<DateTime<Utc>>,
        /// When the case was resolved.
        resolved: Option<DateTime<Utc>>,
        /// How many comments it has.
        comment_count: usize,
        /// Numbers of the linked bugs.
        bug_numbers: Vec<String>,
        /// Keys of the linked Jira issues.
        issue_keys: Vec<String>,
    }
}

row! {
    /// A card with all that is known of it.
    CardInFull [card: Card] {
        /// What the customer wrote.
        description: String,
        /// Logins of who watches the case.
        watchers: Vec<String>,
        /// Newest first.
        comments: Vec<Comment>,
        /// The linked bugs.
        bugs: Vec<Bug>,
        /// The linked Jira issues.
        issues: Vec<Issue>,
    }
}

/// A comment on a card.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Comment {
    /// When it was written.
    pub(crate) at: Option<DateTime<Utc>>,
    /// What it says, without markup, in one line.
    pub(crate) text: String,
}

row! {
    /// A support case.
    Case {
        /// Its number, as text: leading zeros count.
        number: String,
        /// Its page at the portal.
        url: String,
        /// The customer.
        account: String,
        /// What it is about.
        summary: String,
        /// Product and version.
        product: String,
        /// `Urgent`, `High`, `Normal`, `Low`, or what the portal says.
        severity: String,
        /// Where it stands.
        status: String,
        /// Whether it is open.
        open: bool,
        /// Who owns it at the portal.
        owner: String,
        /// When it was opened.
        created: Option<DateTime<Utc>>,
        /// The day of its last change, in the team's time zone.
        updated_on: Option<NaiveDate>,
        /// The day it was closed.
        closed_on: Option<NaiveDate>,
        /// Keys of the cards that track it.
        card_keys: Vec<String>,
        /// Numbers of the linked bugs.
        bug_numbers: Vec<String>,
        /// Keys of the linked Jira issues.
        issue_keys: Vec<String>,
    }
}

row! {
    /// A case with what belongs to it.
    CaseInFull [case: Case] {
        /// The cards that track it.
        cards: Vec<Card>,
        /// The linked bugs.
        bugs: Vec<Bug>,
        /// The linked Jira issues.
        issues: Vec<Issue>,
    }
}
