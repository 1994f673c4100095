//! Each rule of assignment, for teams and batches of any size.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;
use t5g_model::documents::{Cards, Person};
use t5g_model::names::{CardStatus, CaseStatus, Severity};
use t5g_model::writing::{
    Absence, Assignment, CaseToAssign, Lot, Member, Order, Pool, Reason, assign, open_loads,
};

use crate::random::config;

/// Parts of accounts, so that matches are common and several members want the same.
const PARTS: [&str; 5] = ["acme", "ACME", "ä", "Bank", ""];
const ACCOUNTS: [&str; 6] = ["Acme Corp", "the acme bank", "Ärzte", "Nobody's", "", "BANKHAUS"];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn member() -> impl Strategy<Value = Member> {
    let accounts = vec(proptest::sample::select(PARTS.to_vec()), 0..3);
    let days = prop_oneof![6 => Just(None), 1 => (-2_i64..1, 0_i64..3).prop_map(Some)];
    (accounts, proptest::bool::weighted(0.8), days).prop_map(|(accounts, active, days)| Member {
        accounts: accounts.into_iter().map(str::to_owned).collect(),
        active,
        absent: days
            .map(|(from, long)| {
                let from = today() + chrono::TimeDelta::days(from);
                Absence { from, to: from + chrono::TimeDelta::days(long) }
            })
            .into_iter()
            .collect(),
        ..Member::default()
    })
}

fn team() -> impl Strategy<Value = Vec<Member>> {
    prop_oneof![1 => vec(member(), 0..2), 4 => vec(member(), 2..9)]
}

fn cases() -> impl Strategy<Value = Vec<CaseToAssign>> {
    vec(proptest::sample::select(ACCOUNTS.to_vec()), 0..24).prop_map(|accounts| {
        let case = |(at, account): (usize, &str)| CaseToAssign {
            number: format!("{at:08}").parse().unwrap(),
            account: account.to_owned(),
        };
        accounts.into_iter().enumerate().map(case).collect()
    })
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::Chance), vec(0_u64..4, 0..9).prop_map(Order::LeastWork)]
}

fn assigned(cases: &[CaseToAssign], team: &[Member], order: &Order, seed: u64) -> Vec<Assignment> {
    assign(cases, team, order, today(), &mut Lot::new(seed))
}

/// Who takes cases today, as the specification says it.
fn people(team: &[Member]) -> BTreeSet<usize> {
    let away = |one: &Member| one.absent.iter().any(|days| days.from <= today() && today() <= days.to);
    team.iter().enumerate().filter(|(_, one)| one.active && !away(one)).map(|(at, _)| at).collect()
}

/// To whom the account gives a case, worked out the slow and obvious way.
fn by_account(account: &str, team: &[Member]) -> Option<usize> {
    people(team).into_iter().find(|at| {
        let parts = team[*at].accounts.iter().filter(|part| !part.trim().is_empty());
        parts.into_iter().any(|part| account.to_lowercase().contains(&part.to_lowercase()))
    })
}

/// How many cases that no account decides each of the people got.
fn dealt(assignments: &[Assignment], team: &[Member]) -> BTreeMap<usize, usize> {
    let mut counts: BTreeMap<usize, usize> = people(team).into_iter().map(|at| (at, 0)).collect();
    for one in assignments.iter().filter(|one| matches!(one.reason, Reason::Next { .. })) {
        *counts.get_mut(&one.member.unwrap()).unwrap() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn every_case_is_answered_once_in_the_order_given(
        cases in cases(), team in team(), order in order(), seed: u64
    ) {
        let given = assigned(&cases, &team, &order, seed);
        let numbers: Vec<_> = given.iter().map(|one| &one.case).collect();
        prop_assert_eq!(numbers, cases.iter().map(|case| &case.number).collect::<Vec<_>>());
        for one in &given {
            match one.member {
                Some(member) => prop_assert!(people(&team).contains(&member), "one who takes nothing got a case"),
                None if team.is_empty() => prop_assert_eq!(&one.reason, &Reason::NoTeam),
                None => {
                    prop_assert!(people(&team).is_empty(), "somebody could have taken it");
                    prop_assert_eq!(&one.reason, &Reason::NobodyActive);
                }
            }
        }
    }

    #[test]
    fn accounts_decide_first_whatever_the_order(cases in cases(), team in team(), order in order(), seed: u64) {
        let given = assigned(&cases, &team, &order, seed);
        for (case, one) in cases.iter().zip(&given) {
            let expected = by_account(&case.account, &team);
            prop_assert_eq!(expected.is_some(), matches!(one.reason, Reason::Account { .. }));
            if expected.is_some() {
                prop_assert_eq!(one.member, expected);
            }
            if let Reason::Account { text } = &one.reason {
                prop_assert!(case.account.to_lowercase().contains(&text.to_lowercase()) && !text.is_empty());
            }
        }
        // One account's cases by account all go to the same.
        for (a, one) in cases.iter().zip(&given) {
            for (b, other) in cases.iter().zip(&given) {
                if a.account == b.account && matches!(one.reason, Reason::Account { .. }) {
                    prop_assert_eq!(one.member, other.member);
                }
            }
        }
    }

    #[test]
    fn nobody_gets_two_while_there_are_enough_people(
        cases in cases(), team in team(), order in order(), seed: u64
    ) {
        let given = assigned(&cases, &team, &order, seed);
        let counts = dealt(&given, &team);
        let open = cases.iter().filter(|case| by_account(&case.account, &team).is_none()).count();
        let have: BTreeSet<usize> = cases.iter().filter_map(|case| by_account(&case.account, &team)).collect();
        if counts.is_empty() {
            return Ok(());
        }
        if open <= counts.len() {
            prop_assert!(counts.values().all(|count| *count <= 1), "{:?}", counts);
            let free = counts.len() - have.len();
            // Who has one by account is left out, as long as others can take the cases.
            let again = counts.iter().filter(|(at, count)| have.contains(at) && **count > 0).count();
            prop_assert_eq!(again, open.saturating_sub(free));
        } else {
            let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
            prop_assert!(most - least <= 1, "not in turn: {:?}", counts);
            prop_assert!(*least >= 1, "somebody was left out: {:?}", counts);
        }
    }

    #[test]
    fn the_reason_is_the_one_that_decided(cases in cases(), team in team(), order in order(), seed: u64) {
        let given = assigned(&cases, &team, &order, seed);
        let have: BTreeSet<usize> = cases.iter().filter_map(|case| by_account(&case.account, &team)).collect();
        let open = cases.iter().filter(|case| by_account(&case.account, &team).is_none()).count();
        let people = people(&team);
        for one in &given {
            let Reason::Next { pool, work } = &one.reason else { continue };
            let expected = match have.contains(&one.member.unwrap()) {
                _ if open > people.len() => Pool::InTurn,
                false if have.is_empty() => Pool::Team,
                false => Pool::Rest,
                true if have == people => Pool::AllHaveOne,
                true => Pool::AfterRest,
            };
            prop_assert_eq!(*pool, expected);
            prop_assert_eq!(work.is_some(), order != Order::Chance);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same(cases in cases(), team in team(), order in order(), seed: u64) {
        prop_assert_eq!(assigned(&cases, &team, &order, seed), assigned(&cases, &team, &order, seed));
    }

    #[test]
    fn those_with_less_work_come_first(cases in cases(), team in team(), weights in vec(0_u64..4, 9), seed: u64) {
        let given = assigned(&cases, &team, &Order::LeastWork(weights.clone()), seed);
        let have: BTreeSet<usize> = cases.iter().filter_map(|case| by_account(&case.account, &team)).collect();
        let counts = dealt(&given, &team);
        let in_turn = counts.values().any(|count| *count > 1) || counts.values().sum::<usize>() > counts.len();
        for (a, of_a) in &counts {
            for (b, of_b) in &counts {
                let alike = in_turn || (!have.contains(a) && !have.contains(b));
                if alike && weights[*a] < weights[*b] {
                    prop_assert!(of_a >= of_b, "{} with less work got fewer than {}", a, b);
                }
            }
        }
    }

    #[test]
    fn chance_reaches_everybody(seed: u64) {
        let team = vec![Member { active: true, ..Member::default() }; 4];
        let case = CaseToAssign { number: "01234567".parse().unwrap(), account: "Acme".to_owned() };
        let mut reached = BTreeSet::new();
        let mut lot = Lot::new(seed);
        for _ in 0..200 {
            reached.extend(assign(std::slice::from_ref(&case), &team, &Order::Chance, today(), &mut lot)[0].member);
        }
        prop_assert_eq!(reached.len(), 4);
    }
}

#[test]
fn a_batch_and_its_reasons_in_words() {
    let member = |name: &str, accounts: &[&str], active| Member {
        name: name.to_owned(),
        accounts: accounts.iter().map(|part| (*part).to_owned()).collect(),
        active,
        ..Member::default()
    };
    let team = [
        member("Ana", &["acme"], true),
        member("Bo", &[], true),
        member("Chi", &["acme", "beta"], true),
        member("Dee", &["acme"], false),
    ];
    let cases = ["ACME Corp", "Gamma", "Acme Bank", "Delta", "Beta", "Eta"].into_iter().enumerate().map(
        |(at, account)| CaseToAssign {
            number: format!("0000000{at}").parse().unwrap(),
            account: account.to_owned(),
        },
    );
    let cases: Vec<CaseToAssign> = cases.collect();
    let told = |order: &Order, team: &[Member]| -> String {
        let line = |one: Assignment| {
            let name = one.member.map_or("nobody", |at| team[at].name.as_str());
            format!("{} {name}: {}\n", one.case, one.reason)
        };
        assigned(&cases, team, order, 1).into_iter().map(line).collect()
    };
    insta::assert_snapshot!(told(&Order::Chance, &team));
    insta::assert_snapshot!(told(&Order::LeastWork(vec![9, 2, 5]), &team));
    insta::assert_snapshot!(told(&Order::Chance, &team[3..]));
    insta::assert_snapshot!(told(&Order::Chance, &[]));
}

#[test]
fn open_work_is_weighed_by_severity() {
    let team = ["Ana", "Bo"].map(|name| Member { name: name.to_owned(), ..Member::default() });
    let card = |key: &str, name: &str, severity, status: CardStatus, case: CaseStatus| {
        let mut card: t5g_model::documents::Card =
            serde_json::from_value(serde_json::json!({"case_number": "01234567"})).unwrap();
        card.assignee = Person { display_name: Some(name.to_owned()), ..Person::default() };
        (card.severity, card.card_status, card.case_status) = (severity, status, case);
        (key.parse().unwrap(), card)
    };
    let waiting = CaseStatus::WaitingOnRedHat;
    let cards: Cards = [
        card("A-1", "Ana", Severity::Urgent, CardStatus::New, waiting.clone()),
        card("A-2", "Ana", Severity::Low, CardStatus::New, waiting.clone()),
        card("A-3", "Ana", Severity::Urgent, CardStatus::Done, waiting.clone()),
        card("A-4", "Ana", Severity::Urgent, CardStatus::New, CaseStatus::Closed),
        card("A-5", "Chi", Severity::Urgent, CardStatus::New, waiting),
    ]
    .into();
    assert_eq!(open_loads(&team, &cards), [5, 0]);
}
