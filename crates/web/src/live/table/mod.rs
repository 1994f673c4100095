//! What the table needs of a board and pages do not compute: the ranks of the cards in each column, the values of
//! each facet, the texts that are searched. Made once for a board, kept as long as it.

mod column;
mod facet;
mod haystack;
mod index;

pub(crate) use column::{Column, Sort, USUAL};
pub(crate) use facet::{Counts, Facet, Passes, Value};
pub(crate) use index::TableIndex;
