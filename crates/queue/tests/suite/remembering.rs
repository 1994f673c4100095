//! What is kept of the past, and for how long.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use t5g_queue::{MissedTick, Role, RunState};

use crate::support::bed::Bed;
use crate::support::clock::Hands;
use crate::support::hand::hourly;
use crate::support::house::{House, Plan, until};

pub(crate) async fn what_is_old_is_forgotten_and_the_rest_kept(bed: &Bed) {
    let hands = Hands::at("2026-11-01T11:50:00Z");
    let mut tasks = Plan::usual().tasks;
    tasks.push(hourly("hourly", MissedTick::Skip));
    let plan = |roles: &[Role]| Plan {
        roles: roles.to_vec(),
        tasks: tasks.clone(),
        clock: hands.clock(),
        keep: Duration::from_hours(24 * 10),
        ..Plan::usual()
    };
    let house = House::start(bed, plan(&[Role::Work, Role::Schedule])).await;
    until(async || house.number("SELECT COUNT(*) AS n FROM schedules").await == 1).await;
    hands.turn(TimeDelta::minutes(10));
    until(async || house.number("SELECT COUNT(*) AS n FROM ticks").await == 1).await;
    let old = house.done("plain", "").await.id;
    let last_success = house.done("plain", "again").await.id;
    let failed = house.done("short", "panic").await.id;
    let needed = house.done("short", "").await.id;
    house.launcher.pause_queue("second", "ann").await.unwrap();
    let waiting = house.ask("alone", "").await;
    let needs = "INSERT INTO run_needs (run, needs) VALUES ($1, $2)";
    house.sql(needs, &[(&waiting.to_string()).into(), (&needed.to_string()).into()]).await;
    hands.turn(TimeDelta::hours(1));
    until(async || house.number("SELECT COUNT(*) AS n FROM ticks").await == 2).await;
    // More than are forgotten at a time.
    let sql = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 450) \
               INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, allowed, requested, due, \
               finished) SELECT 'run ' || n, 'plain', 'first', 'null', 'person', 'ann', 'done', 1, 0, 0, n \
               FROM numbers";
    house.sql(sql, &[]).await;
    house.stop().await;

    hands.turn(TimeDelta::days(11));
    let young = {
        let house = House::start(bed, plan(&[Role::Work])).await;
        let young = house.ask_with("short", json!({ "do": "panic" })).await;
        house.end(young).await;
        house.stop().await;
        young
    };
    let house = House::start(bed, plan(&[Role::Schedule])).await;
    until(async || house.number("SELECT COUNT(*) AS n FROM runs WHERE task = 'plain'").await == 1).await;
    until(async || house.launcher.run(failed).await.unwrap().is_none()).await;
    assert_eq!(house.launcher.run(old).await.unwrap(), None);
    assert_eq!(house.run(last_success).await.state, RunState::Done, "the latest success of each task stays");
    assert_eq!(house.run(needed).await.state, RunState::Done);
    assert_eq!(house.run(waiting).await.state, RunState::Pending, "what is not over stays");
    assert_eq!(house.run(young).await.state, RunState::Failed);
    for table in ["run_events", "run_attempts", "run_logs", "run_calls", "run_needs"] {
        let orphans = format!("SELECT COUNT(*) AS n FROM {table} WHERE run NOT IN (SELECT id FROM runs)");
        assert_eq!(house.number(&orphans).await, 0, "{table}");
    }
    let ticks = "SELECT COUNT(*) AS n FROM ticks";
    until(async || house.number(ticks).await <= 2).await;
    let latest = "SELECT MAX(tick) AS n FROM ticks";
    assert!(house.number(latest).await > 0, "the latest tick stays: it says which comes next");
    assert!(house.launcher.detail(waiting).await.unwrap().unwrap().needs.contains(&needed));
}
