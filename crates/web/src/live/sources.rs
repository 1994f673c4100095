//! The freshness of all sources, read from the ledger once a second at most and kept when the ledger is down.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use t5g_model::names::Source;
use t5g_store::StoreError;
use t5g_store::ledger::{DataProblem, Freshness, HeldShrink, Ledger, ShrinkState};

use crate::live::health::Trouble;
use crate::settings::WebSettings;
use crate::view::freshness::SourceReport;
use crate::view::words::When;

/// Data problems that are kept to be shown; all are counted.
const PROBLEMS: usize = 200;

/// What is known of the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sources {
    /// Each source, in cold-start order.
    pub(crate) reports: Vec<SourceReport>,
    /// Answers that were held back and wait for a decision.
    pub(crate) waiting: Vec<HeldShrink>,
    /// The first entries that upstreams hold and no page can show, such as a card without a case.
    pub(crate) problems: Vec<DataProblem>,
    /// How many of them there are.
    pub(crate) problem_count: usize,
    /// The same by source.
    pub(crate) problems_by_source: BTreeMap<Source, usize>,
    /// The ledger's revision that this was read at; `None` before the first reading.
    pub(crate) revision: Option<i64>,
    /// Why the ledger cannot be read now.
    pub(crate) trouble: Option<Trouble>,
}

impl Sources {
    /// Nothing is known.
    pub(crate) fn unknown(settings: &WebSettings) -> Self {
        let report = |&source: &Source| SourceReport {
            configured: !settings.unconfigured.contains(&source),
            ..SourceReport::unknown(source)
        };
        let reports = Source::ALL.iter().map(report).collect();
        Self {
            reports,
            waiting: Vec::new(),
            problems: Vec::new(),
            problem_count: 0,
            problems_by_source: BTreeMap::new(),
            revision: None,
            trouble: None,
        }
    }

    /// Reads the ledger; `None` if it says nothing new.
    pub(crate) async fn read(
        ledger: &Ledger,
        settings: &WebSettings,
        known: Option<i64>,
    ) -> Result<Option<Self>, StoreError> {
        let revision = ledger.revision().await?;
        if known == Some(revision) {
            return Ok(None);
        }
        let (freshness, mut waiting) = (ledger.freshness().await?, ledger.held_shrinks().await?);
        waiting.retain(|held| held.state == ShrinkState::Held);
        let reports = freshness.into_iter().map(|one| report(one, &waiting, settings)).collect();
        let mut problems = ledger.data_problems().await?;
        let problem_count = problems.len();
        let mut problems_by_source = BTreeMap::new();
        for problem in &problems {
            *problems_by_source.entry(problem.source).or_default() += 1;
        }
        problems.truncate(PROBLEMS);
        Ok(Some(Self {
            reports,
            waiting,
            problems,
            problem_count,
            problems_by_source,
            revision: Some(revision),
            trouble: None,
        }))
    }

    /// When each source's schedule fires next, given that of each task.
    pub(crate) fn set_next(&mut self, next: &BTreeMap<&'static str, DateTime<Utc>>, settings: &WebSettings) {
        for report in &mut self.reports {
            let task = settings.tasks.by_source.get(&report.source);
            report.next = task.and_then(|task| next.get(task).copied());
        }
    }

    /// A sentence on the ledger, if it cannot be read.
    pub(crate) fn banner(&self, now: DateTime<Utc>, zone: Tz) -> Option<String> {
        let since = When::of(self.trouble.as_ref()?.since, now, zone).words;
        Some(format!(
            "The ledger cannot be read (since {since}). How fresh the sources are is not known since then."
        ))
    }
}

fn report(one: Freshness, waiting: &[HeldShrink], settings: &WebSettings) -> SourceReport {
    let held = waiting.iter().find(|held| held.source == one.source).map(|held| {
        format!(
            "{} entries of {} came instead of {}. If that is right: t5g sync {} --approve-shrink",
            held.new_count, held.document, held.old_count, held.source
        )
    });
    SourceReport {
        configured: !settings.unconfigured.contains(&one.source),
        success: one.last_success,
        attempt: one.last_attempt,
        took: one.duration,
        failures: one.failure.as_ref().map_or(0, |failure| u32::try_from(failure.times).unwrap_or(u32::MAX)),
        error: one.failure.map(|failure| failure.error.chars().take(300).collect()),
        rows: one.last_success.map(|_| one.counts.entries),
        stale_entries: one.stale,
        held,
        next: None,
        interval: settings.intervals.get(&one.source).copied().or(one.interval),
        source: one.source,
    }
}
