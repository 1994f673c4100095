//! What every task of this room works with: stores, upstreams, rules, time. Made once by the binary.

use std::sync::Arc;

use t5g_clients::bugzilla::BugzillaClient;
use t5g_clients::jira::JiraClient;
use t5g_clients::portal::Portal;
use t5g_model::clock::Clock;
use t5g_model::names::Source;
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;

use crate::rules::SyncRules;

/// What every task works with.
#[derive(Debug)]
pub struct SyncContext {
    /// The contract's documents.
    pub documents: Documents,
    /// Freshness, stale entries, problems, held shrinks, comments.
    pub ledger: Ledger,
    /// The customer portal.
    pub portal: Arc<dyn Portal>,
    /// Jira.
    pub jira: JiraClient,
    /// Bugzilla; `None` if it is not configured: then `bugs` is left as it is, and null where it is missing.
    pub bugzilla: Option<BugzillaClient>,
    /// The rules of reading.
    pub rules: SyncRules,
    /// Tells the time.
    pub clock: Clock,
}

impl SyncContext {
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
