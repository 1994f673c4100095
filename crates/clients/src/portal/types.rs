//! What the portal tells, whichever face is asked. Texts and times are as received; `None` means that the portal
//! did not say.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// What a face of the portal can tell. Where it cannot, previously known values stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each face can or cannot do each of them, whatever else it can"
)]
pub struct Capabilities {
    /// The face's name in the settings.
    pub face: &'static str,
    /// `crit_sit`, `relief_at`, `resolved_at`, `notified_users` of a case.
    pub details: bool,
    /// `bugzillas` of a case; `bug` and `tags` in the list.
    pub bugs_and_tags: bool,
    /// [`super::Portal::linked_issues`].
    pub linked_issues: bool,
    /// [`super::Portal::watchers`], and adding and removing them.
    pub watchers: bool,
    /// How many cases `cases` fetches best at once.
    pub batch: usize,
}

/// Which cases are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseQuery {
    /// The configured `case_query`, in the face's own language: Solr for `hydra`, a JSON object for the others.
    pub query: String,
    /// Rows a page (`max_portal_results`).
    pub rows: u32,
    /// Only those that changed since; for incremental refreshes.
    pub modified_since: Option<DateTime<Utc>>,
}

/// The answer to a [`CaseQuery`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseList {
    /// Each case once, in the order of creation.
    pub cases: Vec<PortalCase>,
    /// Rows that carried no case number and were left out.
    pub skipped: usize,
}

/// A case as the list tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalCase {
    /// Its number, eight digits as a rule.
    pub number: String,
    /// Who owns it at the portal.
    pub owner: Option<String>,
    /// The customer's account.
    pub account: Option<String>,
    /// The summary.
    pub summary: Option<String>,
    /// What the customer wrote.
    pub description: Option<String>,
    /// Where it stands.
    pub status: Option<String>,
    /// `1 (Urgent)` … `4 (Low)`.
    pub severity: Option<String>,
    /// The products; the first one counts.
    pub products: Vec<String>,
    /// The product's version.
    pub version: Option<String>,
    /// When it was opened.
    pub created: Option<String>,
    /// When it last changed.
    pub modified: Option<String>,
    /// When it was closed.
    pub closed: Option<String>,
    /// The first linked bug.
    pub bug: Option<String>,
    /// Tags, split.
    pub tags: Vec<String>,
}

/// A case with what only its own page tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PortalCaseDetail {
    /// Its number, as it was asked for.
    pub number: String,
    /// The customer's case group.
    pub group_name: Option<String>,
    /// Whether the account is in a critical situation; `None` if this face cannot tell.
    pub crit_sit: Option<bool>,
    /// When the customer got relief.
    pub relief_at: Option<Moment>,
    /// When it was resolved.
    pub resolved_at: Option<Moment>,
    /// Who watches it; `None` if this face cannot tell.
    pub notified_users: Option<Vec<PortalUser>>,
    /// The linked bugs; `None` if this face cannot tell.
    pub bugzillas: Option<Vec<PortalBug>>,
    /// The comments, oldest first.
    pub comments: Vec<PortalComment>,
}

/// A linked bug's members as received (`bugzillaLink`, `bugzillaNumber`, `caseNumber`, `linkedAt`, …).
pub type PortalBug = Map<String, Value>;

/// A time, in the two forms that the portal uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// Milliseconds since 1970, UTC.
    Millis(i64),
    /// `2026-11-23T14:05:00Z`.
    Text(String),
}

/// Somebody who watches a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PortalUser {
    /// The portal's login.
    pub sso_username: String,
    /// The portal's title for the person.
    pub title: Option<String>,
    /// Further members as received.
    pub other: Map<String, Value>,
}

/// A comment on a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalComment {
    /// Its id; empty if the portal gave none.
    pub id: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// The text, hostile as any.
    pub body: String,
    /// When.
    pub created: Option<String>,
    /// Whether the customer sees it.
    pub public: bool,
}

/// A Jira issue linked to a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedIssue {
    /// Jira's key.
    pub key: String,
    /// Where people read it.
    pub url: Option<String>,
    /// Its summary; absent for issues one may not see.
    pub title: Option<String>,
    /// Its status.
    pub status: Option<String>,
    /// When it last changed.
    pub modified: Option<String>,
}

/// Somebody who is told when a case changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watcher {
    /// The portal's login.
    pub login: String,
    /// The portal's title for the person.
    pub title: Option<String>,
}

impl From<PortalUser> for Watcher {
    fn from(user: PortalUser) -> Self {
        Self { login: user.sso_username, title: user.title }
    }
}

/// A file of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// The case's number.
    pub case: String,
    /// What names the file at the portal.
    pub uuid: String,
    /// What the customer called it: any text at all.
    pub file_name: String,
    /// Where it lies; outside text like the name.
    pub link: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its checksum in hexadecimal digits; what kind it is its length says.
    pub checksum: Option<String>,
    /// When it came.
    pub created: Option<String>,
}
