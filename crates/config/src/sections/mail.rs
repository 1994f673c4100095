//! Mail.

use crate::section::section;

section! {
    /// Mail about new cards, too many new cases, and tagged bugs. Read and checked; this version sends none.
    Mail at "mail" {
        /// Host of the mail server, with port if it is not 25.
        server: Option<String>, old "smtp_server";
        /// Sender.
        from: Option<String>, old "source_email";
        /// Who is told of new cards.
        notification: Option<String>, old "notification_email";
        /// Subject of that mail; a colon and the case numbers follow.
        subject: Option<String>, old "email_subject";
        /// Who is told when something is wrong, and whom people without access are sent to.
        alert: Option<String>, old "alert_email";
        /// Who gets the summary of tagged bugs.
        bugs: Option<String>, old "bug_email";
    }
}
