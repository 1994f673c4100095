//! What is new: cases, comments, trends.

use chrono::{DateTime, NaiveDate, Utc};

use crate::board::{Board, Card, Case, Comment, Scope};
use crate::figures::by_severity_then_youth;
use crate::figures::figure::Days;

/// The label of cards that show a trend.
pub const TRENDS_LABEL: &str = "Trends";

/// A card with the comments that are younger than 7 days, in the order written.
#[derive(Debug)]
pub struct RecentUpdate<'a> {
    /// The card.
    pub card: &'a Card,
    /// At least one.
    pub comments: Vec<&'a Comment>,
}

/// Cases created at most 7 days ago, whatever their status; most severe first, then newest first.
pub fn new_cases<'a>(board: &'a Board, scope: Scope<'_>, now: DateTime<Utc>) -> Vec<&'a Case> {
    let first = Days::before(board.rules().date_of(now)).new;
    let young = |case: &&Case| case.created_on.is_some_and(|on| on >= first);
    let mut cases: Vec<_> = board.cases_in(scope).filter(young).collect();
    cases.sort_by(|a, b| by_severity_then_youth(a).cmp(&by_severity_then_youth(b)));
    cases
}

/// Cards with a comment younger than 7 days, by project and number.
pub fn recent_updates<'a>(board: &'a Board, scope: Scope<'_>, now: DateTime<Utc>) -> Vec<RecentUpdate<'a>> {
    let first = Days::before(board.rules().date_of(now)).week;
    let young = |on: Option<NaiveDate>| on.is_some_and(|on| on >= first);
    let cards = board.cards_in(scope).filter(|card| young(card.commented_on));
    cards
        .map(|card| RecentUpdate {
            card,
            comments: card.comments.iter().filter(|comment| young(comment.on)).collect(),
        })
        .collect()
}

/// Cards that carry [`TRENDS_LABEL`], by project and number.
pub fn trends<'a>(board: &'a Board, scope: Scope<'_>) -> Vec<&'a Card> {
    board.cards_in(scope).filter(|card| card.has_label(TRENDS_LABEL)).collect()
}
