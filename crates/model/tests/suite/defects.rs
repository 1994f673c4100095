//! Defects of the Python dashboard that must not come back, one test each.

use crate::world::{board, documents, now};
use serde_json::{Value, json};
use t5g_model::board::{Board, Scope};
use t5g_model::figures::{self, history};

fn with_card(card: &Value) -> Board {
    board(&json!({"cards": {"T-1": card}}))
}

fn count(board: &Board) -> figures::Statistics {
    figures::statistics(board, Scope::All, now())
}

#[test]
fn a_failed_read_of_the_history_wiped_all_its_days() {
    let figures = count(&board(&documents()));
    let day = now().date_naive();
    for damaged in ["", "null", "[]", "{\"2026-11-22\": {\"open_cases\": 4", "Internal error"] {
        let error = history::with_day(Some(damaged.as_bytes()), day, &figures).unwrap_err();
        assert!(error.to_string().contains("document `stats`"), "{error}");
    }
}

#[test]
fn a_card_with_an_unknown_jira_status_vanished() {
    let board = with_card(&json!({"case_number": "1", "card_status": "Quantum"}));
    assert_eq!(board.card("T-1").unwrap().card_status.as_str(), "Quantum");
    assert_eq!(board.card_statuses().values().sum::<u64>(), 1);
}

#[test]
fn an_unknown_case_status_was_a_500() {
    let board = with_card(&json!({"case_number": "1", "case_status": "Waiting on Mars"}));
    assert_eq!(serde_json::to_value(count(&board).by_status).unwrap(), json!({"Waiting on Mars": 1}));
    assert_eq!(figures::grouped(board.cards(), |card| card)[0].statuses[0].cards.len(), 1);
}

#[test]
fn a_comment_time_without_fraction_was_a_500() {
    let board =
        with_card(&json!({"case_number": "1", "comments": [["<p>x</p>", "2026-11-23T08:00:00+0000"]]}));
    assert_eq!(figures::recent_updates(&board, Scope::All, now()).len(), 1);
}

#[test]
fn a_closed_case_without_close_date_was_a_500() {
    let board = board(&json!({"cases": {"1": {"status": "Closed"}}}));
    let figures = count(&board);
    assert_eq!((figures.weekly_closed_cases, figures.daily_closed_cases, figures.open_cases), (0, 0, 0));
}

#[test]
fn a_card_without_assignee_was_a_500() {
    let board = board(&json!({"cards": {
        "T-1": {"case_number": "1", "assignee": {"displayName": null, "accountId": null, "emailAddress": null}},
        "T-2": {"case_number": "2", "assignee": null},
        "T-3": {"case_number": "3"}}}));
    assert!(count(&board).by_engineer.is_empty());
    assert_eq!(figures::attention(&board, Scope::All, now()).unassigned.len(), 3);
}

#[test]
fn an_empty_target_release_was_a_500() {
    let board = board(&json!({"cases": {"1": {}},
        "bugs": {"1": [{"bugzillaNumber": "5", "target_release": []}, {"bugzillaNumber": "6"}]}}));
    assert_eq!((count(&board).bugs.unique, count(&board).bugs.no_target), (2, 2));
}

#[test]
fn a_fifth_severity_was_a_500() {
    let board =
        with_card(&json!({"case_number": "1", "severity": "Cosmic", "case_created": "2026-11-01T00:00:00Z",
        "relief_at": "2026-11-02T00:00:00Z"}));
    assert_eq!(serde_json::to_value(count(&board).by_severity).unwrap(), json!({"Cosmic": 1}));
    assert_eq!(figures::outcomes(&board, Scope::All).relief.values().next().unwrap().values, [1.0]);
}

#[test]
fn a_day_of_the_history_without_bugs_was_a_500() {
    let board = board(&json!({"stats": {"2026-11-22": {"open_cases": 1}}}));
    assert!(figures::time_series(board.history()).series.iter().all(|line| line.values.len() == 1));
}

#[test]
fn all_views_dropped_cards_without_comments() {
    let board = board(&documents());
    let grouped = figures::grouped(board.cards(), |card| card);
    let cards =
        grouped.iter().flat_map(|group| &group.statuses).map(|status| status.cards.len()).sum::<usize>();
    assert_eq!((cards, board.cards().len()), (6, 6));
}

#[test]
fn a_number_and_a_text_of_the_same_digits_were_two_bugs() {
    let board = board(&json!({"cases": {"1": {}, "2": {}},
        "bugs": {"1": [{"bugzillaNumber": 5}], "2": [{"bugzillaNumber": "5"}]}}));
    assert_eq!(count(&board).bugs.unique, 1);
}

#[test]
fn no_updates_counted_the_opposite() {
    let board = board(&json!({"cases": {
        "1": {"last_update": "2026-11-16T23:00:00Z"},
        "2": {"last_update": "2026-11-17T00:00:00Z"}}}));
    assert_eq!(count(&board).no_updates, 1);
}
