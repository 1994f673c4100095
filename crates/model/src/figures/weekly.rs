//! The week in figures and lists, as a team reports it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::board::{Board, Card, Case, Scope};
use crate::figures::figure::Days;
use crate::figures::{
    AccountGroup, Attention, Figure, RecentUpdate, Rows, attention, by_severity_then_youth, figure_rows,
    grouped, new_cases, recent_updates, trends,
};

/// What happened within the last 7 days, and where things stand.
#[derive(Debug)]
pub struct Weekly<'a> {
    /// The first day.
    pub from: NaiveDate,
    /// The last one: today.
    pub to: NaiveDate,
    /// Cases that are open now.
    pub open_cases: usize,
    /// Cases created at most 7 days ago; most severe first, then newest first.
    pub new_cases: Vec<&'a Case>,
    /// Cases closed less than 7 days ago, in the same order.
    pub closed_cases: Vec<&'a Case>,
    /// What somebody should look at.
    pub attention: Attention<'a>,
    /// Cards with a comment younger than 7 days, in the order of reports.
    pub updates: Vec<AccountGroup<'a, RecentUpdate<'a>>>,
    /// Cards that show a trend, by project and number.
    pub trends: Vec<&'a Card>,
}

impl Weekly<'_> {
    /// How many cards were commented on.
    pub fn updated_cards(&self) -> usize {
        let statuses = self.updates.iter().flat_map(|account| &account.statuses);
        statuses.map(|status| status.cards.len()).sum()
    }
}

/// The week that ends today.
pub fn weekly(board: &Board, now: DateTime<Utc>) -> Weekly<'_> {
    let today = board.rules().date_of(now);
    let cases = |figure| match figure_rows(board, Scope::All, &figure, now) {
        Rows::Cases(cases) => cases,
        Rows::Cards(_) | Rows::Trackers(_) => Vec::new(),
    };
    let mut closed_cases = cases(Figure::WeeklyClosedCases);
    closed_cases.sort_by(|a, b| by_severity_then_youth(a).cmp(&by_severity_then_youth(b)));
    Weekly {
        from: Days::before(today).week,
        to: today,
        open_cases: cases(Figure::OpenCases).len(),
        new_cases: new_cases(board, Scope::All, now),
        closed_cases,
        attention: attention(board, Scope::All, now),
        updates: grouped(recent_updates(board, Scope::All, now), |update| update.card),
        trends: trends(board, Scope::All),
    }
}
