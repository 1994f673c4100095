//! The orders of the cards, the values of the facets, the searched texts. Ranks and texts are made when they are
//! first asked for.

use std::cmp::{Ordering, Reverse};
use std::sync::OnceLock;

use chrono::NaiveDate;
use t5g_model::board::Board;

use crate::live::table::column::{Column, Sort, prio};
use crate::live::table::facet::Facets;
use crate::live::table::haystack;

/// Of one board on one day. Positions are those of [`Board::cards`].
#[derive(Debug)]
pub(crate) struct TableIndex {
    today: NaiveDate,
    usual: Vec<u32>,
    place: Vec<u32>,
    ranks: [OnceLock<Vec<u32>>; Column::ALL.len()],
    facets: Facets,
    texts: OnceLock<Vec<Box<str>>>,
}

impl TableIndex {
    /// Sorts the cards in the usual order: most severe, prio-list, crit sit, longest open.
    pub(crate) fn of(board: &Board, today: NaiveDate) -> Self {
        let cards = board.cards();
        let mut usual: Vec<u32> = cards.iter().map(|card| card.position).collect();
        usual.sort_by_cached_key(|&position| {
            cards.get(position as usize).map(|card| {
                (
                    card.severity.clone(),
                    Reverse(prio(card)),
                    Reverse(card.crit_sit),
                    Reverse(card.days_open(today)),
                    position,
                )
            })
        });
        let mut place = vec![0; usual.len()];
        for (at, &position) in (0_u32..).zip(&usual) {
            if let Some(place) = place.get_mut(position as usize) {
                *place = at;
            }
        }
        let facets = Facets::of(board);
        Self { today, usual, place, ranks: Default::default(), facets, texts: OnceLock::new() }
    }

    /// The usual order.
    pub(crate) fn usual(&self) -> &[u32] {
        &self.usual
    }

    /// The values of the facets.
    pub(crate) fn facets(&self) -> &Facets {
        &self.facets
    }

    /// Sorts positions by these columns; equal ones come in the usual order.
    pub(crate) fn sort(&self, board: &Board, sort: &[Sort], positions: &mut [u32]) {
        let keys: Vec<_> =
            sort.iter().map(|sort| (self.ranks(board, sort.column), sort.descending)).collect();
        let rank = |ranks: &[u32], position: u32| ranks.get(position as usize).copied().unwrap_or_default();
        positions.sort_unstable_by(|&a, &b| {
            let by_column = keys.iter().map(|&(ranks, descending)| {
                let order = rank(ranks, a).cmp(&rank(ranks, b));
                if descending { order.reverse() } else { order }
            });
            let usual = || rank(&self.place, a).cmp(&rank(&self.place, b));
            by_column.fold(Ordering::Equal, Ordering::then).then_with(usual)
        });
    }

    fn ranks(&self, board: &Board, column: Column) -> &[u32] {
        let Some(cell) = self.ranks.get(column as usize) else { return &self.place };
        cell.get_or_init(|| column.ranks(board.cards(), self.today))
    }

    /// For each card, in the order of [`Board::cards`], all text that a search looks at, in lower case. Takes a
    /// second for 60,000 comments the first time.
    pub(crate) fn texts(&self, board: &Board) -> &[Box<str>] {
        self.texts.get_or_init(|| board.cards().iter().map(|card| haystack::of(card).into()).collect())
    }

    /// Makes everything that is made on demand, so that nobody waits for it.
    pub(crate) fn warm(&self, board: &Board) {
        for column in Column::ALL {
            self.ranks(board, column);
        }
        self.texts(board);
    }
}
