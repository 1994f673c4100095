//! What is wrong with a document or with a place, and since when; logged once when it begins and when it ends.

use chrono::{DateTime, Utc};

/// A trouble that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Since when.
    pub(crate) since: DateTime<Utc>,
    /// What it is, for people. May quote text from outside.
    pub(crate) reason: String,
}

impl Trouble {
    /// This reason now; since earlier if it was there before, for whatever reason.
    pub(crate) fn goes_on(before: Option<&Self>, reason: String, now: DateTime<Utc>) -> Self {
        Self { since: before.map_or(now, |before| before.since), reason }
    }
}

/// Logs how a trouble of `what` began, changed or ended. Says nothing while it stays as it is.
pub(crate) fn log_change(what: &str, before: Option<&Trouble>, after: Option<&Trouble>) {
    match (before, after) {
        (None, Some(trouble)) => {
            tracing::error!(what, reason = trouble.reason, "in trouble; the last good state is shown");
        }
        (Some(old), Some(new)) if old.reason != new.reason => {
            tracing::error!(what, reason = new.reason, "still in trouble");
        }
        (Some(old), None) => tracing::info!(what, since = %old.since, "well again"),
        _ => {}
    }
}
