//! Which open cases have to be asked for again, and what becomes of those that could not be read. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use t5g_model::documents::Cases;
use t5g_model::names::CaseNumber;
use t5g_model::time;
use t5g_store::ledger::StaleEntry;

/// The open cases.
pub(crate) fn open(cases: &Cases) -> BTreeSet<CaseNumber> {
    cases.iter().filter(|(_, case)| case.status.is_open()).map(|(number, _)| number.clone()).collect()
}

/// Those of `open` that changed since that moment, that `known` says nothing of, or that failed before;
/// all of them if there is no such moment.
pub(crate) fn to_ask(
    open: &BTreeSet<CaseNumber>,
    cases: &Cases,
    since: Option<DateTime<Utc>>,
    known: impl Fn(&CaseNumber) -> bool,
    stale: &[StaleEntry],
) -> Vec<CaseNumber> {
    let stale: BTreeSet<_> = stale.iter().map(|entry| entry.entry.as_str()).collect();
    let changed = |number: &CaseNumber| match (since, cases.get(number)) {
        (Some(since), Some(case)) => time::read(&case.last_update).map_or(true, |at| at >= since),
        _ => true,
    };
    let wanted = |number: &&CaseNumber| changed(number) || !known(number) || stale.contains(number.as_str());
    open.iter().filter(wanted).cloned().collect()
}

/// Stale entries for what failed.
pub(crate) fn stale(failed: &BTreeMap<CaseNumber, String>) -> Vec<StaleEntry> {
    failed.iter().map(|(number, why)| StaleEntry { entry: number.to_string(), reason: why.clone() }).collect()
}
