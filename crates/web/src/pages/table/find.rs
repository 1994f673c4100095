//! Finds the cards of a view, in its order.

use chrono::{DateTime, Utc};
use t5g_model::board::Card;
use t5g_model::query::Query;

use crate::live::LiveBoard;
use crate::pages::table::PAGE;
use crate::pages::table::query::TableQuery;
use crate::pages::table::selection::Selection;

/// The cards found, in order: all of an order that lies ready, or picked ones.
pub(super) enum Found<'a> {
    All(&'a [u32], bool),
    Some(Vec<u32>),
}

impl Found<'_> {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::All(order, _) => order.len(),
            Self::Some(picked) => picked.len(),
        }
    }

    pub(super) fn page(&self, page: usize) -> Box<dyn Iterator<Item = u32> + '_> {
        let from = page.saturating_mul(PAGE);
        match self {
            Self::All(order, true) => Box::new(order.iter().rev().copied().skip(from).take(PAGE)),
            Self::All(order, false) => Box::new(order.iter().copied().skip(from).take(PAGE)),
            Self::Some(picked) => Box::new(picked.iter().copied().skip(from).take(PAGE)),
        }
    }
}

/// Finds them.
pub(super) fn find<'a>(
    live: &'a LiveBoard,
    selection: Selection,
    query: &TableQuery,
    search: &Query,
    now: DateTime<Utc>,
) -> Found<'a> {
    let (board, index) = (&*live.board, &live.derived.table);
    let order = query.sort.map_or(index.usual(), |sort| index.ascending(board, sort.column));
    let reversed = query.sort.is_some_and(|sort| sort.descending);
    if !query.is_filtered() && selection == Selection::All {
        return Found::All(order, reversed);
    }
    let today = board.rules().date_of(now);
    let recent = |card: &Card| {
        card.comments.iter().any(|comment| comment.on.is_some_and(|on| (today - on).num_days() < 7))
    };
    let texts = if search.wants_text() { index.texts(board) } else { &[] };
    let text = |card: &Card| texts.get(card.position as usize).map_or("", |text| &**text);
    let mut search = search.matcher(board, now, text);
    let mut picked: Vec<u32> = order.to_vec();
    picked.retain(|&position| {
        let Some(card) = board.cards().get(position as usize) else { return false };
        (selection == Selection::All || recent(card)) && query.takes(board, card, now) && search.matches(card)
    });
    if reversed {
        picked.reverse();
    }
    Found::Some(picked)
}
