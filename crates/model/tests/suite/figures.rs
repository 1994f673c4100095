//! The figures of the small world, worked out by hand.

use crate::world::{board, documents, now};
use serde_json::json;
use t5g_model::board::{Board, Card, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{self, Figure, Rows, SlaState, history};
use t5g_model::names::Severity;

fn keys<'a>(cards: impl IntoIterator<Item = &'a Card>) -> Vec<&'a str> {
    cards.into_iter().map(|card| card.key.as_str()).collect()
}

fn rows<'a>(board: &'a Board, scope: Scope<'_>, figure: &Figure) -> Vec<&'a str> {
    match figures::figure_rows(board, scope, figure, now()) {
        Rows::Cards(cards) => keys(cards),
        Rows::Cases(cases) => cases.into_iter().map(|case| case.number.as_str()).collect(),
        Rows::Trackers(_) => panic!("ids are borrowed of the rows"),
    }
}

#[test]
fn all_figures_of_the_small_world() {
    let board = board(&documents());
    let statistics = figures::statistics(&board, Scope::All, now());
    assert_eq!(
        serde_json::to_value(&statistics).unwrap(),
        json!({
            // Cases 1, 2 of Acme and 4, 5 of Beta/Co are open; zeta has no card.
            "by_customer": {"Acme": 2, "Beta/Co": 2},
            // T-1 and T-10 are Ann's, T-11 is closed; Ben's only card is closed; T-2 is nobody's.
            "by_engineer": {"Ann": 2, "Ben": 0, "x@example.com": 1},
            "by_severity": {"Urgent": 1, "High": 1, "Normal": 0, "Low": 1, "Cosmic": 1},
            "by_status": {"Waiting on Red Hat": 2, "Waiting on Customer": 1, "Closed": 2, "Waiting on Mars": 1},
            "high_prio": 2, // T-1, T-2
            "escalated": 2, // T-1, T-2
            "crit_sit": 1, // T-2
            "total_escalations": 2, // T-2 is both
            "no_bzs": 2, // T-2, T-9
            "open_cases": 4, // 1, 2, 4, 5
            "weekly_opened_cases": 3, // 1 (0 days), 2 (1 day), 4 (6 days), not 5 (7 days)
            "daily_opened_cases": 2, // 1, 2
            "weekly_closed_cases": 2, // 3 (6 days), 7 (1 day); 6 has no date, 8 is 7 days ago
            "daily_closed_cases": 1, // 7
            "no_updates": 2, // 2 (7 days), 5 (22 days), not 4 (6 days)
            // Bugs 100 (twice, once as a number) and 200, issues A-1 (twice), A-2, A-3; 300 is of a closed case.
            // Without target: 200, A-2 (null), A-3 (empty).
            "bugs": {"unique": 5, "no_target": 3}
        })
    );
}

#[test]
fn the_names_in_the_json_are_the_contracts_and_nothing_else() {
    let empty = figures::statistics(&board(&json!({})), Scope::All, now());
    insta::assert_json_snapshot!(empty, @r#"
    {
      "by_customer": {},
      "by_engineer": {},
      "by_severity": {},
      "by_status": {},
      "high_prio": 0,
      "escalated": 0,
      "open_cases": 0,
      "weekly_closed_cases": 0,
      "weekly_opened_cases": 0,
      "daily_closed_cases": 0,
      "daily_opened_cases": 0,
      "no_updates": 0,
      "no_bzs": 0,
      "bugs": {
        "unique": 0,
        "no_target": 0
      },
      "crit_sit": 0,
      "total_escalations": 0
    }
    "#);
}

#[test]
fn figures_of_an_account_and_of_an_engineer() {
    let board = board(&documents());
    let beta = figures::statistics(&board, Scope::Account("Beta/Co"), now());
    let bare = |figure| rows(&board, Scope::Account("Beta/Co"), &figure);
    assert_eq!(serde_json::to_value(&beta.by_customer).unwrap(), json!({"Beta/Co": 2}));
    assert_eq!(serde_json::to_value(&beta.by_engineer).unwrap(), json!({"Ann": 1, "x@example.com": 1}));
    assert_eq!(serde_json::to_value(&beta.by_severity).unwrap(), json!({"Low": 1, "Normal": 0, "Cosmic": 1}));
    assert_eq!((beta.bugs.unique, beta.bugs.no_target), (3, 2));
    assert_eq!(bare(Figure::OpenCases), ["00000004", "00000005"]);
    assert_eq!(bare(Figure::NoBzs), ["T-9"]);

    let ann = figures::statistics(&board, Scope::Engineer("Ann"), now());
    assert_eq!(serde_json::to_value(&ann.by_customer).unwrap(), json!({"Acme": 1, "Beta/Co": 1}));
    assert_eq!(rows(&board, Scope::Engineer("Ann"), &Figure::OpenCases), ["00000001", "00000004"]);
    assert_eq!((ann.open_cases, ann.weekly_opened_cases, ann.daily_opened_cases), (2, 2, 1));
    assert_eq!((ann.bugs.unique, ann.bugs.no_target), (4, 2));

    assert!(!board.knows(Scope::Account("beta/co")) && board.knows(Scope::Account("zeta")));
    assert!(!board.knows(Scope::Engineer("")) && board.knows(Scope::Engineer("Ben")));
    let nobody = figures::statistics(&board, Scope::Account("no such"), now());
    assert_eq!(nobody.figures().iter().map(|figure| nobody.count(figure)).sum::<u64>(), 0);
}

#[test]
fn relief_and_resolution_are_two_sets_and_what_cannot_be_is_counted() {
    let board = board(&documents());
    let outcomes = figures::outcomes(&board, Scope::All);
    let values = |set: &std::collections::BTreeMap<Severity, figures::Outcome>| -> Vec<_> {
        set.iter().map(|(severity, outcome)| (severity.clone(), outcome.values.clone())).collect()
    };
    assert_eq!(values(&outcomes.relief), [(Severity::Urgent, vec![0.5]), (Severity::Normal, vec![2.0])]);
    assert_eq!(values(&outcomes.resolved), [(Severity::Normal, vec![4.0])]);
    let problems: Vec<_> = outcomes.problems.first().iter().map(|p| (&*p.entry, &*p.reason)).collect();
    assert_eq!(
        problems,
        [
            ("T-9", "relief_at: it \"soon\" is no time"),
            ("T-9", "resolved_at: it lies before the case's creation")
        ]
    );
}

#[test]
fn mean_median_and_quantile() {
    let cards: serde_json::Map<_, _> = [1, 2, 3, 10]
        .map(|day| {
            let resolved = format!("2026-01-{:02}T00:00:00Z", day + 1);
            let card = json!({"case_number": "1", "severity": "Low", "case_created": "2026-01-01T00:00:00Z",
                "resolved_at": resolved});
            (format!("T-{day}"), card)
        })
        .into_iter()
        .collect();
    let board = board(&json!({"cards": cards}));
    let outcome = &figures::outcomes(&board, Scope::All).resolved[&Severity::Low];
    assert_eq!((outcome.count, outcome.mean, outcome.median), (4, 4.0, 2.5));
    assert!((outcome.p90 - 7.9).abs() < 1e-9, "{outcome:?}");
    assert_eq!(outcome.values, [1.0, 2.0, 3.0, 10.0]);
}

#[test]
fn sla_warns_beyond_half_and_breaches_on_the_day() {
    let at = |severity: &str, created: &str, account: &str, status: &str| {
        let board = board(&json!({"cards": {"T-1": {"case_number": "1", "severity": severity,
            "account": account, "case_status": status, "case_created": created}}}));
        figures::sla(&board, &board.cards()[0], now()).map(|sla| (sla.state, sla.open, sla.left))
    };
    let urgent = |created| at("Urgent", created, "Acme", "Waiting on Red Hat");
    assert_eq!(urgent("2026-11-16T23:00:00Z"), Some((SlaState::OnTrack, 7, 7)));
    assert_eq!(urgent("2026-11-15T23:00:00Z"), Some((SlaState::Warning, 8, 6)));
    assert_eq!(urgent("2026-11-10T00:00:00Z"), Some((SlaState::Warning, 13, 1)));
    assert_eq!(urgent("2026-11-09T00:00:00Z"), Some((SlaState::Breached, 14, 0)));
    assert_eq!(urgent("2020-11-09T00:00:00Z").unwrap().0, SlaState::Breached);
    assert_eq!(at("Urgent", "2020-01-01T00:00:00Z", "zeta", "Waiting on Red Hat"), None);
    assert_eq!(at("Urgent", "2020-01-01T00:00:00Z", "Acme", "Closed"), None);
    assert_eq!(at("Cosmic", "2020-01-01T00:00:00Z", "Acme", "Waiting on Red Hat"), None);
}

#[test]
fn days_open_follow_the_calendar_and_else_the_last_refresh() {
    let card = |created| json!({"cards": {"T-1": {"case_number": "1", "case_created": created, "case_days_open": 5}}});
    let today = now().date_naive();
    assert_eq!(board(&card("2026-11-03T23:59:00Z")).cards()[0].days_open(today), 20);
    assert_eq!(board(&card("once")).cards()[0].days_open(today), 5);
    let unreadable = board(&card("once"));
    assert_eq!(
        unreadable.problems(Document::Cards).unwrap().first()[0].reason,
        "case_created \"once\" is no time"
    );
}

#[test]
fn new_cases_recent_updates_trends_attention() {
    let board = board(&documents());
    let new = figures::new_cases(&board, Scope::All, now());
    let new: Vec<_> = new.into_iter().map(|case| case.number.as_str()).collect();
    assert_eq!(new, ["00000001", "00000002", "00000004", "00000005"]);

    let recent = figures::recent_updates(&board, Scope::All, now());
    assert_eq!(keys(recent.iter().map(|update| update.card)), ["T-1"]);
    let html: Vec<_> = recent[0].comments.iter().map(|comment| &*comment.html).collect();
    assert_eq!(html, ["<p>young</p>"]);
    assert_eq!(&*recent[0].card.newest_comment().unwrap().html, "<p>young</p>");

    assert_eq!(keys(figures::trends(&board, Scope::All)), ["T-10"]);

    let attention = figures::attention(&board, Scope::All, now());
    assert!(attention.breached.is_empty() && attention.warning.is_empty());
    assert_eq!(keys(attention.escalated), ["T-1", "T-2"]);
    assert_eq!(keys(attention.unassigned), ["T-2"]);
    assert_eq!(keys(attention.closed_not_done), ["T-3"]);
    let later = now() + chrono::TimeDelta::days(15);
    let attention = figures::attention(&board, Scope::All, later);
    assert_eq!(keys(attention.breached.into_iter().map(|(card, _)| card)), ["T-1"]);
    assert_eq!(keys(attention.warning.into_iter().map(|(card, _)| card)), ["T-2"]);

    let statuses: Vec<_> =
        board.card_statuses().into_iter().map(|(status, n)| format!("{status} {n}")).collect();
    let expected =
        ["New 1", "Backlog 1", "Debugging 1", "Eng Working 1", "Backport 0", "Ready To Close 0", "Blocked 0"];
    assert_eq!(statuses[..7], expected);
    assert_eq!(statuses[7..], ["Done 1", "Pondering 1"]);
}

#[test]
fn reports_go_by_account_status_severity_age() {
    let card = |account: &str, status: &str, severity: &str, created: &str| {
        json!({"case_number": "1", "account": account, "case_status": status, "severity": severity,
            "case_created": created})
    };
    let board = board(&json!({"cards": {
        "T-1": card("beta", "Closed", "Low", "2026-01-01T00:00:00Z"),
        "T-2": card("Alpha", "On Mars", "Low", "2026-01-01T00:00:00Z"),
        "T-3": card("beta", "Waiting on Red Hat", "Low", "2026-01-02T00:00:00Z"),
        "T-4": card("beta", "Waiting on Red Hat", "Low", "2026-01-01T00:00:00Z"),
        "T-5": card("beta", "Waiting on Red Hat", "Urgent", "2026-01-03T00:00:00Z"),
        "T-6": card("beta", "Waiting on Customer", "Low", ""),
        "T-7": card("beta", "Abandoned", "Low", ""),
        "T-8": card("Beta", "Closed", "Low", ""),
        "T-9": card("beta", "Waiting on Red Hat", "Low", ""),
    }}));
    let groups = figures::grouped(board.cards(), |card| card);
    let flat: Vec<_> = groups
        .iter()
        .flat_map(|group| {
            let line = |status: &figures::StatusGroup<'_, &Card>| {
                format!(
                    "{}/{}: {}",
                    group.account,
                    status.status,
                    keys(status.cards.iter().copied()).join(" ")
                )
            };
            group.statuses.iter().map(line).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        flat,
        [
            "Alpha/On Mars: T-2",
            "Beta/Closed: T-8",
            "beta/Waiting on Red Hat: T-5 T-4 T-3 T-9",
            "beta/Waiting on Customer: T-6",
            "beta/Closed: T-1",
            "beta/Abandoned: T-7",
        ]
    );
}

#[test]
fn today_is_the_date_in_the_configured_zone() {
    let rules = t5g_model::board::Rules { time_zone: chrono_tz::America::New_York, ..Default::default() };
    let text = documents()["cases"].to_string();
    let mut raw = t5g_model::board::RawDocuments::default();
    raw.set(Document::Cases, t5g_model::board::Raw::Bytes(text.as_bytes()));
    let board = t5g_model::board::load(&raw, &rules.into(), None).board;
    // Case 8 was closed on the 16th at midnight in London, that is, on the 15th in New York.
    let count = |at: &str, figure| {
        figures::figure_rows(&board, Scope::All, &figure, t5g_model::time::read(at).unwrap()).len()
    };
    assert_eq!(count("2026-11-22T04:59:00Z", Figure::WeeklyClosedCases), 3);
    assert_eq!(count("2026-11-22T05:00:00Z", Figure::WeeklyClosedCases), 2);
}

#[test]
fn a_board_outlives_midnight() {
    let board = board(&documents());
    let daily = |at: &str| {
        let at = t5g_model::time::read(at).unwrap();
        let statistics = figures::statistics(&board, Scope::All, at);
        assert_eq!(*figures::overall(&board, at), statistics);
        statistics.daily_opened_cases
    };
    assert_eq!(daily("2026-11-23T23:59:59Z"), 2);
    assert_eq!(daily("2026-11-24T00:00:00Z"), 1);
}

#[test]
fn the_history_becomes_lines_with_0_for_what_a_day_lacks() {
    let series = figures::time_series(board(&documents()).history());
    let line = |name: &str| series.series.iter().find(|line| line.name == name).unwrap().values.clone();
    let days: Vec<_> = series.days.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-11-21", "2026-11-22"]);
    assert_eq!(line("open_cases"), [3, 4]);
    assert_eq!(line("bugs.unique"), [0, 5]);
    assert_eq!(line("escalated"), [1, 0]);
    assert_eq!(series.series.len(), 11);
}

#[test]
fn a_day_is_added_to_the_history_or_replaced_and_the_others_stay_to_the_byte() {
    let figures = figures::statistics(&board(&documents()), Scope::All, now());
    let day = now().date_naive();
    let old = r#"{"2026-11-21": {"b": 1.50, "a" : "\u00e9\ud800", "b": 2}, "junk": 7 , "2026-11-23": {"x": 1},"2026-11-22":null}"#;
    let own = serde_json::to_string(&figures).unwrap();
    let new = String::from_utf8(history::with_day(Some(old.as_bytes()), day, &figures).unwrap()).unwrap();
    let kept = r#""2026-11-21":{"b": 1.50, "a" : "\u00e9\ud800", "b": 2},"junk":7,"#;
    assert_eq!(new, format!(r#"{{{kept}"2026-11-23":{own},"2026-11-22":null}}"#));
    let again = history::with_day(Some(new.as_bytes()), day, &figures).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), new);
    let first = history::with_day(None, day, &figures).unwrap();
    assert_eq!(String::from_utf8(first).unwrap(), format!(r#"{{"2026-11-23":{own}}}"#));
}

#[test]
fn a_figure_is_found_by_its_name_and_value() {
    let board = board(&documents());
    for figure in figures::statistics(&board, Scope::All, now()).figures() {
        assert_eq!(Figure::find(figure.name(), figure.value()), Some(figure));
    }
    assert_eq!(Figure::find("by_customer", None), None);
    assert_eq!(Figure::find("high_prio", Some("x")), None);
    assert_eq!(Figure::find("nonsense", None), None);
}
