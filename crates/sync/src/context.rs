//! What every task of this room works with: stores, upstreams, rules, time. Made once by the binary.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use t5g_clients::bugzilla::BugzillaClient;
use t5g_clients::jira::JiraClient;
use t5g_clients::mail::MailClient;
use t5g_clients::portal::Portal;
use t5g_clients::slack::SlackClient;
use t5g_model::clock::Clock;
use t5g_model::names::Source;
use t5g_queue::Fencing;
use t5g_store::documents::{Documents, Fence, Raised, raise};
use t5g_store::ledger::Ledger;

use crate::rules::SyncRules;
use crate::write_rules::WriteRules;

/// What every task works with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SyncContext {
    /// The contract's documents.
    pub documents: Documents,
    /// Freshness, stale entries, problems, held shrinks, comments.
    pub ledger: Ledger,
    /// The customer portal.
    pub portal: Arc<dyn Portal>,
    /// Jira.
    pub jira: Arc<JiraClient>,
    /// Bugzilla; `None` if it is not configured: then `bugs` is left as it is, and null where it is missing.
    pub bugzilla: Option<Arc<BugzillaClient>>,
    /// Slack; `None` if it is not configured.
    pub slack: Option<Arc<SlackClient>>,
    /// Mail; `None` if it is not configured.
    pub mail: Option<Arc<MailClient>>,
    /// The rules of reading.
    pub rules: Arc<SyncRules>,
    /// The rules of writing.
    pub writing: Arc<WriteRules>,
    /// Tells the time.
    pub clock: Clock,
}

impl SyncContext {
    /// The same for a run that holds that lock: once it has lost it, it changes nothing in the ledger.
    pub(crate) fn under(&self, fence: Option<Fence>) -> Self {
        Self { ledger: self.ledger.under(fence), ..self.clone() }
    }

    /// The sources that cannot be refreshed with these settings.
    pub fn all_unconfigured(&self) -> BTreeSet<Source> {
        Source::ALL.iter().copied().filter(|source| self.unconfigured(*source).is_some()).collect()
    }

    /// Why that source cannot be refreshed with these settings, and the mend; `None` if it can.
    pub fn unconfigured(&self, source: Source) -> Option<&'static str> {
        match source {
            Source::Bugs if self.bugzilla.is_none() => Some("Bugzilla is not configured; set bz_key"),
            Source::Escalations if self.rules.escalations.both().is_none() => Some(
                "escalations are not configured; set jira_escalations_project and jira_escalations_label",
            ),
            _ => None,
        }
    }
}

/// Makes the holders of locks known to the store of the documents.
#[derive(Debug, Clone)]
pub struct DocumentFencing(pub Documents);

#[async_trait]
impl Fencing for DocumentFencing {
    async fn raise(&self, fence: &Fence) -> anyhow::Result<Raised> {
        Ok(raise(&self.0, fence).await?)
    }
}
