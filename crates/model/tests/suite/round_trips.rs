//! What is written is read back the same; what is damaged on the way is refused or skipped, never a panic;
//! times survive every form in which they are written.

use chrono::{DateTime, Utc};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use t5g_model::board::{Board, Raw, RawDocuments, Scope, load};
use t5g_model::documents::{Document, read, write};
use t5g_model::{figures, time};

use crate::random::{bug, by_case, card, card_key, case, config, detail, issue, linked_bug, parts, text};
use crate::world::{documents, now, rules};

/// Everything at once: reads the bytes as each of the documents and computes what can be computed.
fn exercise(bytes: &[u8]) {
    for document in Document::ALL {
        let problems = read::check(*document, bytes);
        assert!(problems.is_err() || problems.unwrap().first().len() <= read::Problems::KEPT);
    }
    let mut raw = RawDocuments::default();
    for document in Board::DOCUMENTS {
        raw.set(*document, Raw::Bytes(bytes));
    }
    let board = load(&raw, &rules(), None).board;
    let figures = figures::statistics(&board, Scope::All, now());
    assert_eq!(figures.by_status.values().sum::<u64>(), board.cards().len() as u64);
    assert_eq!(figures::grouped(board.cards(), |card| card).is_empty(), board.cards().is_empty());
    figures::outcomes(&board, Scope::All);
    figures::attention(&board, Scope::All, now());
}

/// A document of the small world, cut, overwritten or doubled in places.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let whole: Vec<Vec<u8>> =
        documents().as_object().unwrap().values().map(|v| v.to_string().into()).collect();
    let bite = (any::<prop::sample::Index>(), 0_usize..40, vec(any::<u8>(), 0..6));
    (prop::sample::select(whole), vec(bite, 0..6)).prop_map(|(mut bytes, bites)| {
        for (at, length, new) in bites {
            if !bytes.is_empty() {
                let start = at.index(bytes.len());
                let end = (start + length).min(bytes.len());
                bytes.splice(start..end, new);
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn cases_and_details(cases in by_case(case()), details in by_case(detail())) {
        let again = read::cases(&write::cases(&cases).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == cases, "{:?}", again);
        let again = read::details(&write::details(&details).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == details, "{:?}", again);
    }

    #[test]
    fn bugs_issues_escalations(
        linked in by_case(vec(linked_bug(), 0..3)),
        bugs in prop::option::of(by_case(vec(bug(), 0..3))),
        issues in by_case(vec(issue(), 0..3)),
        links in prop::option::of(vec(text(), 0..3)),
    ) {
        let again = read::case_bz(&write::case_bz(&linked).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == linked, "{:?}", again);
        let again = read::bugs(&write::bugs(&bugs).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == bugs, "{:?}", again);
        let again = read::issues(&write::issues(&issues).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == issues, "{:?}", again);
        let again = read::escalations(&write::escalations(&links).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == links, "{:?}", again);
    }

    #[test]
    fn cards(cards in btree_map(card_key(), card(), 0..8)) {
        let again = read::cards(&write::cards(&cards).unwrap()).unwrap();
        prop_assert!(again.problems.is_empty() && again.value == cards, "{:?}", again);
    }

    #[test]
    fn a_board_of_bytes_is_the_board_of_the_documents(parts in parts()) {
        let bytes = [
            (Document::Cases, write::cases(&parts.cases).unwrap()),
            (Document::Bugs, write::bugs(&parts.bugs).unwrap()),
            (Document::Issues, write::issues(&parts.issues).unwrap()),
            (Document::Cards, write::cards(&parts.cards).unwrap()),
        ];
        let mut raw = RawDocuments::default();
        for (document, bytes) in &bytes {
            raw.set(*document, Raw::Bytes(bytes));
        }
        let loaded = load(&raw, &rules(), None).board;
        let built = Board::build(parts, &rules());
        prop_assert_eq!(format!("{:?}", loaded.cards()), format!("{:?}", built.cards()));
        prop_assert_eq!(format!("{:?}", loaded.cases()), format!("{:?}", built.cases()));
        prop_assert_eq!(
            figures::statistics(&loaded, Scope::All, now()),
            figures::statistics(&built, Scope::All, now())
        );
    }

    #[test]
    fn the_timestamp(millis in 0_i64..7_000_000_000_000) {
        let at = DateTime::<Utc>::from_timestamp_millis(millis).unwrap();
        prop_assert_eq!(read::timestamp(&write::timestamp(at).unwrap()).unwrap(), at);
    }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn damage_never_panics(bytes in damaged()) {
        exercise(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in vec(any::<u8>(), 0..200), text in any::<String>()) {
        exercise(&bytes);
        exercise(text.as_bytes());
    }

    #[test]
    fn any_text_is_a_time_or_is_not(text in "\\PC*", digits in "[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}[T ]?[0-9:.+Z-]{0,30}") {
        for text in [&text, &digits] {
            if let Ok(at) = time::read(text) {
                prop_assert!(time::YEARS.contains(&chrono::Datelike::year(&at)));
                prop_assert_eq!(time::read_loosely(text), Ok(at));
                prop_assert_eq!(time::read(&time::write(at)).unwrap().timestamp(), at.timestamp());
            }
            if let Ok(day) = time::read_date(text) {
                prop_assert!(text.trim_start().starts_with(&day.to_string()));
            }
        }
    }

    #[test]
    fn times_survive_every_form(micros in 100_000_000_000_i64..7_000_000_000_000_000, hours in -14_i32..=14) {
        let at = DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
        let there = at.with_timezone(&chrono::FixedOffset::east_opt(hours * 3600 + 1800).unwrap());
        for form in ["%Y-%m-%dT%H:%M:%S%.6f%z", "%Y-%m-%d %H:%M:%S%.6f%:z"] {
            prop_assert_eq!(time::read(&there.format(form).to_string()), Ok(at), "{}", form);
        }
        prop_assert_eq!(time::read(&time::write(at)).unwrap().timestamp(), at.timestamp());
        prop_assert_eq!(time::from_millis(micros / 1000).unwrap().timestamp_millis(), micros / 1000);
    }

    #[test]
    fn any_number_is_a_time_or_is_not(millis in any::<i64>()) {
        if let Ok(at) = time::from_millis(millis) {
            prop_assert!(time::YEARS.contains(&chrono::Datelike::year(&at)));
        }
    }
}
