//! The ids of plans: later ones sort after earlier ones.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use uuid::{ContextV7, Timestamp, Uuid};

/// Keeps ids of one millisecond in order.
static COUNTER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A plan's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(Uuid);

impl PlanId {
    /// A new one.
    pub(super) fn at(now: DateTime<Utc>) -> Self {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let counter = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Uuid::new_v7(Timestamp::from_unix(&*counter, seconds, now.timestamp_subsec_nanos())))
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A text that is no plan's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no plan's id; expected one such as 019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f")]
pub struct NoPlanId(String);

impl FromStr for PlanId {
    type Err = NoPlanId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Only the form that we write: two spellings of one id would be two addresses of one page.
        let canonical = |id: &Uuid| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
        let id = Uuid::try_parse(text).ok().filter(canonical);
        id.map(Self).ok_or_else(|| NoPlanId(text.chars().take(80).collect()))
    }
}

impl Serialize for PlanId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
