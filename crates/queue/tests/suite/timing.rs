//! Schedules: each tick once, whatever clocks, people and processes do.

use std::time::Duration;

use chrono::TimeDelta;
use t5g_queue::{MissedTick, Origin, Page, Role, RunFilter, TaskDefinition};

use crate::support::bed::Bed;
use crate::support::clock::Hands;
use crate::support::hand::{hourly, task};
use crate::support::house::{House, Plan, until};

const BEFORE: &str = "2026-11-23T11:50:00Z";

fn plan(hands: &Hands, tasks: Vec<TaskDefinition>) -> Plan {
    Plan { roles: vec![Role::Schedule], tasks, clock: hands.clock(), ..Plan::usual() }
}

/// Who asked for the task's runs, in order.
async fn fired(house: &House, task: &str) -> Vec<String> {
    let page = Page { number: 1, size: 100 };
    let list = house.launcher.list(&RunFilter::task(task), page).await.unwrap();
    assert!(list.runs.iter().all(|run| run.origin == Origin::Schedule));
    let mut names: Vec<String> = list.runs.into_iter().map(|run| run.asked_by).collect();
    names.sort();
    names
}

fn tick(day: u32, hour: u32) -> String {
    format!("tick of 2026-11-{day} {hour:02}:00 UTC")
}

/// Waits until so many schedules are known, and lets it become noon.
async fn noon(house: &House, hands: &Hands, schedules: i64) {
    let known = async || {
        let now = hands.now().timestamp_millis();
        house.number(&format!("SELECT COUNT(*) AS n FROM schedules WHERE since <= {now}")).await == schedules
    };
    until(known).await;
    hands.turn(TimeDelta::minutes(10));
}

/// Gives the schedulers, which look twenty times a second, time for what they should not do.
async fn looked() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

pub(crate) async fn a_tick_fires_once_with_several_schedulers(bed: &Bed) {
    let hands = Hands::at(BEFORE);
    let tasks = || vec![hourly("a", MissedTick::FireOnce), hourly("b", MissedTick::Skip)];
    let mut houses = Vec::new();
    for _ in 0..3 {
        houses.push(House::start(bed, plan(&hands, tasks())).await);
    }
    // Work goes on, so that a tick does not join the run of the tick before.
    houses.push(House::start(bed, Plan { tasks: tasks(), clock: hands.clock(), ..Plan::usual() }).await);
    noon(&houses[0], &hands, 2).await;
    for hour in 12..20 {
        for name in ["a", "b"] {
            until(async || fired(&houses[0], name).await.last() == Some(&tick(23, hour))).await;
        }
        until(async || houses[0].launcher.current("a").await.unwrap().is_none()).await;
        until(async || houses[0].launcher.current("b").await.unwrap().is_none()).await;
        hands.turn(TimeDelta::hours(1));
    }
    looked().await;
    for name in ["a", "b"] {
        let expected: Vec<_> = (12..=20).map(|hour| tick(23, hour)).collect();
        assert_eq!(fired(&houses[0], name).await, expected);
    }
    let views = houses[0].launcher.tasks().await.unwrap();
    assert_eq!(views[0].last_tick, Some("2026-11-23T20:00:00Z".parse().unwrap()));
    assert_eq!(views[0].next, Some("2026-11-23T21:00:00Z".parse().unwrap()));
    assert!(views[0].words.is_some());
}

pub(crate) async fn missed_ticks_fire_once_or_not_at_all(bed: &Bed) {
    let hands = Hands::at(BEFORE);
    let tasks = || vec![hourly("once", MissedTick::FireOnce), hourly("skipped", MissedTick::Skip)];
    let house = House::start(bed, plan(&hands, tasks())).await;
    noon(&house, &hands, 2).await;
    for name in ["once", "skipped"] {
        until(async || fired(&house, name).await == [tick(23, 12)]).await;
    }
    house.stop().await;
    // The run of the first tick is over, so that the next starts another.
    house.sql("UPDATE runs SET state = 'done', twin = NULL, finished = due", &[]).await;
    hands.turn(TimeDelta::minutes(5 * 60 + 10));
    let house = House::start(bed, plan(&hands, tasks())).await;
    until(async || fired(&house, "once").await == [tick(23, 12), tick(23, 17)]).await;
    looked().await;
    assert_eq!(fired(&house, "once").await.len(), 2, "of those missed only the latest");
    assert_eq!(fired(&house, "skipped").await, [tick(23, 12)]);
    let noticed = "SELECT COUNT(*) AS n FROM ticks WHERE task = 'skipped' AND run IS NULL";
    until(async || house.number(noticed).await == 1).await;
}

pub(crate) async fn a_paused_schedule_is_silent(bed: &Bed) {
    let hands = Hands::at(BEFORE);
    let tasks = || vec![hourly("a", MissedTick::FireOnce), hourly("b", MissedTick::FireOnce)];
    let idle = House::start(bed, Plan { tasks: tasks(), clock: hands.clock(), ..Plan::idle() }).await;
    assert!(idle.launcher.pause_schedule("a", "ann").await.unwrap());
    assert!(!idle.launcher.pause_schedule("a", "bob").await.unwrap());
    let house = House::start(bed, plan(&hands, tasks())).await;
    noon(&house, &hands, 2).await;
    until(async || fired(&house, "b").await == [tick(23, 12)]).await;
    let views = house.launcher.tasks().await.unwrap();
    assert_eq!((views[0].next, views[0].paused.as_ref().unwrap().1.as_str()), (None, "ann"));
    assert!(!house.launcher.next_fires().await.unwrap().contains_key("a"));
    assert!(idle.launcher.resume_schedule("a").await.unwrap());
    assert!(!idle.launcher.resume_schedule("a").await.unwrap());
    looked().await;
    assert!(fired(&house, "a").await.is_empty(), "what fell in the pause is nobody's business");
    hands.turn(TimeDelta::hours(1));
    until(async || fired(&house, "a").await == [tick(23, 13)]).await;
}

pub(crate) async fn a_changed_schedule_counts_from_then_on(bed: &Bed) {
    let hands = Hands::at(BEFORE);
    let house = House::start(bed, plan(&hands, vec![hourly("a", MissedTick::FireOnce)])).await;
    noon(&house, &hands, 1).await;
    until(async || fired(&house, "a").await == [tick(23, 12)]).await;
    house.stop().await;
    house.sql("UPDATE runs SET state = 'done', twin = NULL, finished = due", &[]).await;
    hands.turn(TimeDelta::minutes(10));
    // By the new text there was a tick at five past, before anybody wanted it.
    let changed = TaskDefinition { schedule: Some("5,15 * * * *".to_owned()), ..task("a") };
    let house = House::start(bed, plan(&hands, vec![changed])).await;
    looked().await;
    assert_eq!(fired(&house, "a").await, [tick(23, 12)]);
    hands.turn(TimeDelta::minutes(5));
    until(async || fired(&house, "a").await.last().unwrap() == "tick of 2026-11-23 12:15 UTC").await;
}

pub(crate) async fn clocks_may_jump(bed: &Bed) {
    let hands = Hands::at(BEFORE);
    let tasks = vec![hourly("a", MissedTick::FireOnce)];
    let house = House::start(bed, plan(&hands, tasks.clone())).await;
    let works = Plan { tasks: [tasks, Plan::usual().tasks].concat(), clock: hands.clock(), ..Plan::usual() };
    noon(&house, &hands, 1).await;
    let works = House::start(bed, Plan { lease: Duration::from_secs(2), ..works }).await;
    until(async || fired(&house, "a").await == [tick(23, 12)]).await;
    let over = async || house.launcher.current("a").await.unwrap().is_none();
    until(over).await;
    let working = works.ask("plain", "wait").await;
    works.in_state(working, t5g_queue::RunState::Running).await;

    hands.turn(TimeDelta::days(1));
    until(async || fired(&house, "a").await == [tick(23, 12), tick(24, 12)]).await;
    until(over).await;
    hands.turn(TimeDelta::days(-1));
    looked().await;
    assert_eq!(fired(&house, "a").await.len(), 2, "nothing twice");
    hands.turn(TimeDelta::hours(1));
    until(async || fired(&house, "a").await == [tick(23, 12), tick(23, 13), tick(24, 12)]).await;

    works.hand.gate.add_permits(1);
    let view = works.end(working).await;
    assert_eq!(view.attempt, 1, "a clock that jumps takes no run from a worker that lives");
}

pub(crate) async fn a_schedule_made_known_in_the_future_is_not_silent(bed: &Bed) {
    let (ahead, right) = (Hands::at("2027-11-23T11:30:00Z"), Hands::at(BEFORE));
    let tasks = || vec![hourly("a", MissedTick::FireOnce)];
    let wrong = House::start(bed, plan(&ahead, tasks())).await;
    until(async || wrong.number("SELECT COUNT(*) AS n FROM schedules").await == 1).await;
    wrong.stop().await;
    let house = House::start(bed, plan(&right, tasks())).await;
    noon(&house, &right, 1).await;
    until(async || house.number("SELECT COUNT(*) AS n FROM ticks").await == 1).await;
    assert_eq!(fired(&house, "a").await, [tick(23, 12)]);
}
