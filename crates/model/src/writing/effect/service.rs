//! Who is written to.

use serde::{Deserialize, Serialize};

use super::{Effect, WhiteboardOf};

/// Who is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// The customer portal.
    Portal,
    /// Jira.
    Jira,
    /// Bugzilla.
    Bugzilla,
    /// Mail.
    Mail,
    /// Slack.
    Slack,
    /// Our own documents.
    Documents,
}

impl Service {
    /// The word in the ledger.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Jira => "jira",
            Self::Bugzilla => "bugzilla",
            Self::Mail => "mail",
            Self::Slack => "slack",
            Self::Documents => "documents",
        }
    }
}

impl Effect {
    /// Who is written to.
    pub const fn service(&self) -> Service {
        match self {
            Self::AddWatcher { .. } | Self::RemoveWatcher { .. } => Service::Portal,
            Self::SetWhiteboard { of: WhiteboardOf::Bug(_), .. } => Service::Bugzilla,
            Self::Mail { .. } => Service::Mail,
            Self::SlackPost { .. } | Self::SlackReply { .. } | Self::SlackFailures { .. } => Service::Slack,
            Self::KeepCard { .. } => Service::Documents,
            _ => Service::Jira,
        }
    }
}
