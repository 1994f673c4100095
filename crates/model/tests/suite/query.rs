//! The filter language: what is read and how it prints, errors and their places, which cards are taken, completion.

use proptest::prelude::*;
use serde_json::json;
use t5g_model::board::{Board, BoardParts};
use t5g_model::query::{CONDITIONS, DEPTH, EXAMPLES, Field, LENGTH, Part, Property, Query, Word, complete};

use crate::random::{config, parts};
use crate::world::{board, documents, now, rules};

/// Reads it; it must be readable.
fn read(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.at))
}

/// Keys of the cards taken. As text, a card has its summary alone.
fn found(board: &Board, text: &str) -> Vec<String> {
    let texts: Vec<_> = board.cards().iter().map(|card| card.summary.to_lowercase()).collect();
    let query = read(text);
    let mut matcher = query.matcher(board, now(), |card| texts[card.position as usize].as_str());
    board.cards().iter().filter(|card| matcher.matches(card)).map(|card| card.key.to_string()).collect()
}

#[test]
fn a_query_prints_in_one_canonical_form() {
    for (typed, canonical) in [
        ("", ""),
        (" \t\n ", ""),
        ("a  b", "a b"),
        ("a AND b OR c", "a b OR c"),
        ("a (b OR c)", "a (b OR c)"),
        ("((a b)) (c)", "a b c"),
        ("NOT (a b)", "-(a b)"),
        ("--a", "a"),
        ("NOT NOT NOT a", "-a"),
        ("a and or not b", "a and or not b"),
        ("\"OR\"", "\"OR\""),
        ("\"-x\" - x-y", "\"-x\" \"-\" x-y"),
        ("SEVERITY:1,High", "sev:urgent,high"),
        ("sev:>=HIGH", "sev:>=high"),
        ("sev:other", "sev:other"),
        ("days:>2W age:7", "age:>14d age:7d"),
        ("engineer:\"Ann B\",'c'", "assignee:\"Ann B\",\"'c'\""),
        ("account:=\"A \\\"B\\\" \\\\\"", "account:=\"A \\\"B\\\" \\\\\""),
        (
            "created:>=2026-01-02 updated:<today commented:Yesterday",
            "opened:>=2026-01-02 updated:<0d commented:1d",
        ),
        ("is:TELCO,atrisk has:Bugs", "is:daily,warning has:bug"),
        ("text:a,\"b c\" text:d", "text:a,\"b c\" d"),
        ("https://x.example/?a=1,2", "\"https://x.example/?a=1,2\""),
        ("10:30 한글 שלום é", "\"10:30\" 한글 שלום é"),
        ("a\"b c\"d", "a \"b c\" d"),
    ] {
        let query = read(typed);
        assert_eq!(query.to_string(), canonical, "{typed}");
        assert_eq!(read(canonical), query, "{typed}");
    }
}

#[test]
fn an_error_says_what_and_where() {
    for (typed, at, words) in [
        ("a )", 2..3, "No parenthesis is open"),
        ("한 (a", 2..3, "not closed"),
        ("(a OR)", 5..6, "A condition is missing"),
        ("a OR", 4..4, "A condition is missing"),
        ("AND a", 0..3, "A condition is missing"),
        ("a AND AND b", 6..9, "A condition is missing"),
        ("NOT", 3..3, "A condition is missing"),
        ("()", 1..2, "A condition is missing"),
        ("x \"a b", 2..3, "quote is not closed"),
        ("x \"\"", 2..4, "nothing between these quotes"),
        ("x savarity:1", 2..10, "did you mean severity?"),
        ("zzz:1", 0..3, "no field \"zzz\": put"),
        ("sev:", 4..4, "such as sev:urgent"),
        ("sev:high,", 9..9, "A value is missing"),
        ("sev: high", 4..4, "A value is missing"),
        ("한 sev:high,urgant", 11..17, "did you mean urgent?"),
        ("sev:>high,low", 5..13, "cannot be compared"),
        ("account:>a", 9..10, "cannot be compared"),
        ("is:<open", 4..8, "cannot be compared"),
        ("is:open,escalate", 8..16, "did you mean escalated?"),
        ("has:cheese", 4..10, "It takes bug, issue, comment"),
        ("age:14x", 4..7, "14d, 2w"),
        ("age:１４", 4..6, "14d, 2w"),
        ("age:999999", 4..10, "14d, 2w"),
        ("age:-1", 4..6, "14d, 2w"),
        ("updated:2026-02-30", 8..18, "a date"),
        ("updated:0001-01-01", 8..18, "a date"),
    ] {
        let error = Query::parse(typed).expect_err(typed);
        assert_eq!(error.at, at, "{typed}: {error}");
        assert!(error.to_string().contains(words), "{typed}: {error}");
    }
}

#[test]
fn length_depth_and_number_of_conditions_are_bounded() {
    let problem = |text: &str| Query::parse(text).unwrap_err().to_string();
    assert!(Query::parse(&"é".repeat(LENGTH)).is_ok());
    assert!(problem(&"é".repeat(LENGTH + 1)).contains("longer than 2000"));
    assert!(
        problem(&"\\".repeat(LENGTH)).contains("longer than 2000"),
        "canonical text has to be readable too"
    );
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&nested(DEPTH)).is_ok());
    assert!(problem(&nested(DEPTH + 1)).contains("deeper than 32"));
    assert!(problem(&format!("{}a", "-".repeat(DEPTH + 1))).contains("deeper than 32"));
    assert!(problem(&"(".repeat(LENGTH)).contains("deeper than 32"));
    let many = |count: usize| vec!["a"; count].join(" ");
    assert!(Query::parse(&many(CONDITIONS)).is_ok());
    assert!(problem(&many(CONDITIONS + 1)).contains("more than 64"));
    assert!(problem(&format!("label:{}", vec!["a"; CONDITIONS + 1].join(","))).contains("more than 64"));
}

#[test]
fn each_field_takes_the_cards_it_names() {
    let board = board(&documents());
    // In the board's order: T-1, T-2, T-3, T-9, T-10, T-11.
    for (query, keys) in [
        ("", "1 2 3 9 10 11"),
        ("down", "1"),
        ("DOWN OR sev:low", "1 10"),
        ("-down", "2 3 9 10 11"),
        ("case:00000001,2", "1 2"),
        ("card:t-9,10", "9 10"),
        ("card:T", ""),
        ("account:acme", "1 2 3"),
        ("account:=ACM", ""),
        ("account:=ACME", "1 2 3"),
        ("account:\"beta/\" -is:closed", "9 10"),
        ("status:eng", "3"),
        ("status:\"eng working\",new", "3 10"),
        ("casestatus:waiting", "1 2 9 10"),
        ("assignee:an", "1 10 11"),
        ("engineer:x@example.com", "9"),
        ("is:unassigned", "2"),
        ("label:trend", "10"),
        ("is:trends", "10"),
        ("sev:urgent,low", "1 10"),
        ("sev:>normal", "1 2"),
        ("sev:<=normal", "3 9 10 11"),
        ("sev:other", "9"),
        ("age:>6", "3 9 11"),
        ("age:>=6 age:<=7d", "9 10"),
        ("age:0,1", "1 2"),
        ("age:1w", "9"),
        ("opened:today,yesterday", "1 2"),
        ("opened:2026-11-17", "10"),
        ("opened:<2026-10-02", "3 11"),
        ("opened:<7d", "1 2 10"),
        ("commented:<7d", "1"),
        ("commented:>0d", "1"),
        ("-commented:<7d", "2 3 9 10 11"),
        ("updated:<1d", ""),
        ("has:bug", "1"),
        ("has:bug,issue", "1 10"),
        ("has:comment", "1"),
        ("bug:100", "1"),
        ("bug:10", ""),
        ("issue:a-3", "10"),
        ("is:escalated", "1 2"),
        ("is:critsit", "2"),
        ("is:open is:stale", "2 9 10"),
        ("is:notdone", "3"),
        ("is:closed,critsit", "2 3 11"),
        ("is:untracked", "2 3 9 11"),
        ("is:breached", ""),
        ("is:ontrack", "1 2 10"),
        ("sev:urgent OR sev:high is:critsit OR status:done", "1 2 11"),
        ("-(sev:urgent OR is:closed)", "2 9 10"),
    ] {
        let wanted: Vec<_> = keys.split_whitespace().map(|number| format!("T-{number}")).collect();
        assert_eq!(found(&board, query), wanted, "{query}");
    }
}

#[test]
fn names_are_found_in_any_script_and_bugs_by_their_summary() {
    let card = |account: &str| {
        json!({ "case_number": "1", "account": account, "case_created": "2026-11-01T00:00:00Z",
            "contributor": [{ "displayName": "Ötzi ÅNGSTRÖM" }], "tags": ["Shift_Telco"], "group_name": "Group A",
            "product": "OpenShift 4.16",
            "bugzilla": [{ "bugzillaNumber": "77", "caseNumber": "1", "summary": "Kernel Panic" }],
            "issues": [{ "id": "OCPBUGS-9", "title": "ΣΊΣΥΦΟΣ" }] })
    };
    let board = board(&json!({ "cards": { "K-1": card("한글 & Söhne"), "K-2": card("other") } }));
    for both in [
        "contributor:ångström",
        "tag:telco",
        "group:\"group a\"",
        "product:4.16",
        "bug:panic",
        "bug:77",
        "issue:ocpbugs-9",
        "issue:σίσ",
    ] {
        assert_eq!(found(&board, both).len(), 2, "{both}");
    }
    assert_eq!(found(&board, "account:\"한글 & SÖHNE\""), ["K-1"]);
    assert_eq!(found(&board, "account:=\"한글 & söhne\",x"), ["K-1"]);
}

fn unambiguous<W: Word + PartialEq + std::fmt::Debug>() {
    for word in W::ALL {
        for spelling in [word.name()].iter().chain(word.aliases()) {
            assert_eq!(W::by_word(spelling), Some(*word), "{spelling}");
        }
    }
}

#[test]
fn every_word_is_known_by_all_its_spellings_and_means_one_thing() {
    for field in Field::all() {
        for spelling in [field.name()].iter().chain(field.aliases()) {
            assert_eq!(Field::by_word(&spelling.to_uppercase()), Some(field), "{spelling}");
        }
        for value in field.known_values() {
            read(&format!("{}:\"{value}\"", field.name()).replace("\">", ">\"").replace("\"<", "<\""));
        }
    }
    unambiguous::<Property>();
    unambiguous::<Part>();
}

#[test]
fn the_page_about_filtering_names_every_field_and_example() {
    let page = include_str!("../../../../docs/filtering.md");
    for field in Field::all() {
        let others: Vec<_> = field.aliases().iter().map(|alias| format!("`{alias}`")).collect();
        let row = format!("| `{}` | {} | {} |", field.name(), others.join(", "), field.help());
        assert!(page.contains(&row), "docs/filtering.md lacks the row\n{row}");
    }
    for property in Property::ALL {
        let row = format!("| `is:{}` | {} |", property.name(), property.help());
        assert!(page.contains(&row), "docs/filtering.md lacks the row\n{row}");
    }
    for (query, meaning) in EXAMPLES {
        read(query);
        let line = format!("- `{query}` — {meaning}");
        assert!(page.contains(&line), "docs/filtering.md lacks the line\n{line}");
    }
}

#[test]
fn completion_offers_fields_and_values_and_says_what_they_replace() {
    let board = board(&documents());
    let offers = |text: &str| -> Vec<String> {
        complete(text, text.chars().count(), &board)
            .into_iter()
            .map(|offer| {
                let kept: String = text.chars().take(offer.replace.start).collect();
                assert_eq!(offer.replace.end, text.chars().count());
                kept + &offer.insert
            })
            .collect()
    };
    assert_eq!(offers("").len(), Field::all().count());
    assert_eq!(offers("한 (-SEV"), ["한 (-sev:"]);
    assert_eq!(offers("eng"), ["assignee:"], "by another spelling");
    assert_eq!(offers("sev:u"), ["sev:urgent"]);
    assert_eq!(offers("severity:>=urgent,hi"), ["severity:>=urgent,high"]);
    assert_eq!(offers("is:unt"), ["is:untracked"]);
    assert_eq!(offers("status:work"), ["status:\"Eng Working\""]);
    assert_eq!(offers("status:\"eng w"), ["status:\"Eng Working\""]);
    assert_eq!(offers("account:b"), ["account:Beta/Co"]);
    assert_eq!(offers("assignee:=\"Ann\",be"), ["assignee:=\"Ann\",Ben"]);
    assert_eq!(offers("label:"), ["label:Trends"]);
    assert!(offers("nofield:a").is_empty() && offers("\"a phrase se").is_empty());
    let early = complete("se is:open", 2, &board);
    assert_eq!((early.len(), early[0].replace.clone(), early[0].insert.as_str()), (1, 0..2, "sev:"));
}

/// Pieces of the language, so that most of what is joined from them means something.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "(", ")", " ", "-", "AND", " OR ", "NOT ", "\"", "\\", ",", ":", ">", "<=", "=", "sev:", "sev:high", "age:>2w",
            "account:", "is:open", "is:stale,closed", "has:bug", "updated:<7d", "opened:2026-11-01", "text:", "한글", "a",
            "\"b c\"", "label:=\"x, y\"", "https://", "case:01",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn any_text_is_a_query_that_survives_printing_or_an_error_with_a_place(text in pieces()) {
        match Query::parse(&text) {
            Ok(query) => {
                let canonical = query.to_string();
                prop_assert!(canonical.chars().count() <= LENGTH);
                prop_assert_eq!(Query::parse(&canonical), Ok(query));
            }
            Err(error) => {
                prop_assert!(error.at.start <= error.at.end && error.at.end <= text.chars().count());
                prop_assert!(!error.to_string().is_empty());
            }
        }
        let board = Board::build(BoardParts::default(), &rules());
        for cursor in 0..=text.chars().count() + 1 {
            for offer in complete(&text, cursor, &board) {
                prop_assert!(offer.replace.start <= offer.replace.end && offer.replace.end <= cursor);
            }
        }
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn not_and_or_and_and_are_those_of_logic(parts in parts(), left in 0..EXAMPLES.len(), right in 0..EXAMPLES.len()) {
        let board = Board::build(parts, &rules());
        let (a, b) = (EXAMPLES[left].0, EXAMPLES[right].0);
        let with_a = found(&board, a);
        let with_b = found(&board, b);
        for card in board.cards() {
            let key = card.key.to_string();
            let (in_a, in_b) = (with_a.contains(&key), with_b.contains(&key));
            prop_assert_eq!(found(&board, &format!("-({a})")).contains(&key), !in_a);
            prop_assert_eq!(found(&board, &format!("({a}) ({b})")).contains(&key), in_a && in_b);
            prop_assert_eq!(found(&board, &format!("({a}) OR ({b})")).contains(&key), in_a || in_b);
        }
    }
}
