//! Slack.

use url::Url;

use crate::secret::Secret;
use crate::section::section;

section! {
    /// Slack messages about new cards. Read and checked; this version sends none.
    Slack at "slack" {
        /// Base of its interface.
        base_url: Url = "https://slack.com/api";
        /// The bot's token.
        token: Option<Secret>, old "slack_token";
        /// Channel for severities 1 and 2.
        high_severity_channel: Option<String>, old "high_severity_slack_channel";
        /// Channel for the others.
        low_severity_channel: Option<String>, old "low_severity_slack_channel";
    }
}
