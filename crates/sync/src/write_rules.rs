//! What is written upstream and how: the settings of the writing side, already checked. Made from the configuration by
//! the binary.

use std::collections::BTreeMap;
use std::time::Duration;

use t5g_model::names::Severity;
use t5g_model::writing::{Member, Service};

use crate::rules::FieldName;

/// All rules of writing.
#[derive(Debug, Clone)]
pub struct WriteRules {
    /// Nothing at all is written.
    pub read_only: bool,
    /// The people who take cases, in the order in which accounts are matched.
    pub team: Vec<Member>,
    /// Whether people with the least open work come first; else chance decides.
    pub least_work_first: bool,
    /// More new cases than this at once wait for a person.
    pub max_to_create: u32,
    /// The project of new cards; `None`: no cards are made.
    pub project: Option<String>,
    /// Their component.
    pub component: Option<String>,
    /// Their type.
    pub issue_type: String,
    /// All their labels, the one that marks a card among them, none twice.
    pub labels: Vec<String>,
    /// Severity's word → Jira's priority.
    pub priorities: BTreeMap<String, String>,
    /// Jira's priority of a card whose case has another severity; `None`: as Jira chooses.
    pub priority: Option<String>,
    /// Their points.
    pub points: Option<u32>,
    /// What their ticket tracking field says; `None`: nothing.
    pub tracking: Option<String>,
    /// The board in whose active sprint cards are; `None`: cards are in no sprint.
    pub board: Option<String>,
    /// The name, or part of it, of that sprint, where several are active.
    pub sprint: Option<String>,
    /// Statuses in which a new card may stay.
    pub start_columns: Vec<String>,
    /// The status into which other new cards and reopened ones are moved.
    pub open_column: String,
    /// A case older than this may have had a card before.
    pub reopen_after: Duration,
    /// How long something that happened without an answer may take to show up.
    pub settle: Duration,
    /// How long one attempt at each service may take; a request may go on there for as long after it was given up here.
    pub time_outs: BTreeMap<Service, Duration>,
    /// Addresses of cases for people, before a slash and the number.
    pub case_url: String,
    /// What the link from the card to its case is called.
    pub case_link_title: String,
    /// Bugzilla's address, without a slash at its end.
    pub bugzilla_url: String,
    /// Jira's address, for links to cards; without a slash at its end.
    pub jira_url: Option<String>,
    /// This dashboard's address for people, if it is known; without a slash at its end.
    pub dashboard_url: Option<String>,
    /// Whether bugs and issues are tagged.
    pub tags: bool,
    /// Custom fields of this Jira that are only written.
    pub fields: WriteFields,
    /// Who is told.
    pub recipients: Recipients,
}

impl WriteRules {
    /// How long one attempt at that service may take; nothing for one of whose time-out nobody told us.
    pub fn time_out(&self, service: Service) -> Duration {
        self.time_outs.get(&service).copied().unwrap_or_default()
    }

    /// A case's address for people.
    pub fn case_link(&self, number: &str) -> String {
        format!("{}/{number}", self.case_url)
    }

    /// A bug's address for people.
    pub fn bug_link(&self, number: u64) -> String {
        format!("{}/show_bug.cgi?id={number}", self.bugzilla_url)
    }

    /// A card's address for people, if Jira's is known.
    pub fn card_link(&self, key: &str) -> Option<String> {
        Some(format!("{}/browse/{key}", self.jira_url.as_ref()?))
    }

    /// The address of a page of this dashboard, such as `cards/plan`, if its own is known.
    pub fn page(&self, path: &str) -> Option<String> {
        Some(format!("{}/{path}", self.dashboard_url.as_ref()?))
    }
}

impl Default for WriteRules {
    /// What is usual, without a project, without people, and without leave to write.
    fn default() -> Self {
        let priorities = [("Urgent", "Critical"), ("High", "Major"), ("Normal", "Normal"), ("Low", "Minor")];
        Self {
            read_only: true,
            team: Vec::new(),
            least_work_first: false,
            max_to_create: 10,
            project: None,
            component: None,
            issue_type: "Story".to_owned(),
            labels: Vec::new(),
            priorities: priorities.map(|(severity, jira)| (severity.to_owned(), jira.to_owned())).into(),
            priority: None,
            points: None,
            tracking: Some("TRACK".to_owned()),
            board: None,
            sprint: None,
            start_columns: vec!["New".to_owned(), "To Do".to_owned()],
            open_column: "To Do".to_owned(),
            reopen_after: Duration::from_hours(15 * 24),
            settle: Duration::from_mins(2),
            time_outs: BTreeMap::new(),
            case_url: "https://access.redhat.com/support/cases".to_owned(),
            case_link_title: "Support Case".to_owned(),
            bugzilla_url: "https://bugzilla.redhat.com".to_owned(),
            jira_url: None,
            dashboard_url: None,
            tags: false,
            fields: WriteFields::default(),
            recipients: Recipients::default(),
        }
    }
}

/// The custom fields that are only written.
#[derive(Debug, Clone)]
pub struct WriteFields {
    /// Ticket tracking.
    pub tracking: FieldName,
    /// Story points.
    pub points: FieldName,
    /// The internal whiteboard of issues.
    pub whiteboard: FieldName,
    /// The sprint.
    pub sprint: FieldName,
}

impl Default for WriteFields {
    fn default() -> Self {
        let field = |name, usual| FieldName { name, id: None, usual };
        Self {
            tracking: field("Ticket Tracking", "customfield_10783"),
            points: field("Story Points", "customfield_10028"),
            whiteboard: field("Internal Whiteboard", "customfield_11004"),
            sprint: field("Sprint", "customfield_10020"),
        }
    }
}

/// Who is told what. Empty or unset where nobody is, or where nothing can be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    /// The sender of mail, which also names letters.
    pub from: Option<String>,
    /// Addresses that are told of new cards.
    pub new_cards: Vec<String>,
    /// Addresses that are told of too many new cases.
    pub alert: Vec<String>,
    /// Addresses that get the summary of tagged bugs.
    pub tags: Vec<String>,
    /// The subject of mail about new cards, before a colon and the case numbers.
    pub subject: String,
    /// The Slack channel for severities 1 and 2.
    pub high_channel: Option<String>,
    /// The Slack channel for the others, and for cards that failed.
    pub low_channel: Option<String>,
}

impl Recipients {
    /// The Slack channel for a case of that severity.
    pub fn channel(&self, severity: &Severity) -> Option<&str> {
        let channel = if severity.rank() <= 2 { &self.high_channel } else { &self.low_channel };
        channel.as_deref()
    }
}
