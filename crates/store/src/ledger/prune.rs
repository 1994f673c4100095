//! Removes what nobody needs any more of people's access and of what was written: expired assertions, ended sessions
//! and tokens, people who came no more, old entries of the audit log, old plans with their steps.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use crate::StoreError;

/// People who are not shut out, and of whom nothing else is left: who is shut out must be known when they come again.
const GONE: &str = "DELETE FROM accounts WHERE last_login < $1 AND blocked IS NULL \
                    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.account = accounts.account) \
                    AND NOT EXISTS (SELECT 1 FROM api_tokens t WHERE t.account = accounts.account)";

/// How long things are kept after they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessRetention {
    /// Sessions and tokens, for the question whose they were.
    pub ended: Duration,
    /// Entries of the audit log, from the moment they were made, and people, from their last sign-in.
    pub audit: Duration,
    /// Plans of what was written, with their steps.
    pub writes: Duration,
}

impl Ledger {
    /// Removes what is older than that; how many rows. Any number of replicas may do this at once.
    pub async fn prune_access(
        &self,
        retention: AccessRetention,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let db = self.db().await?;
        let before = |age: Duration| now - TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
        let ended = before(retention.ended);
        let mut removed = 0;
        for (sql, limit) in [
            ("DELETE FROM seen_assertions WHERE expires <= $1", now),
            ("DELETE FROM sessions WHERE expires <= $1 OR revoked <= $1", ended),
            ("DELETE FROM api_tokens WHERE expires <= $1 OR revoked <= $1", ended),
            ("DELETE FROM audit_log WHERE at < $1", before(retention.audit)),
            (GONE, before(retention.audit)),
        ] {
            removed += db.execute(sql, &[limit.into()]).await?;
        }
        removed += self.prune_journal(before(retention.writes)).await?;
        Ok(removed)
    }
}
