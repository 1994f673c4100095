//! `/api/v1`: what the dashboard shows, as lists and single entries. One engine for all lists (`collection.rs`), one
//! file for each kind of thing, the shape of what is answered in `rows.rs`. Everything comes from the live board, but
//! for `writing`, which reads the ledger.

pub(crate) mod accounts;
pub(crate) mod answer;
pub(crate) mod cards;
pub(crate) mod cases;
pub(crate) mod collection;
mod cursor;
pub(crate) mod events;
mod fields;
pub(crate) mod index;
mod parameters;
mod rows;
pub(crate) mod single;
pub(crate) mod sources;
pub(crate) mod statistics;
mod stream;
pub(crate) mod trackers;
mod view;
pub(crate) mod writing;
