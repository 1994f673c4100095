//! Workers that die or go silent, and what becomes of their runs.

use std::time::Duration;

use t5g_queue::{Role, RunId, RunState};

use crate::support::bed::Bed;
use crate::support::house::{House, Plan, until};
use crate::support::other_process::OtherProcess;

/// Puts the run into the hands of a worker that nobody can ask, as its claim would.
async fn give_to_a_ghost(house: &House, run: RunId, lease_until: i64) {
    let id = run.to_string();
    let sql = "UPDATE runs SET state = 'running', attempt = 1, spent = 1, worker = 'ghost', started = due, \
               lease_until = $2 WHERE id = $1";
    house.sql(sql, &[(&id).into(), lease_until.into()]).await;
    let sql = "INSERT INTO run_attempts (run, attempt, worker, started) VALUES ($1, 1, 'ghost', 0)";
    house.sql(sql, &[(&id).into()]).await;
    let sql = "INSERT INTO run_locks (name, fence, run) VALUES ('group', 41, $1)";
    house.sql(sql, &[(&id).into()]).await;
}

pub(crate) async fn a_run_whose_lease_ran_out_is_done_by_another(bed: &Bed) {
    let idle = House::start(bed, Plan::idle()).await;
    let run = idle.ask("alone", "").await;
    give_to_a_ghost(&idle, run, i64::MAX).await;
    let house = House::start(bed, Plan { lease: Duration::from_millis(300), ..Plan::usual() }).await;
    let other = house.ask("alone_too", "").await;
    house.done("plain", "").await;
    assert_eq!(house.run(run).await.state, RunState::Running, "its lease has not run out");
    assert_eq!(house.run(other).await.state, RunState::Pending, "its lock is held");
    house.sql("UPDATE runs SET lease_until = 1 WHERE worker = 'ghost'", &[]).await;
    let view = house.end(run).await;
    assert_eq!((view.state, view.attempt, view.spent, view.error), (RunState::Done, 2, 2, None));
    assert_eq!(house.outcomes(run).await, ["lost", "done"]);
    let detail = house.launcher.detail(run).await.unwrap().unwrap();
    assert_eq!(detail.attempts[0].error.as_deref(), Some("its worker ghost died or went silent"));
    assert_eq!(house.end(other).await.state, RunState::Done);
    let fences: Vec<i64> = house.hand.fences.lock().unwrap().iter().map(|fence| fence.token).collect();
    assert!(fences.len() == 2 && fences[0] > 41 && fences[0] < fences[1], "{fences:?}");
}

pub(crate) async fn a_run_whose_process_died_is_found_at_once(bed: &Bed) {
    let lease = Duration::from_hours(10);
    let house = House::start(bed, Plan { roles: vec![Role::Schedule], lease, ..Plan::usual() }).await;
    let run = house.ask("alone", "hang").await;
    let process = OtherProcess::start(bed);
    house.in_state(run, RunState::Running).await;
    until(async || house.launcher.workers().await.unwrap().len() == 2).await;
    process.kill();
    house.in_state(run, RunState::Retrying).await;
    assert_eq!(house.outcomes(run).await, ["lost"]);
    until(async || house.launcher.workers().await.unwrap().len() == 1).await;
    assert_eq!(house.number("SELECT COUNT(run) AS n FROM run_locks").await, 0);
}

pub(crate) async fn a_run_that_kills_its_workers_fails_after_its_tries(bed: &Bed) {
    let house = House::start(bed, Plan { roles: vec![Role::Schedule], ..Plan::usual() }).await;
    let run = house.ask("plain", "abort").await;
    for attempt in 1..=3 {
        // Pauses grow from the second on; here they are short.
        OtherProcess::start(bed).end_badly();
        until(async || house.outcomes(run).await.iter().filter(|one| *one == "lost").count() == attempt)
            .await;
    }
    let view = house.end(run).await;
    assert_eq!((view.state, view.attempt, view.spent), (RunState::Failed, 3, 3));
    let error = view.error.unwrap();
    assert!(error.contains("died or went silent (3 of 3 tries)"), "{error}");
    assert_eq!(house.done_elsewhere(bed).await, RunState::Done, "others go on");
}

pub(crate) async fn a_lost_run_that_was_to_be_stopped_is(bed: &Bed) {
    let idle = House::start(bed, Plan::idle()).await;
    let run = idle.ask("alone", "").await;
    give_to_a_ghost(&idle, run, 1).await;
    assert_eq!(idle.launcher.cancel(run, "ann").await.unwrap(), RunState::Running);
    let house = House::start(bed, Plan::usual()).await;
    let view = house.end(run).await;
    assert_eq!((view.state, view.attempt), (RunState::Cancelled, 1));
    assert!(view.error.unwrap().contains("stopped by ann"));
    assert!(!house.try_ask("alone", "").await.unwrap().joined);
}

pub(crate) async fn a_start_finds_what_the_last_process_left(bed: &Bed) {
    let idle = House::start(bed, Plan { lease: Duration::from_hours(10), ..Plan::idle() }).await;
    let run = idle.ask("plain", "hang").await;
    let process = OtherProcess::start(bed);
    idle.in_state(run, RunState::Running).await;
    until(async || idle.launcher.workers().await.unwrap().len() == 1).await;
    process.kill();
    idle.engine.recover().await.unwrap();
    assert_eq!(idle.run(run).await.state, RunState::Retrying, "before anything is asked for");
    assert!(idle.launcher.workers().await.unwrap().is_empty());
}
