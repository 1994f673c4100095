//! The cards in the order of reports, for each of the reports, with where each account begins. Made when it is first
//! asked for and kept as long as the board.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use t5g_model::board::{Board, Card, Scope};
use t5g_model::figures::{grouped, recent_updates, trends};

/// Which cards a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Cards with a comment younger than 7 days.
    Recent,
    /// Every card.
    All,
    /// Cards that show a trend.
    Trends,
}

/// An account's part of the order.
#[derive(Debug)]
pub(crate) struct Span {
    /// Place of its first card in the order.
    pub(crate) first: usize,
    /// How many cards it has; never 0.
    pub(crate) count: usize,
    /// The account's name in lower case, to be found by.
    folded: Box<str>,
}

/// Positions in [`Board::cards`], by account, case status, severity, age.
#[derive(Debug, Default)]
pub(crate) struct ReportOrder {
    pub(crate) cards: Vec<u32>,
    pub(crate) accounts: Vec<Span>,
}

/// The orders of one board on one day.
#[derive(Debug, Default)]
pub(crate) struct ReportIndex([OnceLock<ReportOrder>; 3]);

impl ReportIndex {
    /// The order of a report. `now` is of the day that the index is of.
    pub(crate) fn order(&self, board: &Board, selection: Selection, now: DateTime<Utc>) -> &ReportOrder {
        let [recent, all, trending] = &self.0;
        match selection {
            Selection::Recent => recent.get_or_init(|| {
                ReportOrder::of(recent_updates(board, Scope::All, now).into_iter().map(|update| update.card))
            }),
            Selection::All => all.get_or_init(|| ReportOrder::of(board.cards().iter())),
            Selection::Trends => {
                trending.get_or_init(|| ReportOrder::of(trends(board, Scope::All).into_iter()))
            }
        }
    }
}

impl ReportOrder {
    fn of<'a>(cards: impl Iterator<Item = &'a Card>) -> Self {
        let mut order = Self::default();
        for group in grouped(cards, |card| *card) {
            let first = order.cards.len();
            let cards = group.statuses.iter().flat_map(|status| &status.cards);
            order.cards.extend(cards.map(|card| card.position));
            let count = order.cards.len() - first;
            order.accounts.push(Span { first, count, folded: group.account.to_lowercase().into() });
        }
        order
    }

    /// The account's card in that place, counted from its first.
    pub(crate) fn card<'a>(&self, board: &'a Board, span: &Span, place: usize) -> Option<&'a Card> {
        board.cards().get(*self.cards.get(span.first + place)? as usize)
    }

    /// The accounts of exactly that name, or else those that have the text in their names, whatever the case; all
    /// of them for no text.
    pub(crate) fn find(&self, board: &Board, name: &str) -> Vec<&Span> {
        let exact = |span: &&Span| self.card(board, span, 0).is_some_and(|card| *card.account == *name);
        if let Some(span) = self.accounts.iter().find(exact) {
            return vec![span];
        }
        let folded = name.trim().to_lowercase();
        self.accounts.iter().filter(|span| span.folded.contains(&folded)).collect()
    }
}
