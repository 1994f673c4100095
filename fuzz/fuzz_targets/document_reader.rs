//! Reads any bytes as each of the documents, and computes what can be computed of them.
//!
//! Findings become tests in `crates/model/tests/suite/reading.rs`.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use t5g_model::board::{Board, Raw, RawDocuments, Rules, Scope, load};
use t5g_model::documents::{Document, read, write};
use t5g_model::figures::{self, history};
use t5g_model::time;

fuzz_target!(|bytes: &[u8]| {
    for document in Document::ALL {
        if let Ok(problems) = read::check(*document, bytes) {
            assert!(problems.first().len() as u64 <= problems.count());
        }
    }
    if let Ok(cards) = read::cards(bytes) {
        let written = write::cards(&cards.value).expect("what was read can be written");
        let again = read::cards(&written).expect("what was written can be read");
        assert!(again.problems.is_empty() && again.value == cards.value);
    }
    let mut raw = RawDocuments::default();
    for document in Board::DOCUMENTS {
        raw.set(*document, Raw::Bytes(bytes));
    }
    let board = load(&raw, &Arc::new(Rules::default()), None).board;
    let now = time::read("2026-11-23T12:00:00Z").expect("a time");
    let statistics = figures::statistics(&board, Scope::All, now);
    for figure in statistics.figures() {
        let rows = figures::figure_rows(&board, Scope::All, &figure, now);
        assert_eq!(rows.len() as u64, statistics.count(&figure), "{figure}");
    }
    let grouped = figures::grouped(board.cards(), |card| card);
    let cards = grouped.iter().flat_map(|group| &group.statuses).map(|status| status.cards.len());
    assert_eq!(cards.sum::<usize>(), board.cards().len());
    figures::outcomes(&board, Scope::All);
    figures::attention(&board, Scope::All, now);
    if let Ok(history) = history::with_day(Some(bytes), now.date_naive(), &statistics) {
        assert!(read::stats(&history).is_ok());
    }
});
