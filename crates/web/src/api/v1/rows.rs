//! The shape of everything that `/api/v1` answers, in one place; the description of the API derives from it. What is
//! not known is `null`. Text comes as its author wrote it, which may be markup: escape it where you show it.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use std::borrow::Cow;
use t5g_model::figures::Statistics;

/// One entry of a list, or one thing alone.
pub(crate) trait Row: Serialize + JsonSchema + Send + 'static {
    /// The names of its members, in order.
    fn fields() -> Vec<&'static str>;
}

/// A row, and the list of its members beside it.
macro_rules! row {
    ($(#[$about:meta])* $name:ident $([$inner:ident: $base:ident])? {
        $($(#[$doc:meta])* $field:ident: $type:ty,)+
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Serialize, JsonSchema)]
        pub(crate) struct $name {
            $(
                #[serde(flatten)]
                pub(crate) $inner: $base,
            )?
            $($(#[$doc])* pub(crate) $field: $type,)+
        }

        impl Row for $name {
            fn fields() -> Vec<&'static str> {
                let base: Vec<Vec<&'static str>> = vec![$($base::fields())?];
                base.into_iter().flatten().chain([$(stringify!($field)),+]).collect()
            }
        }
    };
}

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

row! {
    /// A bug of Bugzilla that is linked to a case. Of one that may not be read, Bugzilla's part says `unavailable`.
    Bug {
        /// Its number, as text.
        number: String,
        /// Its page.
        url: Option<String>,
        /// Its summary.
        summary: Option<String>,
        /// Bugzilla's status.
        status: Option<String>,
        /// Bugzilla's severity.
        severity: Option<String>,
        /// Who works on it.
        assignee: Option<String>,
        /// Who tests it.
        qa_contact: Option<String>,
        /// Releases aimed at.
        target_release: Vec<String>,
        /// Whether no release is aimed at.
        no_target: bool,
        /// When Bugzilla says that it last changed.
        updated: Option<String>,
        /// The team's tags.
        whiteboard: Option<String>,
        /// Whether one of its cases is open.
        open: bool,
        /// The cases it is linked to.
        case_numbers: Vec<String>,
    }
}

row! {
    /// A Jira issue in which engineering works on a case.
    Issue {
        /// Its key.
        key: String,
        /// Its page.
        url: Option<String>,
        /// Its title.
        title: Option<String>,
        /// Jira's status.
        status: Option<String>,
        /// Bug, Story, and the like.
        kind: Option<String>,
        /// Engineering's severity.
        severity: Option<String>,
        /// Jira's priority.
        priority: Option<String>,
        /// Mail of who works on it.
        assignee: Option<String>,
        /// Mail of who tests it.
        qa_contact: Option<String>,
        /// Versions that carry the fix.
        fix_versions: Vec<String>,
        /// Whether no version is to carry it.
        no_target: bool,
        /// The day of its last change.
        updated: Option<String>,
        /// The Telco priority among the private keywords.
        telco_priority: Option<String>,
        /// Whether one of its cases is open.
        open: bool,
        /// The cases it is linked to.
        case_numbers: Vec<String>,
    }
}

row! {
    /// A customer's account, counted as the statistics count.
    Account {
        /// Its name.
        name: String,
        /// All cards.
        cards: usize,
        /// Cards whose case is open.
        open_cards: usize,
        /// Open cards of severity High or Urgent.
        high_prio: usize,
        /// Open cards that are escalated.
        escalated: usize,
        /// Open cards in a critical situation.
        crit_sit: usize,
        /// Open cards that are either.
        total_escalations: usize,
        /// Open cards with neither bug nor issue.
        no_bzs: usize,
        /// Open cases.
        open_cases: usize,
    }
}

row! {
    /// Somebody who is assigned to cards, counted as the statistics count.
    Engineer {
        /// The name.
        name: String,
        /// All cards.
        cards: usize,
        /// Cards whose case is open.
        open_cards: usize,
        /// Open cards of severity High or Urgent.
        high_prio: usize,
        /// Open cards that are escalated.
        escalated: usize,
        /// Open cards in a critical situation.
        crit_sit: usize,
        /// Open cards that are either.
        total_escalations: usize,
        /// Open cards with neither bug nor issue.
        no_bzs: usize,
    }
}

row! {
    /// The statistics of everything, of one account, or of one engineer.
    StatisticsNow {
        /// The day that they are of, where the team is.
        day: NaiveDate,
        /// The account, if they are of one.
        account: Option<String>,
        /// The engineer, if they are of one.
        engineer: Option<String>,
        /// The figures, by the names that `/api/stats` has too.
        figures: Statistics,
        /// From the opening of cases to relief, by severity.
        relief: Vec<Outcome>,
        /// From the opening of cases to their resolution, by severity.
        resolution: Vec<Outcome>,
    }
}

/// How long something took, in days.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    /// Of which severity.
    pub(crate) severity: String,
    /// How many there are.
    pub(crate) count: usize,
    /// The arithmetic mean.
    pub(crate) mean: f64,
    /// Half took at most as long.
    pub(crate) median: f64,
    /// Nine of ten took at most as long.
    pub(crate) p90: f64,
}

row! {
    /// The figures of one day. A figure that the day lacks is 0, as in the charts.
    DayOfHistory {
        /// The day.
        day: NaiveDate,
        /// Open cases.
        open_cases: u64,
        /// Open cases that came within a day.
        daily_opened_cases: u64,
        /// Cases closed within a day.
        daily_closed_cases: u64,
        /// Open cases without an update for a week.
        no_updates: u64,
        /// Open cards of severity High or Urgent.
        high_prio: u64,
        /// Open cards that are escalated.
        escalated: u64,
        /// Open cards in a critical situation.
        crit_sit: u64,
        /// Open cards that are either.
        total_escalations: u64,
        /// Open cards with neither bug nor issue.
        no_bzs: u64,
        /// Distinct bugs and issues of open cases.
        bugs_unique: u64,
        /// Of those, the ones without a target.
        bugs_no_target: u64,
    }
}

row! {
    /// A source of data, and how fresh it is.
    Source {
        /// Its name.
        name: &'static str,
        /// `off`, `fresh`, `due`, `late`, `held`, `failing`, `never`, `stale`: from best to worst.
        state: crate::view::freshness::State,
        /// Whether this deployment uses it.
        configured: bool,
        /// When it last succeeded.
        last_success: Option<DateTime<Utc>>,
        /// When it was last tried.
        last_attempt: Option<DateTime<Utc>>,
        /// How long the last success took.
        took_seconds: Option<f64>,
        /// Failures in a row since the last success.
        failures: u32,
        /// Why the last try failed.
        error: Option<String>,
        /// Entries in its document after the last success.
        entries: Option<u64>,
        /// Entries that are older because their own refresh failed.
        stale_entries: u64,
        /// What is held back for somebody to decide.
        held: Option<String>,
        /// When its schedule fires next.
        next: Option<DateTime<Utc>>,
        /// How long at most lies between two scheduled refreshes.
        interval_seconds: Option<u64>,
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{R}Page")]
pub(crate) struct Page<R> {
    /// The rows, in the order that was asked for.
    pub(crate) items: Vec<R>,
    /// How many rows pass the filters, on all pages.
    pub(crate) total: usize,
    /// Give it as `cursor` to get the next page; null on the last one.
    pub(crate) cursor: Option<String>,
    /// The address of the next page; null on the last one.
    pub(crate) next: Option<String>,
}

/// A row of which `fields` may have picked some members: its shape without the demand that all are there.
pub(crate) struct Chosen<R>(std::marker::PhantomData<R>);

impl<R: Row> JsonSchema for Chosen<R> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Members", R::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = R::json_schema(generator);
        schema.remove("required");
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_builds_on_another_has_its_members_too() {
        let all = CaseInFull::fields();
        assert_eq!((all.first(), all.last()), (Some(&"number"), Some(&"issues")));
        let schema = SchemaGenerator::default().into_root_schema_for::<CaseInFull>();
        let described = schema.get("properties").unwrap().as_object().unwrap();
        assert_eq!(described.len(), all.len());
        assert!(all.iter().all(|name| described.contains_key(*name)));
    }
}
