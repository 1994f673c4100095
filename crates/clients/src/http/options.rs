//! How one upstream is talked to: address, time-outs, limits, retry rules; and what the application brings along.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use url::Url;

use crate::Now;

/// An upstream's address with its options.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Where its API begins; a path in it stays in front of every call's path.
    pub base: Url,
    /// Time-outs and limits.
    pub options: HttpOptions,
}

impl Endpoint {
    /// The address with the default options.
    pub fn new(base: Url) -> Self {
        Self { base, options: HttpOptions::default() }
    }
}

/// Time-outs and limits for one upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpOptions {
    /// How many requests may be under way at once; 0 counts as 1.
    pub concurrency: usize,
    /// For the connection alone.
    pub connect_timeout: Duration,
    /// The longest silence while an answer comes in.
    pub read_timeout: Duration,
    /// For one attempt as a whole.
    pub total_timeout: Duration,
    /// The largest answer in bytes, after decompression; searches may be four times as large.
    pub max_body: u64,
    /// When and how to try again.
    pub retry: RetryPolicy,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            concurrency: 8,
            connect_timeout: Duration::from_secs(10),
            // Bugzilla answers a slow query after 120 s.
            read_timeout: Duration::from_secs(130),
            total_timeout: Duration::from_mins(5),
            max_body: 64 << 20,
            retry: RetryPolicy::default(),
        }
    }
}

/// When and how often to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all; 0 counts as 1.
    pub max_attempts: u32,
    /// The first wait; each further one is twice as long, plus jitter.
    pub first_delay: Duration,
    /// The longest wait between two attempts of our own choice.
    pub max_delay: Duration,
    /// The longest `Retry-After` that is waited for; a longer one is an error that says so.
    pub max_retry_after: Duration,
    /// For attempts and waits together; no further attempt begins after it.
    pub max_total: Duration,
    /// After this time of nothing but failures, of all calls to the upstream, it counts as down: calls fail at once,
    /// but for a trial now and then.
    pub give_up_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            // One failure in five on every call still leaves a sync of thousands whole.
            max_attempts: 10,
            first_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(5),
            max_retry_after: Duration::from_mins(1),
            max_total: Duration::from_mins(10),
            give_up_after: Duration::from_mins(1),
        }
    }
}

impl RetryPolicy {
    /// The waits between the attempts of one call.
    pub(super) fn backoff(&self, seed: u64) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.max_delay)
            .with_factor(2.0)
            .with_max_times(usize::try_from(self.max_attempts.saturating_sub(1)).unwrap_or(usize::MAX))
            .with_jitter()
            .with_jitter_seed(seed)
            .build()
    }
}

/// Whether anything may be changed at an upstream. Whoever makes a client has to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Yes.
    Allowed,
    /// No (`READ_ONLY`): every call that writes fails before anything is sent.
    Refused,
}

/// What the application brings: its clock, the seed of the jitter, and whether it may write.
#[derive(Clone)]
pub struct Surroundings {
    /// The application's clock.
    pub now: Now,
    /// Where the jitter of waits begins; the same seed gives the same waits.
    pub seed: u64,
    /// Whether calls that write are let through.
    pub writes: Writes,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Surroundings")
            .field("seed", &self.seed)
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}
