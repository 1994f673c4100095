//! Slack.

use url::Url;

use crate::secret::Secret;
use crate::section::section;
use crate::values::{Period, PeriodOrNone};

section! {
    /// Slack messages about new cards: docs/notifications.md. Nothing is posted without `token` and a channel.
    Slack at "slack" {
        /// Base of its interface.
        base_url: Url = "https://slack.com/api";
        /// The bot's token.
        token: Option<Secret>, old "slack_token";
        /// Channel for severities 1 and 2. Unset: the other one.
        high_severity_channel: Option<String>, old "high_severity_slack_channel";
        /// Channel for the others, and for cards that failed. Unset: the other one.
        low_severity_channel: Option<String>, old "low_severity_slack_channel";
        /// The least time between two messages to one channel; Slack allows about one a second. `0s` is
        /// for a stand-in that has no limit.
        pause: PeriodOrNone = "1s";
        /// How long one request may take.
        timeout: Period = "30s";
    }
}
