//! Finds the cards of a view, in its order, and counts what each value of a facet would leave.

use chrono::{DateTime, Utc};
use t5g_model::board::Card;
use t5g_model::query::QueryError;

use crate::live::LiveBoard;
use crate::live::table::{Counts, Passes};
use crate::pages::table::query::TableQuery;
use crate::pages::table::selection::Selection;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Positions in the board's cards, in order.
    pub(crate) positions: Vec<u32>,
    /// How many cards there are with each value, all other filters kept.
    pub(crate) counts: Counts,
}

impl Found {
    /// Nothing: of a filter that cannot be read.
    pub(crate) fn nothing(live: &LiveBoard) -> Self {
        Self { positions: Vec::new(), counts: live.derived.table.facets().none() }
    }

    /// The cards from that page on, in order.
    pub(crate) fn cards<'a>(&'a self, live: &'a LiveBoard) -> impl Iterator<Item = &'a Card> {
        self.positions.iter().filter_map(|position| live.board.cards().get(*position as usize))
    }
}

/// Finds them. Looks at every card, perhaps at all their text: a few milliseconds at 20,000.
pub(crate) fn find(
    live: &LiveBoard,
    selection: Selection,
    query: &TableQuery,
    now: DateTime<Utc>,
) -> Result<Found, QueryError> {
    let (board, index) = (&*live.board, &live.derived.table);
    let search = query.search()?;
    let texts = if search.wants_text() { index.texts(board) } else { &[] };
    let text = |card: &Card| texts.get(card.position as usize).map_or("", |text| &**text);
    let mut search = search.matcher(board, now, text);
    let today = board.rules().date_of(now);
    let picked = index.facets().pick(&query.facets);
    let mut found = Found { positions: Vec::new(), counts: index.facets().none() };
    for &position in index.usual() {
        let Some(card) = board.cards().get(position as usize) else { continue };
        let passes = picked.passes(position);
        let wanted = passes != Passes::No
            && selection.has(card, today)
            && query.flags.iter().all(|flag| flag.holds(board, card, now))
            && search.matches(card);
        if wanted {
            picked.count(position, passes, &mut found.counts);
            if passes == Passes::All {
                found.positions.push(position);
            }
        }
    }
    if !query.sort.is_empty() {
        index.sort(board, &query.sort, &mut found.positions);
    }
    Ok(found)
}
