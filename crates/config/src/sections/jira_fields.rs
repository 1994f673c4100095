//! Ids of Jira's custom fields, which differ from one installation to the next.

use crate::section::section;
use crate::values::FieldId;

section! {
    /// Ids of Jira's custom fields. A field whose id is not set is looked up by its name; where Jira does not
    /// tell that name, the id in brackets is taken.
    JiraFields at "jira.fields" {
        /// People who help with an issue (customfield_10466).
        contributors: Option<FieldId>;
        /// Who tests it (customfield_10470).
        qa_contact: Option<FieldId>;
        /// Severity of a bug (customfield_10840).
        severity: Option<FieldId>;
        /// Links to cases, on escalations (customfield_10979).
        sfdc_case_links: Option<FieldId>;
        /// Keywords that customers do not see (customfield_11087).
        private_keywords: Option<FieldId>;
        /// The internal whiteboard (customfield_11004).
        internal_whiteboard: Option<FieldId>;
        /// Ticket tracking (customfield_10783).
        ticket_tracking: Option<FieldId>;
        /// Story points (customfield_10028).
        story_points: Option<FieldId>;
        /// The sprint (customfield_10020).
        sprint: Option<FieldId>;
    }
}

/// Each named once, and none forgotten: one more in the section does not compile until it stands here.
macro_rules! ids {
    ($self:ident: $($key:ident),+) => {{
        let Self { $($key),+ } = *$self;
        [$((stringify!($key), $key)),+]
    }};
}

impl JiraFields {
    /// Every id that can be set, by its name in the section.
    pub fn ids(&self) -> [(&'static str, Option<FieldId>); 9] {
        ids!(self: contributors, qa_contact, severity, sfdc_case_links, private_keywords, internal_whiteboard,
            ticket_tracking, story_points, sprint)
    }
}
