//! The world by itself: repeatable, consistent, and its documents readable by the product's reader.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use crate::common::{SEED, after, settings, start};
use chrono::TimeDelta;
use t5g_model::documents::{Document, read};
use t5g_simulator::{DocumentSettings, TimeKeeping, World, WorldSettings, documents};

fn world(seed: u64, cases: u32) -> World {
    let settings = settings(cases);
    World::new(&WorldSettings { seed, ..settings.world }, TimeKeeping::Moved)
}

fn made(world: &World) -> BTreeMap<Document, Vec<u8>> {
    documents(world, &DocumentSettings::at(world.now())).unwrap().into_iter().collect()
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_another() {
    assert_eq!(made(&world(SEED, 60)), made(&world(SEED, 60)));
    assert_ne!(made(&world(SEED, 60))[&Document::Cases], made(&world(SEED + 1, 60))[&Document::Cases]);
}

#[test]
fn a_day_at_once_equals_twenty_four_hours() {
    let (mut at_once, mut by_hours) = (world(SEED, 200), world(SEED, 200));
    let opened = at_once.advance(24);
    assert_eq!((0..24).map(|_| by_hours.advance(1)).sum::<u32>(), opened);
    assert!(opened >= 3);
    assert_eq!(at_once.now(), after(24));
    assert_eq!(made(&at_once), made(&by_hours));
}

#[test]
fn every_document_is_readable_without_a_problem() {
    for cases in [1, 10, 500] {
        let mut world = world(SEED, cases);
        world.advance(24 * 9);
        let made = made(&world);
        assert_eq!(made.len(), Document::ALL.len());
        let of = |document| made[&document].as_slice();
        let cases_read = read::cases(of(Document::Cases)).unwrap();
        assert_eq!(cases_read.problems.count(), 0);
        assert_eq!(cases_read.value.len(), usize::try_from(world.population()).unwrap());
        let cards = read::cards(of(Document::Cards)).unwrap();
        assert_eq!(cards.problems.count(), 0);
        for (key, card) in &cards.value {
            let case = &cases_read.value[&card.case_number];
            assert_eq!((&card.account, &card.summary), (&case.account, &case.problem), "{key}");
            assert_eq!(card.case_status, case.status);
        }
        let stats = read::stats(of(Document::Stats)).unwrap();
        assert_eq!((stats.problems.count(), stats.value.len()), (0, 366));
        for other in [
            read::bugs(of(Document::Bugs)).unwrap().problems,
            read::issues(of(Document::Issues)).unwrap().problems,
            read::details(of(Document::Details)).unwrap().problems,
            read::case_bz(of(Document::CaseBz)).unwrap().problems,
        ] {
            assert_eq!(other.count(), 0);
        }
    }
}

#[test]
fn the_history_ends_where_today_begins() {
    // Yesterday's figures, computed by the history, against those the product computes at the same moment.
    let mut world = world(SEED, 400);
    let noon = start() + TimeDelta::hours(3);
    world.advance(3);
    let then = made_at(&world, noon);
    world.advance(24);
    let later = made_at(&world, noon + TimeDelta::hours(24));
    let day = noon.date_naive();
    let (computed, remembered) = (&then[&day], &later[&day]);
    for (name, computed, remembered) in [
        ("open cases", computed.open_cases, remembered.open_cases),
        ("high priority", computed.high_prio, remembered.high_prio),
        ("critical", computed.crit_sit, remembered.crit_sit),
        ("bugs", computed.bugs.unique, remembered.bugs.unique),
    ] {
        let most = computed.max(remembered);
        assert!(
            computed.abs_diff(remembered) <= most / 10 + 3,
            "{name}: {computed} computed, {remembered} remembered"
        );
        assert!(most > 0, "{name}");
    }
}

fn made_at(world: &World, now: chrono::DateTime<chrono::Utc>) -> t5g_model::documents::Stats {
    let made = documents(world, &DocumentSettings::at(now)).unwrap();
    let (_, stats) = made.into_iter().find(|(document, _)| *document == Document::Stats).unwrap();
    read::stats(&stats).unwrap().value
}

#[test]
fn a_world_has_everything_a_page_must_cope_with() {
    let text: String =
        made(&world(SEED, 1_500)).into_values().map(|json| String::from_utf8(json).unwrap()).collect();
    for wanted in [
        "<script>",
        "ノード",
        "노드",
        "الشبكة",
        "🔥",
        "\"Parked\"",
        "\"Blocked\"",
        "unavailable",
        "Telco:Priority-",
        "\"escalated\":true",
        "\"crit_sit\":true",
        "\"potential_escalation\":true",
        "\"daily_telco\":true",
        "Trends",
        "\"relief_at\":17",
        "\"relief_at\":\"20",
        "\"target_release\":[\"---\"]",
        "\"escalated_link\":\"https://jira.example.com/browse/FESC-",
        "\"displayName\":null",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_large_world_costs_nothing_until_it_is_asked() {
    let mut large = world(SEED, 100_000);
    assert_eq!(large.advance(24), 1_000);
    assert_eq!(large.population(), 101_000);
    assert!(std::mem::size_of_val(&large) < 1_000);
}
