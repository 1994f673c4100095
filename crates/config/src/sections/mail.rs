//! Mail.

use crate::secret::Secret;
use crate::section::section;
use crate::values::{MailAddress, MailAddresses, MailSecurity, MailServer, Period};

section! {
    /// Mail about new cards, too many new cases, and tagged bugs: docs/notifications.md. Nothing is sent without `server`
    /// and `from`.
    Mail at "mail" {
        /// The mail server. The port, if none is given, is 25, or what `security` makes usual.
        server: Option<MailServer>, old "smtp_server";
        /// How the connection is protected: `none`, `starttls` (usually port 587) or `tls` (usually port 465). With the
        /// latter two the server's certificate is verified.
        security: MailSecurity = "none";
        /// User name, if the server wants one.
        username: Option<String>;
        /// Password of that user.
        password: Option<Secret>;
        /// How long the server may take for one answer.
        timeout: Period = "30s";
        /// Sender.
        from: Option<MailAddress>, old "source_email";
        /// Who is told of new cards.
        notification: MailAddresses, old "notification_email";
        /// Subject of that mail; a colon and the case numbers follow.
        subject: String = "New cards", old "email_subject";
        /// Who is told when something is wrong; people without access are sent to the first of them.
        alert: MailAddresses, old "alert_email";
        /// Who gets the summary of tagged bugs.
        bugs: MailAddresses, old "bug_email";
    }
}
