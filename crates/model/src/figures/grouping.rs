//! The order of reports: account, case status, severity, age. Nothing is ever dropped.

use std::collections::BTreeMap;

use crate::board::Card;
use crate::figures::by_severity_then_age;
use crate::names::CaseStatus;

/// What a report shows of one account.
#[derive(Debug, PartialEq)]
pub struct AccountGroup<'a, T> {
    /// Its name.
    pub account: &'a str,
    /// In report order; none is empty.
    pub statuses: Vec<StatusGroup<'a, T>>,
}

/// What a report shows of one account's cases of one status.
#[derive(Debug, PartialEq)]
pub struct StatusGroup<'a, T> {
    /// The status.
    pub status: &'a CaseStatus,
    /// Most severe first, then oldest first.
    pub cards: Vec<T>,
}

/// Groups whatever has a card. Accounts are sorted without regard to case; two that differ only in case
/// stay two.
pub fn grouped<'a, T>(
    items: impl IntoIterator<Item = T>,
    card: impl Fn(&T) -> &'a Card,
) -> Vec<AccountGroup<'a, T>> {
    type Statuses<'a, T> = BTreeMap<&'a CaseStatus, Vec<T>>;
    let mut accounts: BTreeMap<&'a str, Statuses<'a, T>> = BTreeMap::new();
    for item in items {
        let of = card(&item);
        accounts.entry(&of.account).or_default().entry(&of.case_status).or_default().push(item);
    }
    let sorted = |(status, mut cards): (_, Vec<T>)| {
        cards.sort_by(|a, b| by_severity_then_age(card(a)).cmp(&by_severity_then_age(card(b))));
        StatusGroup { status, cards }
    };
    let group = |(account, statuses): (_, Statuses<'a, T>)| AccountGroup {
        account,
        statuses: statuses.into_iter().map(sorted).collect(),
    };
    let mut groups: Vec<_> = accounts.into_iter().map(group).collect();
    groups.sort_by_cached_key(|group| (group.account.to_lowercase(), group.account));
    groups
}
