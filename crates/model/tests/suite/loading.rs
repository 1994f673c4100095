//! What becomes of the board when documents change, are missing, or are broken.

use crate::world::{board, documents, now, rules};
use serde_json::json;
use t5g_model::board::{Board, Loaded, Raw, RawDocuments, Scope, load};
use t5g_model::documents::Document;
use t5g_model::figures;

fn reload(previous: &Board, changes: &[(Document, Raw<'_>)]) -> Loaded {
    let mut raw = RawDocuments::default();
    for document in Board::DOCUMENTS {
        raw.set(*document, Raw::Unchanged);
    }
    for (document, change) in changes {
        raw.set(*document, *change);
    }
    load(&raw, &rules(), Some(previous))
}

#[test]
fn an_unreadable_document_leaves_the_good_part_in_place() {
    let good = board(&documents());
    let half = &documents()["cards"].to_string()[..500];
    let loaded = reload(&good, &[(Document::Cards, Raw::Bytes(half.as_bytes()))]);
    assert_eq!(loaded.unreadable.len(), 1);
    assert_eq!(loaded.unreadable[0].document, Document::Cards);
    assert_eq!(loaded.board.cards().len(), 6);
    let figures = |board| figures::statistics(board, Scope::All, now());
    assert_eq!(figures(&loaded.board), figures(&good));
    assert_eq!(loaded.board.refreshed(), good.refreshed());
}

#[test]
fn without_a_good_part_the_error_still_names_the_document() {
    let mut raw = RawDocuments::default();
    raw.set(Document::Cases, Raw::Bytes(b"oops"));
    raw.set(Document::Timestamp, Raw::Bytes(b"\"one day\""));
    let loaded = load(&raw, &rules(), None);
    let named: Vec<_> = loaded.unreadable.iter().map(|error| error.document).collect();
    assert_eq!(named, [Document::Cases, Document::Timestamp]);
    assert_eq!((loaded.board.cases().len(), loaded.board.refreshed()), (0, None));
}

#[test]
fn a_changed_document_changes_its_part_only() {
    let good = board(&documents());
    let cases = json!({"00000009": {"status": "Waiting on Red Hat", "createdate": "once"}}).to_string();
    let loaded =
        reload(&good, &[(Document::Cases, Raw::Bytes(cases.as_bytes())), (Document::Bugs, Raw::Absent)]);
    assert_eq!(loaded.unreadable, []);
    assert_eq!(loaded.board.cases().len(), 1);
    assert_eq!(loaded.board.cards().len(), 6);
    assert!(good.has_bugzilla() && !loaded.board.has_bugzilla());
    assert_eq!(loaded.board.card("T-1").unwrap().bugs.len(), 2, "cards carry their own bugs");
    let problems = loaded.board.problems(Document::Cases).unwrap();
    let reasons: Vec<_> = problems.first().iter().map(|problem| problem.reason.as_str()).collect();
    assert_eq!(reasons, ["createdate \"once\" is no time", "last_update \"\" is no time"]);
}

#[test]
fn of_a_key_that_occurs_twice_the_last_card_counts() {
    let mut raw = RawDocuments::default();
    let cards =
        br#"{"T-1": {"case_number": "1", "account": "a"}, "T-1": {"case_number": "2", "account": "b"}}"#;
    raw.set(Document::Cards, Raw::Bytes(cards));
    let board = load(&raw, &rules(), None).board;
    assert_eq!(board.cards().len(), 1);
    assert_eq!(&*board.card("T-1").unwrap().account, "b");
    assert_eq!(board.cards_of_case("1").count(), 0);
    assert_eq!(board.problems(Document::Cards).unwrap().count(), 1);
}

#[test]
fn everything_is_found_by_its_index() {
    let board = board(&documents());
    let keys: Vec<_> = board.cards().iter().map(|card| card.key.as_str()).collect();
    assert_eq!(keys, ["T-1", "T-2", "T-3", "T-9", "T-10", "T-11"]);
    for (position, card) in (0..).zip(board.cards()) {
        assert_eq!(card.position, position);
        assert!(std::ptr::eq(board.card(card.key.as_str()).unwrap(), card));
        let same = |found: &&_| std::ptr::eq(*found, card);
        assert!(board.cards_of_case(card.case_number.as_str()).any(|found| same(&found)));
        assert!(board.cards_in(Scope::Account(&card.account)).any(|found| same(&found)));
        assert!(board.cards_by_case_status(&card.case_status).any(|found| same(&found)));
        assert!(board.cards_by_card_status(&card.card_status).any(|found| same(&found)));
        if let Some(name) = card.engineer() {
            assert!(board.cards_in(Scope::Engineer(name)).any(|found| same(&found)));
        }
    }
    assert_eq!(board.accounts().collect::<Vec<_>>(), ["Acme", "Beta/Co", "zeta"]);
    assert_eq!(board.engineers().collect::<Vec<_>>(), ["Ann", "Ben", "x@example.com"]);
    assert_eq!(board.bugs_of("00000003").len(), 1);
    assert_eq!(board.issues_of("00000005").len(), 2);
    assert_eq!(board.issues_of("no such").len(), 0);
    assert_eq!(board.case("00000007").unwrap().account.as_ref(), "zeta");
    assert!(board.card("T-99").is_none() && board.case("").is_none());
}
