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

#[cfg(test)]
mod tests {
    use t5g_model::documents::Case;
    use t5g_model::names::CaseStatus;

    use super::*;

    fn cases() -> Cases {
        let case = |number: &str, last_update: &str, status| {
            let case = Case { last_update: last_update.into(), status, ..Case::default() };
            (number.parse::<CaseNumber>().unwrap(), case)
        };
        [
            case("1", "2026-11-20T00:00:00Z", CaseStatus::WaitingOnRedHat),
            case("2", "2026-11-22T00:00:00Z", CaseStatus::WaitingOnRedHat),
            case("3", "2026-11-22T00:00:00Z", CaseStatus::Closed),
            case("4", "yesterday", CaseStatus::WaitingOnCustomer),
            case("5", "2026-11-20T00:00:00Z", CaseStatus::WaitingOnCustomer),
            case("6", "2026-11-20T00:00:00Z", CaseStatus::WaitingOnCustomer),
        ]
        .into()
    }

    #[test]
    fn only_what_changed_failed_or_is_unknown_is_asked_again() {
        let (cases, stale) = (cases(), [StaleEntry { entry: "5".into(), reason: String::new() }]);
        let open = open(&cases);
        let asked = |since: Option<&str>| -> Vec<String> {
            let since = since.map(|since| since.parse().unwrap());
            let asked = to_ask(&open, &cases, since, |number| number.as_str() != "6", &stale);
            asked.iter().map(ToString::to_string).collect()
        };
        assert_eq!(asked(Some("2026-11-21T00:00:00Z")), ["2", "4", "5", "6"]);
        assert_eq!(asked(None), ["1", "2", "4", "5", "6"], "every open case");
    }
}
