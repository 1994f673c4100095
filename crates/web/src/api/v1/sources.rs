//! `/api/v1/sources`: how fresh each source is.

use t5g_store::documents::Fingerprint;

use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::Parameters;
use super::rows::Source;
use super::view::View;
use crate::api::describe::{Operation, Parameter};
use crate::error::AppError;
use crate::view::freshness::SourceReport;

/// The list of sources.
pub(crate) struct Sources;

impl Collection for Sources {
    type Place = usize;
    type Row = Source;

    const NAME: &'static str = "sources";
    const NEEDS_DATA: bool = false;
    const FILTERS: &'static [Parameter] = &[];
    const SORTS: &'static [Sort<usize>] =
        &[("last_success", |view, at| Key::time(report(view, *at).and_then(|one| one.success)))];

    fn read(_: &mut Parameters) -> Result<Self, AppError> {
        Ok(Self)
    }

    /// Freshness changes with the time alone.
    fn version(view: &View) -> String {
        let states = view.sources.reports.iter().map(|one| one.state(view.now));
        let text = format!("{:?} {:?}", view.sources.reports, states.collect::<Vec<_>>());
        Fingerprint::of(text.as_bytes()).to_string()
    }

    fn find(&self, view: &View) -> Result<Vec<usize>, AppError> {
        Ok((0..view.sources.reports.len()).collect())
    }

    /// In the order in which they depend on each other.
    fn id(_: &View, at: &usize) -> String {
        format!("{at:03}")
    }

    fn row(view: &View, at: &usize) -> Option<Source> {
        let one = report(view, *at)?;
        Some(Source {
            name: one.source.name(),
            state: one.state(view.now),
            configured: one.configured,
            last_success: one.success,
            last_attempt: one.attempt,
            took_seconds: one.took.map(|took| took.as_secs_f64()),
            failures: one.failures,
            error: one.error.clone(),
            entries: one.rows,
            stale_entries: one.stale_entries,
            held: one.held.clone(),
            next: one.next,
            interval_seconds: one.interval.map(|interval| interval.as_secs()),
        })
    }
}

fn report(view: &View, at: usize) -> Option<&SourceReport> {
    view.sources.reports.get(at)
}

/// What the list says of itself.
pub(crate) fn about() -> Vec<Operation> {
    vec![described::<Sources>("listSources", "Sources of data and how fresh each is")]
}
