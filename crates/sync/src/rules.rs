//! What is read and how it is judged: the settings of this room, already checked. Made from the
//! configuration by the binary.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use t5g_model::names::CardStatus;

use crate::tasks::Schedules;

/// All rules of reading.
#[derive(Debug, Clone)]
pub struct SyncRules {
    /// Which cases are the team's, in the portal's query language.
    pub case_query: String,
    /// Rows a page of the portal's search.
    pub page_rows: u32,
    /// Which Jira issues are cards.
    pub cards: CardRules,
    /// Which Jira issues are escalations.
    pub escalations: EscalationRules,
    /// Custom fields of this Jira.
    pub fields: FieldNames,
    /// When a document is too small to be believed.
    pub shrink: ShrinkRules,
    /// The time zone in which "today" is meant.
    pub time_zone: Tz,
    /// After this time an incremental source is read as a whole again.
    pub full_every: Duration,
    /// How far an incremental read reaches back beyond the last success: clocks differ, searches lag.
    pub overlap: Duration,
    /// How long comments of cases that are gone are kept, from when they were written.
    pub keep_comments: Duration,
    /// Schedules that differ from the usual ones, by task name; `None`: never by schedule.
    pub schedules: Schedules,
}

impl SyncRules {
    /// That moment less the overlap: from where an incremental read begins.
    pub fn reach_back(&self, until: DateTime<Utc>) -> DateTime<Utc> {
        let overlap = TimeDelta::from_std(self.overlap).unwrap_or(TimeDelta::MAX);
        until.checked_sub_signed(overlap).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// Which Jira issues are cards, and how they are shown.
#[derive(Debug, Clone)]
pub struct CardRules {
    /// The label that marks a card.
    pub label: String,
    /// Where cards are looked for.
    pub scope: CardScope,
    /// Jira's status → internal status; a status that is not in it is shown by its own name.
    pub statuses: BTreeMap<String, CardStatus>,
}

/// Where cards are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardScope {
    /// In the active sprint of the board of that name.
    ActiveSprint {
        /// The board's name.
        board: String,
    },
    /// In the whole project of that key.
    Project(String),
}

/// Which Jira issues are escalations. Unless both are set, the document says "not configured".
#[derive(Debug, Clone, Default)]
pub struct EscalationRules {
    /// The project's key; it alone decides whether a card's escalation has a link.
    pub project: Option<String>,
    /// The label of escalations that concern this team.
    pub label: Option<String>,
}

impl EscalationRules {
    /// Project and label, if both are set.
    pub fn both(&self) -> Option<(&str, &str)> {
        self.project.as_deref().zip(self.label.as_deref())
    }
}

/// One custom field: found by its name, or by the id if one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// As people see it in Jira, any case.
    pub name: &'static str,
    /// The id that is set, which wins; such as `customfield_10466`.
    pub id: Option<String>,
    /// The id where the name is not found.
    pub usual: &'static str,
}

/// The custom fields that reading needs.
#[derive(Debug, Clone)]
pub struct FieldNames {
    /// Who helps with a card.
    pub contributors: FieldName,
    /// Who tests an issue.
    pub qa_contact: FieldName,
    /// Engineering's severity.
    pub severity: FieldName,
    /// The cases of an escalation.
    pub case_links: FieldName,
    /// Keywords that only staff sees.
    pub private_keywords: FieldName,
}

impl Default for FieldNames {
    fn default() -> Self {
        let field = |name, usual| FieldName { name, id: None, usual };
        Self {
            contributors: field("Contributors", "customfield_10466"),
            qa_contact: field("QA Contact", "customfield_10470"),
            severity: field("Severity", "customfield_10840"),
            case_links: field("SFDC case links", "customfield_10979"),
            private_keywords: field("Private Keywords", "customfield_11087"),
        }
    }
}

/// When a document is too small to be believed: good data are not traded for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkRules {
    /// Documents with fewer rows may shrink as they like.
    pub from_rows: usize,
    /// A document with fewer than this many percent of the rows before is held back.
    pub keep_percent: usize,
}

impl Default for ShrinkRules {
    fn default() -> Self {
        Self { from_rows: 20, keep_percent: 50 }
    }
}

impl ShrinkRules {
    /// Whether going from `before` to `after` rows is more than can be believed.
    pub fn doubts(self, before: usize, after: usize) -> bool {
        before >= self.from_rows && after.saturating_mul(100) < before.saturating_mul(self.keep_percent)
    }
}

/// The usual map from Jira's status to the internal one.
pub fn usual_statuses() -> BTreeMap<String, CardStatus> {
    [
        ("New", CardStatus::New),
        ("To Do", CardStatus::Backlog),
        ("Open", CardStatus::Debugging),
        ("In Progress", CardStatus::EngWorking),
        ("Code Review", CardStatus::Backport),
        ("QE Review", CardStatus::ReadyToClose),
        ("Blocked", CardStatus::Blocked),
        ("Won't Fix / Obsolete", CardStatus::Done),
        ("Done", CardStatus::Done),
        ("Closed", CardStatus::Done),
    ]
    .map(|(jira, internal)| (jira.to_owned(), internal))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_large_document_that_lost_more_than_half_is_doubted() {
        let rules = ShrinkRules::default();
        for (before, after, doubted) in [
            (300, 0, true),
            (20, 9, true),
            (20, 10, false),
            (19, 0, false),
            (0, 0, false),
            (100, 200, false),
            (usize::MAX, 0, true),
        ] {
            assert_eq!(rules.doubts(before, after), doubted, "{before} → {after}");
        }
    }
}
