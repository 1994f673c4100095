//! Hand-made documents, whole and broken, through the tolerant readers.

use serde_json::json;
use t5g_model::documents::read::{self, Problems, ReadError};
use t5g_model::documents::{Document, Milestone, write};
use t5g_model::names::{CardStatus, CaseNumber, CaseStatus, Severity};

fn reasons(problems: &Problems) -> Vec<String> {
    problems.first().iter().map(|problem| format!("{}: {}", problem.entry, problem.reason)).collect()
}

#[test]
fn a_malformed_entry_is_skipped_and_named() {
    let document = br#"{
        "01234567": {"owner": "Ann", "severity": "1 (Urgent)", "status": "Closed", "bug": 12, "unknown": [1]},
        "x": {},
        "7": {"owner": 5},
        "8": "no object",
        "9": {"tags": "one", "account": null},
        "\ud800": {}
    }"#;
    let reading = read::cases(document).unwrap();
    let numbers: Vec<_> = reading.value.keys().map(CaseNumber::as_str).collect();
    assert_eq!(numbers, ["01234567", "9"]);
    assert_eq!(reading.value["01234567"].bug.as_deref(), Some("12"));
    assert_eq!(reading.value["01234567"].status, CaseStatus::Closed);
    assert_eq!(reading.value["9"].tags, ["one"]);
    assert_eq!(reading.problems.count(), 4);
    let reasons = reasons(&reading.problems);
    assert!(reasons[0].starts_with("x: \"x\" is not a case number"), "{reasons:?}");
    assert!(reasons[1].starts_with("7: invalid type: integer `5`"), "{reasons:?}");
    assert!(reasons[2].starts_with("8: invalid type: string"), "{reasons:?}");
    assert!(reasons[3].contains("hex escape"), "{reasons:?}");
}

#[test]
fn of_a_key_that_occurs_twice_the_last_readable_entry_counts() {
    let reading =
        read::cases(br#"{"1": {"owner": "a"}, "1": {"owner": "b"}, "1": {"owner": false}}"#).unwrap();
    assert_eq!(reading.value["1"].owner, "b");
    assert_eq!(reading.problems.count(), 2);
}

#[test]
fn a_card_just_created_and_one_of_the_made_up_data_are_read() {
    let cards = read::cards(
        br#"{"KNIECO-1": {"case_number": 1337377, "assignee": null, "case_status": "Waiting on Mars",
                "card_status": "Pondering", "severity": "Cosmic", "comments": null},
            "A-2": {"case_number": "00000002", "relief_at": 1795442700123, "resolved_at": "2026-11-23T14:05:00Z",
                "issues": [{"id": 782815, "updated": "2022-06-28T13:43:23.964756", "fix_versions": null}],
                "bugzilla": [{"bugzillaNumber": 45935, "caseNumber": 2, "target_release": []}],
                "comments": [["<p>x</p>", "2024-09-20T22:20:37.714632Z"]],
                "notified_users": [{"ssoUsername": "u", "title": "t", "extra": {"a": [1]}}]}}"#,
    )
    .unwrap();
    assert_eq!(reasons(&cards.problems), Vec::<String>::new());
    let (new, old) = (&cards.value["KNIECO-1"], &cards.value["A-2"]);
    assert_eq!(new.case_number.as_str(), "1337377");
    assert_eq!(new.card_status, CardStatus::Other("Pondering".into()));
    assert_eq!(new.severity, Severity::Other("Cosmic".into()));
    assert_eq!(new.assignee.name(), None);
    assert_eq!(old.relief_at, Some(Milestone::Millis(1_795_442_700_123)));
    assert_eq!(old.issues.as_ref().unwrap()[0].id, "782815");
    assert_eq!(old.bugzilla.as_ref().unwrap()[0].linked.bugzilla_number, "45935");
    assert_eq!(old.notified_users[0].other["extra"]["a"][0], 1);
    let again = read::cards(&write::cards(&cards.value).unwrap()).unwrap();
    assert_eq!(again, cards);
}

#[test]
fn a_malformed_item_of_a_list_leaves_the_others() {
    let bugs = read::bugs(
        br#"{"1": [{"bugzillaNumber": "5"}, {"bugzillaNumber": null}, 7, {"bugzillaNumber": 6}], "2": null}"#,
    )
    .unwrap();
    let map = bugs.value.unwrap();
    assert_eq!(map["1"].len(), 2);
    assert_eq!(map["2"].len(), 0);
    let reasons = reasons(&bugs.problems);
    assert!(reasons[0].starts_with("1, item 2: "), "{reasons:?}");
    assert!(reasons[1].starts_with("1, item 3: "), "{reasons:?}");
    assert_eq!(reasons.len(), 2);
}

#[test]
fn null_means_not_configured_where_the_contract_says_so_and_nowhere_else() {
    assert_eq!(read::bugs(b" null\n").unwrap().value, None);
    assert_eq!(read::escalations(b"null").unwrap().value, None);
    assert!(read::cases(b"null").is_err());
    assert!(read::cards(b"null").is_err());
    assert!(read::issues(b"null").is_err());
}

#[test]
fn escalations_are_texts_or_bare_numbers() {
    let read = read::escalations(br#"["https://x/1", 1234567, null, {"a": 1}]"#).unwrap();
    assert_eq!(read.value.unwrap(), ["https://x/1", "1234567"]);
    assert_eq!(read.problems.count(), 2);
}

#[test]
fn days_of_old_lack_figures_and_python_writes_floats() {
    let read = read::stats(
        br#"{"2026-11-22": {"open_cases": 3.0, "crit_sit": null}, "2026-11-23": {"bugs": {"unique": 2, "no_target": 1}},
            "2026-11-24": {"open_cases": -1}, "yesterday": {}, "2026-1-5": {}}"#,
    )
    .unwrap();
    let days: Vec<_> = read.value.values().map(|day| (day.open_cases, day.bugs.unique)).collect();
    assert_eq!(days, [(3, 0), (0, 2)]);
    assert_eq!(read.problems.count(), 3);
}

#[test]
fn the_timestamp_is_read_in_quotes_and_bare() {
    let expected = read::timestamp(br#""2026-11-23 14:05:00.123456+00:00""#).unwrap();
    assert_eq!(read::timestamp(b"2026-11-23 14:05:00.123456+00:00\n").unwrap(), expected);
    assert_eq!(write::timestamp(expected).unwrap(), br#""2026-11-23 14:05:00.123456+00:00""#);
    assert!(read::timestamp(b"\"soon\"").unwrap_err().to_string().contains("soon"));
}

#[test]
fn a_document_that_is_no_json_of_its_type_names_itself_and_the_place() {
    let fault = |bytes: &[u8]| -> ReadError { read::cards(bytes).unwrap_err() };
    let half = fault(b"{\"KNIECO-1\": {\"case_number\": \"01234567\",\n\"acc");
    assert_eq!((half.document, half.line), (Document::Cards, 2));
    assert!(half.to_string().starts_with("document `cards` cannot be read at line 2, column "), "{half}");
    assert!(fault(b"").reason.contains("EOF"));
    assert!(fault(b"[]").reason.contains("expected an object"));
    assert!(fault(b"{} {}").reason.contains("trailing"));
    assert!(fault(b"{'a': 1}").reason.contains("key"));
    let encoding = fault(b"{\n  \"\xff\": 1}");
    assert_eq!((encoding.line, encoding.column), (2, 3));
    assert!(read::escalations(b"{}").unwrap_err().reason.contains("expected a sequence"));
    assert_eq!(read::cards("\u{feff}{}".as_bytes()).unwrap().problems.count(), 0);
}

#[test]
fn size_and_depth_do_no_harm() {
    let long = "x".repeat(10 << 20);
    let document =
        format!(r#"{{"1": {{"description": "{long}"}}, "{long}": {{}}, "2": {{"owner": ["{long}"]}}}}"#);
    let reading = read::cases(document.as_bytes()).unwrap();
    assert_eq!(reading.value["1"].description.len(), long.len());
    assert_eq!(reading.problems.count(), 2);
    assert!(reasons(&reading.problems).iter().all(|reason| reason.len() < 700));

    let deep = "[".repeat(1 << 20) + &"]".repeat(1 << 20);
    let in_entry =
        format!(r#"{{"A-1": {{"case_number": "1", "notified_users": [{{"x": {deep}}}], "new": {deep}}}}}"#);
    assert_eq!(read::cards(in_entry.as_bytes()).unwrap().problems.count(), 1);
    assert!(read::cards(deep.as_bytes()).is_err());
    assert!(read::escalations(format!("[{deep}]").as_bytes()).unwrap().problems.count() == 1);
    assert!(read::cases("{\"1\":".repeat(1 << 20).as_bytes()).is_err());
}

#[test]
fn only_the_first_problems_are_kept_but_all_are_counted() {
    let document: Vec<_> = (0..1000).map(|n| format!("\"k{n}\": 1")).collect();
    let reading = read::cases(format!("{{{}}}", document.join(",")).as_bytes()).unwrap();
    assert_eq!(reading.problems.count(), 1000);
    assert_eq!(reading.problems.first().len(), Problems::KEPT);
}

#[test]
fn half_a_character_costs_the_character_not_the_card() {
    let cards =
        read::cards(br#"{"A-1": {"case_number": "1", "summary": "cut \ud83d", "account": "\ud83d\ude00"}}"#)
            .unwrap();
    assert_eq!(cards.value["A-1"].summary, "cut \u{fffd}");
    assert_eq!(cards.value["A-1"].account, "\u{1f600}");
    assert_eq!(
        reasons(&cards.problems),
        ["A-1: holds half of a character (a lone surrogate), which is replaced"]
    );
    let links = read::escalations(br#"["\udc00", "fine"]"#).unwrap();
    assert_eq!((links.value.unwrap().len(), links.problems.count()), (2, 1));
}

#[test]
fn a_malformed_item_of_a_card_costs_the_item_not_the_card() {
    let document = json!({
        "KNIECO-1": {"case_number": "1", "comments": [["<p>good</p>", "2026-11-23"], ["half"], 7],
                     "issues": [{"id": "OCPBUGS-1"}, {"id": []}], "contributor": [null, {"displayName": "Ada"}]},
        "KNIECO-2": {"case_number": "2", "comments": [7], "severity": []},
        "KNIECO-3": {"case_number": "3", "comments": "none"},
    });
    let reading = read::cards(document.to_string().as_bytes()).unwrap();
    let keys: Vec<_> = reading.value.keys().map(ToString::to_string).collect();
    assert_eq!(keys, ["KNIECO-1"]);
    let card = reading.value.values().next().unwrap();
    let of = |list: Option<usize>| list.unwrap_or_default();
    assert_eq!(of(card.comments.as_ref().map(Vec::len)), 1);
    assert_eq!(of(card.issues.as_ref().map(Vec::len)), 1);
    assert_eq!(card.contributor.len(), 1);
    let noted: Vec<_> = reading.problems.first().iter().map(|problem| problem.entry.as_str()).collect();
    let expected = [
        "KNIECO-1, comments, item 2",
        "KNIECO-1, comments, item 3",
        "KNIECO-1, issues, item 2",
        "KNIECO-1, contributor, item 1",
        "KNIECO-2",
        "KNIECO-3",
    ];
    assert_eq!(noted, expected);
}
