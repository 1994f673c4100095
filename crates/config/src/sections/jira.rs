//! Jira: where cards and engineering's issues are.

use std::collections::BTreeMap;

use url::Url;

use crate::secret::Secret;
use crate::section::section;
use crate::values::{Concurrency, Period};

section! {
    /// Jira, Cloud or Data Center.
    Jira at "jira" {
        /// Its address, such as `https://example.atlassian.net`.
        server: Option<Url>, old "jira_server";
        /// User name (mail address) on Cloud. Unset: `password` is a bearer token of a Data Center.
        username: Option<String>, old "jira_username";
        /// API token on Cloud, personal access token on Data Center.
        password: Option<Secret>, old "jira_pass";
        /// The project that holds the cards.
        project: Option<String>, old "jira_project";
        /// The component of new cards.
        component: Option<String>, old "jira_component";
        /// The board whose active sprint holds the cards.
        board: Option<String>, old "jira_board";
        /// The name, or part of it, of the sprint. Set: cards are read from the board's active sprint;
        /// unset: from the whole project.
        sprint: Option<String>, old "jira_sprint";
        /// The label by which cards are found.
        query: Option<String>, old "jira_query";
        /// Labels of new cards.
        labels: Vec<String>, old "jira_labels";
        /// The project of escalations.
        escalations_project: Option<String>, old "jira_escalations_project";
        /// The label of escalations.
        escalations_label: Option<String>, old "jira_escalations_label";
        /// Jira's status name to the team's own; a status that is not in it is shown by its own name.
        /// Unset: New is New, To Do is Backlog, Open is Debugging, In Progress is Eng Working, Code Review is
        /// Backport, QE Review is Ready To Close, Blocked is Blocked, and Won't Fix / Obsolete, Done and Closed
        /// are Done. Setting it replaces the whole map.
        status_map: Option<BTreeMap<String, String>>;
        /// A case's severity to the priority of its card. Setting it replaces the whole map.
        priority_map: BTreeMap<String, String> = r#"{"Urgent":"Critical","High":"Major","Normal":"Normal","Low":"Minor"}"#;
        /// Requests under way at once.
        concurrency: Concurrency = "8";
        /// How long a connection may take to be made.
        connect_timeout: Period = "10s";
        /// How long one attempt of a request may take as a whole.
        timeout: Period = "5m";
    }
}
