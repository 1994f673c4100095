//! The settings that shape figures: which date it is, and how long a case may take.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::names::Severity;

/// What a board is built with. The same for the whole life of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The zone in which "today" is meant.
    pub time_zone: Tz,
    /// How long cases may take.
    pub sla: SlaRules,
}

impl Rules {
    /// The date in the configured zone.
    pub fn date_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.time_zone).date_naive()
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { time_zone: Tz::UTC, sla: SlaRules::default() }
    }
}

/// Days allowed for a case, and the accounts to which that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlaRules {
    /// Days allowed per severity; a severity that is missing has no limit.
    pub days: BTreeMap<Severity, u32>,
    /// The accounts that have an agreement, by their exact names.
    pub partners: BTreeSet<String>,
}

impl SlaRules {
    /// The rules as settings tell them: days by severity word, and the partners' names.
    pub fn new<'a>(
        days: impl IntoIterator<Item = (&'a str, u32)>,
        partners: impl IntoIterator<Item = String>,
    ) -> Self {
        let severity = |(word, days): (&str, u32)| {
            let Ok(severity) = word.parse();
            (severity, days)
        };
        Self { days: days.into_iter().map(severity).collect(), partners: partners.into_iter().collect() }
    }
}

impl Default for SlaRules {
    fn default() -> Self {
        let days = Severity::KNOWN.into_iter().zip([14, 20, 90, 180]).collect();
        Self { days, partners: BTreeSet::new() }
    }
}
