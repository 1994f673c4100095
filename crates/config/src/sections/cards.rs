//! How new cards look, and how they are made.

use url::Url;

use crate::section::section;
use crate::values::{AssignmentOrder, Period};

section! {
    /// Cards for new cases; who takes which: docs/assignment.md. Project, component and labels are in `[jira]`.
    Cards at "cards" {
        /// More new cases than this at once: nothing is created, somebody is told, and the plan waits for an operator.
        max_to_create: u32 = "10", old "max_to_create";
        /// In which order people take cases that no account decides: `chance`, drawn by lot, or `least-work`, who has
        /// the least open work first.
        assignment: AssignmentOrder = "chance";
        /// Issue type.
        issue_type: String = "Story", old "t5g_type";
        /// Priority of a card whose case has no known severity.
        priority: Option<String>, old "t5g_priority";
        /// Story points.
        points: Option<u32>, old "t5g_points";
        /// What the ticket tracking field says on new cards.
        tracking: Option<String> = "TRACK";
        /// Statuses in which a new card may stay; one that starts in another is moved to `open_status`.
        start_statuses: Vec<String> = "New, To Do";
        /// The status into which new and reopened cards are moved.
        open_status: String = "To Do";
        /// A case older than this may have had a card before; if there is one, it is reopened.
        reopen_age: Period = "15d";
        /// After a card was asked for and no answer came, and once Jira's time-out has passed after that was given up: how
        /// long it may take until what Jira did is seen there. Only then it is looked for and, if it is not there, asked
        /// for again. Longer than the delay of Jira's search.
        settle: Period = "2m";
        /// Address of a case for people, for the link on its card; the case's number follows.
        case_link: Url = "https://access.redhat.com/support/cases/";
        /// What that link is called.
        case_link_title: String = "Support Case";
    }
}
