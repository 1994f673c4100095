//! What a client's `check()` found out, for `t5g doctor`.

use chrono::Duration;

/// An upstream that answered and accepted the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What answered: product and version as far as it says so.
    pub service: String,
    /// As whom we are known there; `None` where the upstream does not tell.
    pub identity: Option<String>,
    /// The upstream's clock minus ours, to the second, from its `Date` header; `None` without one.
    pub clock_skew: Option<Duration>,
}
