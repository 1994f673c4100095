//! A board for commands that look at one document alone.

use std::sync::Arc;

use anyhow::Result;
use t5g_model::board::{Board, Raw, RawDocuments, Rules, load};
use t5g_model::documents::Document;

/// A board of that document. One that cannot be read is an error. Heavy at scale: keep it off the async threads.
pub(crate) fn of_one(document: Document, bytes: &[u8], rules: &Arc<Rules>) -> Result<Board> {
    let mut raw = RawDocuments::default();
    raw.set(document, Raw::Bytes(bytes));
    let mut loaded = load(&raw, rules, None);
    match loaded.unreadable.pop() {
        Some(error) => Err(error.into()),
        None => Ok(loaded.board),
    }
}
