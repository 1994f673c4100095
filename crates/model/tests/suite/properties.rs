//! What holds of every board: the figures agree with the lists they count, and with a naive count of the
//! documents; grouping loses nothing; no scope and no time makes anything panic.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use t5g_model::board::{Board, BoardParts, Scope};
use t5g_model::documents::Person;
use t5g_model::figures::{self, Figure};
use t5g_model::time;

use crate::random::{config, parts};
use crate::world::{now, rules};

fn scopes(board: &Board) -> Vec<Scope<'_>> {
    let accounts = board.accounts().map(Scope::Account);
    let engineers = board.engineers().map(Scope::Engineer);
    [Scope::All, Scope::Account("no such")].into_iter().chain(accounts).chain(engineers).collect()
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_turnover_of_a_week_is_what_the_figures_count(parts in parts(), at in moments()) {
        let board = Board::build(parts.clone(), &rules());
        let week = figures::turnover(&board, None, at);
        let sums = naive(&parts, at);
        prop_assert_eq!(Some(&(week.open as u64)), sums.get("open_cases").or(Some(&0)));
        // The figures count what a mistaken document says will happen, too; a report of what happened does not.
        let today = at.date_naive();
        prop_assert!(week.closed.len() as u64 <= sums.get("weekly_closed_cases").copied().unwrap_or(0));
        for case in &week.closed {
            prop_assert!(!case.is_open() && case.closed_on.unwrap() <= today);
        }
        for case in board.cases() {
            let age = case.created_on.map(|on| (today - on).num_days());
            let listed = week.opened.iter().any(|one| one.number == case.number);
            prop_assert_eq!(listed, age.is_some_and(|age| (0..7).contains(&age)));
        }
        let ever = figures::turnover(&board, Some(chrono::NaiveDate::MIN), at);
        prop_assert!(ever.opened.len() >= week.opened.len() && ever.closed.len() >= week.closed.len());
    }
}

/// Around the date of the documents, so that every window is hit at times.
fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    (-30_i64..30).prop_map(|days| now() + chrono::TimeDelta::days(days))
}

/// The figures of everything, counted the slow and obvious way from the documents.
fn naive(parts: &BoardParts, at: DateTime<Utc>) -> BTreeMap<&'static str, u64> {
    let age = |text: &str| Some((at.date_naive() - time::read(text).ok()?.date_naive()).num_days());
    let below = |text: Option<&str>, days: i64| text.and_then(age).is_some_and(|age| age < days);
    let open: Vec<_> = parts.cards.values().filter(|card| card.case_status.as_str() != "Closed").collect();
    let (mut ids, mut lacking) = (BTreeSet::new(), BTreeSet::new());
    let mut sums = BTreeMap::new();
    let mut add = |name, counts: bool| *sums.entry(name).or_insert(0) += u64::from(counts);
    for (number, case) in &parts.cases {
        let open = case.status.as_str() != "Closed";
        add("open_cases", open);
        add("weekly_opened_cases", open && below(Some(&case.createdate), 7));
        add("daily_opened_cases", open && below(Some(&case.createdate), 2));
        add("weekly_closed_cases", !open && below(case.closeddate.as_deref(), 7));
        add("daily_closed_cases", !open && below(case.closeddate.as_deref(), 2));
        add("no_updates", open && age(&case.last_update).is_some_and(|age| age >= 7));
        if !open {
            continue;
        }
        for bug in parts.bugs.iter().filter_map(|bugs| bugs.get(number)).flatten() {
            let id = ("bug", bug.linked.bugzilla_number.clone());
            if bug.target_release.is_empty() || bug.target_release[0] == "---" {
                lacking.insert(id.clone());
            }
            ids.insert(id);
        }
        for issue in parts.issues.get(number).into_iter().flatten() {
            let id = ("issue", issue.id.clone());
            match issue.fix_versions.as_deref() {
                Some([first, ..]) if !first.starts_with("---") => {}
                _ => _ = lacking.insert(id.clone()),
            }
            ids.insert(id);
        }
    }
    for card in open {
        add("high_prio", ["High", "Urgent"].contains(&card.severity.word()));
        add("escalated", card.escalated);
        add("crit_sit", card.crit_sit);
        add("total_escalations", card.crit_sit || card.escalated);
        let (bugs, issues) = (card.bugzilla.iter().flatten(), card.issues.iter().flatten());
        add("no_bzs", bugs.count() + issues.count() == 0);
    }
    sums.extend([("bugs.unique", ids.len() as u64), ("bugs.no_target", lacking.len() as u64)]);
    sums
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn every_figure_is_the_number_of_its_rows(parts in parts(), at in moments()) {
        let board = Board::build(parts, &rules());
        for scope in scopes(&board) {
            let statistics = figures::statistics(&board, scope, at);
            for figure in statistics.figures() {
                let rows = figures::figure_rows(&board, scope, &figure, at);
                prop_assert_eq!(statistics.count(&figure), rows.len() as u64, "{} in {:?}", figure, scope);
            }
        }
    }

    #[test]
    fn the_figures_are_what_a_naive_count_says(parts in parts(), at in moments()) {
        let expected = naive(&parts, at);
        let cards = parts.cards.clone();
        let board = Board::build(parts, &rules());
        let statistics = figures::statistics(&board, Scope::All, at);
        for figure in Figure::plain() {
            let expected = expected.get(figure.name()).copied().unwrap_or_default();
            prop_assert_eq!(statistics.count(&figure), expected, "{}", figure);
        }
        let open = cards.values().filter(|card| card.case_status.is_open()).count() as u64;
        let assigned = |card: &&t5g_model::documents::Card| Person::name(&card.assignee).is_some();
        let at_work = cards.values().filter(|card| card.case_status.is_open()).filter(assigned).count();
        prop_assert_eq!(statistics.by_customer.values().sum::<u64>(), open);
        prop_assert_eq!(statistics.by_severity.values().sum::<u64>(), open);
        prop_assert_eq!(statistics.by_engineer.values().sum::<u64>(), at_work as u64);
        prop_assert_eq!(statistics.by_status.values().sum::<u64>(), cards.len() as u64);
        let accounts: BTreeSet<_> = cards.values().map(|card| card.account.as_str()).collect();
        let listed: BTreeSet<_> = statistics.by_customer.keys().map(|name| &**name).collect();
        prop_assert_eq!(listed, accounts);
    }

    #[test]
    fn the_accounts_figures_add_up_to_the_whole(parts in parts(), at in moments()) {
        let board = Board::build(parts, &rules());
        let whole = figures::statistics(&board, Scope::All, at);
        let accounts: Vec<_> =
            board.accounts().map(|name| figures::statistics(&board, Scope::Account(name), at)).collect();
        // Bugs and issues can be linked to cases of several accounts.
        let shared = [Figure::BugsUnique, Figure::BugsNoTarget];
        for figure in whole.figures().into_iter().filter(|figure| !shared.contains(figure)) {
            let sum: u64 = accounts.iter().map(|statistics| statistics.count(&figure)).sum();
            prop_assert_eq!(sum, whole.count(&figure), "{}", figure);
        }
    }

    #[test]
    fn grouping_loses_nothing_and_keeps_its_order(parts in parts()) {
        let board = Board::build(parts, &rules());
        let groups = figures::grouped(board.cards(), |card| card);
        let mut seen = BTreeSet::new();
        for group in &groups {
            prop_assert!(group.statuses.windows(2).all(|pair| pair[0].status < pair[1].status));
            for status in &group.statuses {
                prop_assert!(!status.cards.is_empty());
                prop_assert!(status.cards.windows(2).all(|pair| pair[0].severity <= pair[1].severity));
                for card in &status.cards {
                    prop_assert_eq!((&*card.account, &card.case_status), (group.account, status.status));
                    prop_assert!(seen.insert(card.position), "twice: {}", card.key);
                }
            }
        }
        prop_assert_eq!(seen.len(), board.cards().len());
        let names: Vec<_> = groups.iter().map(|group| group.account.to_lowercase()).collect();
        prop_assert!(names.is_sorted());
    }

    #[test]
    fn lists_hold_what_they_say_and_outcomes_lose_nothing(parts in parts(), at in moments()) {
        let board = Board::build(parts, &rules());
        let today = at.date_naive();
        for case in figures::new_cases(&board, Scope::All, at) {
            prop_assert!((today - case.created_on.unwrap()).num_days() <= 7);
        }
        for update in figures::recent_updates(&board, Scope::All, at) {
            prop_assert!(!update.comments.is_empty());
            prop_assert!(update.comments.iter().all(|comment| (today - comment.on.unwrap()).num_days() < 7));
        }
        let attention = figures::attention(&board, Scope::All, at);
        prop_assert!(attention.breached.iter().all(|(_, sla)| sla.left <= 0));
        prop_assert!(attention.warning.iter().all(|(_, sla)| sla.left > 0 && 2 * sla.open > i64::from(sla.allowed)));
        prop_assert!(attention.unassigned.iter().all(|card| card.is_open() && card.engineer().is_none()));

        let outcomes = figures::outcomes(&board, Scope::All);
        let milestones = board.cards().iter().flat_map(|card| [&card.relief_at, &card.resolved_at]).flatten().count();
        let values = outcomes.relief.values().chain(outcomes.resolved.values()).map(|outcome| outcome.count);
        prop_assert_eq!(values.sum::<usize>() as u64 + outcomes.problems.count(), milestones as u64);
        for outcome in outcomes.relief.values().chain(outcomes.resolved.values()) {
            let (first, last) = (outcome.values[0], outcome.values[outcome.count - 1]);
            prop_assert!(first >= 0.0 && first <= outcome.median && outcome.median <= outcome.p90 && outcome.p90 <= last);
        }
        let problems = figures::outcomes(&Board::build(BoardParts::default(), &Arc::default()), Scope::All).problems;
        prop_assert!(problems.is_empty());
    }
}
