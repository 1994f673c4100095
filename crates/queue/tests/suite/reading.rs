//! What people see of all this.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use t5g_queue::{Page, RunFilter, RunList, RunState};

use crate::support::bed::Bed;
use crate::support::clock::Hands;
use crate::support::house::{House, Plan, until};

pub(crate) async fn progress_lines_and_calls_are_told(bed: &Bed) {
    let house = House::start(bed, Plan { lease: Duration::from_secs(3), ..Plan::usual() }).await;
    let run = house.ask("plain", "tell").await;
    until(async || house.run(run).await.progress.done == 2).await;
    let progress = house.run(run).await.progress;
    assert_eq!((progress.total, progress.message.as_str()), (Some(7), "counting"));
    until(async || !house.launcher.detail(run).await.unwrap().unwrap().lines.is_empty()).await;
    house.hand.gate.add_permits(1);
    assert_eq!(house.end(run).await.progress.done, 7);
    let detail = house.launcher.detail(run).await.unwrap().unwrap();
    let lines: Vec<_> =
        detail.lines.iter().map(|line| (line.attempt, line.level.as_str(), line.message.as_str())).collect();
    assert_eq!(lines, [(1, "INFO", "read rows=3"), (1, "WARN", "written")]);
    let calls: Vec<_> = detail
        .calls
        .iter()
        .map(|call| (call.service.as_str(), call.call.as_str(), call.calls, call.failed, call.took))
        .collect();
    assert_eq!(calls, [("jira", "search", 2, 1, Duration::from_secs(1))]);
}

async fn list(house: &House, filter: &str, number: u32) -> RunList {
    let filter = RunFilter::parse(filter).unwrap();
    house.launcher.list(&filter, Page { number, size: 3 }).await.unwrap()
}

pub(crate) async fn lists_are_filtered_paged_and_counted(bed: &Bed) {
    let hands = Hands::at("2026-11-23T12:00:00Z");
    let house = House::start(bed, Plan { clock: hands.clock(), ..Plan::usual() }).await;
    let mut done = Vec::new();
    for number in 0..5 {
        done.push(house.ask_with("plain", json!({ "case": format!("0123456{number}") })).await);
        house.end(done[number]).await;
    }
    house.done("short", "panic").await;
    hands.turn(TimeDelta::days(3));
    house.launcher.pause_queue("second", "ann").await.unwrap();
    let waiting = house.ask("alone", "").await;
    let first = list(&house, "state:done", 1).await;
    let ids = |list: &RunList| list.runs.iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!((ids(&first), first.total), (vec![done[4], done[3], done[2]], 5));
    assert_eq!(first.states, [("done", 5), ("failed", 1), ("pending", 1)].into());
    let second = list(&house, "state:done", 2).await;
    assert_eq!((ids(&second), second.total), (vec![done[1], done[0]], 5));
    assert!(list(&house, "state:done", 3).await.runs.is_empty());
    for (filter, total) in [
        ("", 7),
        ("state:open", 1),
        ("state:over", 6),
        ("task:alone -state:done", 1),
        ("queue:second", 1),
        ("by:ann", 2),
        ("origin:program", 5),
        ("-origin:program,schedule", 2),
        ("asked:<2d", 1),
        ("asked:>2d", 6),
        ("asked:2026-11-23", 7),
        ("asked:>2026-11-23", 1),
        ("01234562", 1),
        ("CHEESE", 1),
        ("\"100%\"", 0),
        ("worker:localhost", 6),
        ("-worker:localhost", 1),
    ] {
        let list = list(&house, filter, 1).await;
        assert_eq!(list.total, total, "{filter}");
        assert_eq!(list.runs.len() as u64, total.min(3), "{filter}");
    }
    let by_id = list(&house, &format!("id:{}", &waiting.to_string()[..30]), 1).await;
    assert_eq!(ids(&by_id), [waiting]);
}

pub(crate) async fn figures_agree_with_the_runs(bed: &Bed) {
    let hands = Hands::at("2026-11-20T12:00:00Z");
    let house = House::start(bed, Plan { clock: hands.clock(), slots: 2, ..Plan::usual() }).await;
    house.done("short", "").await;
    house.done("short", "panic").await;
    hands.turn(TimeDelta::days(3));
    let last = house.done("short", "again").await;
    let stopped = house.ask("alone", "wait").await;
    house.in_state(stopped, RunState::Running).await;
    let locked_out = house.ask("alone_too", "").await;
    let tasks = house.launcher.tasks().await.unwrap();
    let task = |name: &str| tasks.iter().find(|task| task.definition.name == name).unwrap();
    let short = &task("short").figures;
    let states: Vec<_> = short.recent.iter().map(|one| one.state).collect();
    assert_eq!(states, [RunState::Done, RunState::Failed, RunState::Done]);
    assert_eq!(short.last_success, last.finished);
    assert_eq!(task("short").last.as_ref().unwrap().id, last.id);
    let days: Vec<_> = short.days.iter().map(|day| (day.done, day.failed, day.cancelled)).collect();
    assert_eq!((days.len(), days[10], days[13]), (14, (1, 1, 0), (1, 0, 0)));
    assert_eq!(task("alone").current.as_ref().unwrap().id, stopped);
    assert_eq!((task("alone").figures.running, task("alone").figures.waiting), (1, 0));
    let figures = &task("alone_too").figures;
    assert_eq!((figures.waiting, figures.locked_out, figures.running), (1, 1, 0));
    assert_eq!(figures.oldest_due, Some(house.run(locked_out).await.due));
    house.launcher.measure().await.unwrap();
    house.launcher.cancel(stopped, "ann").await.unwrap();
    house.end(stopped).await;
    house.end(locked_out).await;
    let tasks = house.launcher.tasks().await.unwrap();
    assert_eq!(
        tasks.iter().find(|task| task.definition.name == "alone").unwrap().figures.days[13].cancelled,
        1
    );
}

pub(crate) async fn workers_come_and_go(bed: &Bed) {
    let idle = House::start(bed, Plan::idle()).await;
    let house = House::start(bed, Plan { slots: 3, ..Plan::usual() }).await;
    house.done("plain", "").await;
    house.done("short", "panic").await;
    let working = house.ask("plain", "wait").await;
    house.in_state(working, RunState::Running).await;
    until(async || idle.launcher.workers().await.unwrap().len() == 1).await;
    let workers = idle.launcher.workers().await.unwrap();
    let worker = &workers[0];
    assert_eq!((worker.name.as_str(), worker.roles.as_str()), (house.engine.name(), "worker"));
    assert_eq!((worker.slots, worker.running, worker.stopping), (3, 1, false));
    until(async || idle.launcher.workers().await.unwrap()[0].processed == 2).await;
    assert_eq!(idle.launcher.workers().await.unwrap()[0].failed, 1);
    assert!(worker.seen >= idle.launcher.silent_before());
    // One that nobody can ask was last heard of long ago: it is forgotten.
    let sql = "INSERT INTO workers (name, host, process, version, roles, slots, started, seen) \
               VALUES ('ghost', 'h', '', '1', 'worker', 1, 0, 0)";
    house.sql(sql, &[]).await;
    until(async || idle.launcher.workers().await.unwrap().len() == 1).await;
    house.hand.gate.add_permits(1);
    house.stop().await;
    assert!(idle.launcher.workers().await.unwrap().is_empty());
}

/// Machines' clocks differ by days: whoever was heard of a moment ago is alive all the same.
pub(crate) async fn workers_are_heard_of_by_one_clock(bed: &Bed) {
    for (watches, works) in [(24, 20), (20, 24)] {
        let clock = |day: u32| Hands::at(&format!("2026-11-{day}T12:00:00Z")).clock();
        let idle = House::start(bed, Plan { clock: clock(watches), ..Plan::idle() }).await;
        let house = House::start(bed, Plan { clock: clock(works), ..Plan::usual() }).await;
        until(async || idle.launcher.workers().await.unwrap().len() == 1).await;
        let (worker, before) =
            (idle.launcher.workers().await.unwrap().remove(0), idle.launcher.silent_before());
        assert!(worker.seen >= before, "{} is alive", worker.name);
        assert!(worker.seen <= before + idle.launcher.silence() + TimeDelta::minutes(1), "{}", worker.seen);
        house.stop().await;
        // It was killed and silent since.
        let sql = "INSERT INTO workers (name, host, process, version, roles, slots, started, seen) \
                   VALUES ('killed', 'h', '', '1', 'worker', 1, 0, $1)";
        let silence = idle.launcher.silence().num_milliseconds() + 1_000;
        let now = idle.number(&format!("SELECT {} AS n", idle.ledger.db().await.unwrap().now())).await;
        idle.sql(sql, &[(now - silence).into()]).await;
        let killed = idle.launcher.workers().await.unwrap().remove(0);
        assert!(killed.seen < idle.launcher.silent_before(), "{}", killed.name);
        idle.sql("DELETE FROM workers", &[]).await;
    }
}

/// Rows as a hand or a later version may leave them.
pub(crate) async fn what_cannot_be_read_is_named_and_stops_nobody(bed: &Bed) {
    let idle = House::start(bed, Plan::idle()).await;
    let mut bad = Vec::new();
    for (column, value) in [("arguments", "{"), ("origin", "nobody"), ("state", "asleep")] {
        let run = idle.ask_with("alone", json!(column)).await;
        let sql = format!("UPDATE runs SET {column} = '{value}' WHERE id = $1");
        idle.sql(&sql, &[(&run.to_string()).into()]).await;
        bad.push((run, column));
    }
    let stranger = idle.ask_with("alone", json!("stranger")).await.to_string();
    idle.sql("UPDATE runs SET id = 'no id at all' WHERE id = $1", &[(&stranger).into()]).await;
    let lost = idle.ask_with("plain", json!("lost")).await.to_string();
    let sql =
        "UPDATE runs SET id = 'lost', state = 'running', worker = 'ghost', lease_until = 1 WHERE id = $1";
    idle.sql(sql, &[(&lost).into()]).await;
    idle.sql("INSERT INTO schedules (task, schedule, since) VALUES ('plain', 'x', 9223372036854775807)", &[])
        .await;

    let house = House::start(bed, Plan { lease: Duration::from_secs(1), ..Plan::usual() }).await;
    assert_eq!(house.done("alone", "").await.state, RunState::Done, "those behind them have their turn");
    let put_aside = "SELECT COUNT(*) AS n FROM runs WHERE state = 'failed' AND finished IS NOT NULL \
                     AND error LIKE 'it cannot be read from the ledger: column %'";
    until(async || house.number(put_aside).await == 4).await;
    for (run, column) in bad {
        let error = house.launcher.run(run).await.unwrap_err().to_string();
        assert!(error.contains(&format!("column {column}:")), "{error}");
    }
    let list = house.launcher.list(&RunFilter::default(), Page { number: 1, size: 50 }).await.unwrap();
    assert_eq!((list.total, list.runs.len(), list.unreadable.len()), (6, 1, 5));
    assert!(list.unreadable.iter().any(|one| one.contains("no id at all: column id")), "{list:?}");
    assert_eq!(house.launcher.tasks().await.unwrap().len(), 5);
    house.launcher.measure().await.unwrap();
    assert_eq!(house.number("SELECT COUNT(run) AS n FROM run_locks").await, 0);
}
