//! Sources of data.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Row;

row! {
    /// A source of data, and how fresh it is.
    Source {
        /// Its name.
        name: &'static str,
        /// `off`, `fresh`, `due`, `late`, `held`, `failing`, `never`, `stale`: from best to worst.
        state: crate::view::freshness::State,
        /// Whether this deployment uses it.
        configured: bool,
        /// When it last succeeded.
        last_success: Option<DateTime<Utc>>,
        /// When it was last tried.
        last_attempt: Option<DateTime<Utc>>,
        /// How long the last success took.
        took_seconds: Option<f64>,
        /// Failures in a row since the last success.
        failures: u32,
        /// Why the last try failed.
        error: Option<String>,
        /// Entries in its document after the last success.
        entries: Option<u64>,
        /// Entries that are older because their own refresh failed.
        stale_entries: u64,
        /// What is held back for somebody to decide.
        held: Option<String>,
        /// When its schedule fires next.
        next: Option<DateTime<Utc>>,
        /// How long at most lies between two scheduled refreshes.
        interval_seconds: Option<u64>,
    }
}
