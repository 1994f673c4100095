//! Which cases came and which went within some days.

use chrono::{DateTime, NaiveDate, Utc};

use crate::board::{Board, Case};
use crate::figures::by_severity_then_youth;
use crate::figures::figure::Days;

/// Cases that came and went.
#[derive(Debug)]
pub struct Turnover<'a> {
    /// The first day.
    pub from: NaiveDate,
    /// The last one: today.
    pub to: NaiveDate,
    /// Cases that were opened on one of the days, whatever their status; most severe first, then newest first.
    pub opened: Vec<&'a Case>,
    /// Cases that were closed on one of them, in the same order.
    pub closed: Vec<&'a Case>,
    /// Cases that are open now, whenever they were opened.
    pub open: usize,
}

/// Cases opened and closed since that day; without one, less than 7 days ago. A case whose day of opening or closing is
/// unknown, or lies after today, counts in neither list.
pub fn turnover(board: &Board, since: Option<NaiveDate>, now: DateTime<Utc>) -> Turnover<'_> {
    let to = board.rules().date_of(now);
    let from = since.unwrap_or_else(|| Days::before(to).week);
    let within = |on: Option<NaiveDate>| on.is_some_and(|on| (from..=to).contains(&on));
    let sorted = |chosen: &dyn Fn(&&Case) -> bool| {
        let mut cases: Vec<&Case> = board.cases().iter().filter(chosen).collect();
        cases.sort_by(|a, b| by_severity_then_youth(a).cmp(&by_severity_then_youth(b)));
        cases
    };
    Turnover {
        from,
        to,
        opened: sorted(&|case| within(case.created_on)),
        closed: sorted(&|case| !case.is_open() && within(case.closed_on)),
        open: board.cases().iter().filter(|case| case.is_open()).count(),
    }
}
