//! Bugs and Jira issues.

use schemars::JsonSchema;
use serde::Serialize;

use super::Row;

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
