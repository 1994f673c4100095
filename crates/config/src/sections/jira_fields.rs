//! Ids of Jira's custom fields, which differ from one installation to the next.

use crate::section::section;
use crate::values::FieldId;

section! {
    /// Ids of Jira's custom fields. `t5g doctor` compares them with what Jira says.
    JiraFields at "jira.fields" {
        /// People who help with an issue.
        contributors: FieldId = "10466";
        /// Who tests it.
        qa_contact: FieldId = "10470";
        /// Severity of a bug.
        severity: FieldId = "10840";
        /// Links to cases, on escalations.
        sfdc_case_links: FieldId = "10979";
        /// Keywords that customers do not see.
        private_keywords: FieldId = "11087";
        /// The internal whiteboard.
        internal_whiteboard: FieldId = "11004";
        /// Ticket tracking.
        ticket_tracking: FieldId = "10783";
        /// The sprint.
        sprint: FieldId = "10020";
    }
}
