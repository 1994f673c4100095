//! Reads any text as a query, prints it, reads it again, completes it, and applies it to cards.
//!
//! Findings become tests in `crates/model/tests/suite/query.rs`.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use t5g_model::board::{Board, Raw, RawDocuments, Rules, load};
use t5g_model::documents::Document;
use t5g_model::query::{LENGTH, Query, complete};
use t5g_model::time;

const CARDS: &str = r#"{
    "K-1": {"case_number": "00000001", "account": "Acme", "severity": "Urgent", "case_status": "Closed",
        "case_created": "2026-11-01T00:00:00Z", "labels": ["Trends"], "assignee": {"displayName": "Ann"},
        "issues": [{"id": "A-1", "title": "Down"}], "comments": [["<p>x</p>", "2026-11-20T00:00:00Z"]]},
    "K-22": {"case_number": "00000002", "account": "\ud55c\uae00", "severity": "Cosmic"}
}"#;

static BOARD: LazyLock<Board> = LazyLock::new(|| {
    let mut raw = RawDocuments::default();
    raw.set(Document::Cards, Raw::Bytes(CARDS.as_bytes()));
    let board = load(&raw, &Arc::new(Rules::default()), None).board;
    assert_eq!(board.cards().len(), 2);
    board
});

fuzz_target!(|text: &str| {
    let length = text.chars().count();
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            assert!(error.at.start <= error.at.end && error.at.start <= length, "{error:?}");
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let canonical = query.to_string();
    assert!(canonical.chars().count() <= LENGTH);
    assert_eq!(Query::parse(&canonical).as_ref(), Ok(&query), "{canonical}");
    let now = time::read("2026-11-23T12:00:00Z").expect("a time");
    let cards = BOARD.cards();
    let (mut one, again) =
        (query.matcher(&BOARD, now, |_| "down"), Query::parse(&canonical).expect("it was read"));
    let mut other = again.matcher(&BOARD, now, |_| "down");
    for card in cards {
        assert_eq!(one.matches(card), other.matches(card), "{canonical}");
    }
    for completion in complete(text, length, &BOARD) {
        assert!(completion.replace.end <= length && completion.replace.start <= completion.replace.end);
    }
});
