//! How runs end: well, after tries, by somebody's will, by a shutdown.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use serde_json::json;
use t5g_queue::{ActError, RunId, RunState};

use crate::support::bed::Bed;
use crate::support::hand::task;
use crate::support::house::{House, PATIENCE, Plan, until};

pub(crate) async fn failed_tries_are_repeated_after_growing_pauses(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let run = house.done("plain", "fail twice").await;
    assert_eq!((run.state, run.attempt, run.spent, &run.error), (RunState::Done, 3, 3, &None));
    assert_eq!(house.outcomes(run.id).await, ["failed", "failed", "done"]);
    let detail = house.launcher.detail(run.id).await.unwrap().unwrap();
    assert_eq!(detail.attempts[1].error.as_deref(), Some("not yet (2)"));
    let states: Vec<_> = detail.events.iter().map(|event| event.state).collect();
    let [pending, running, retrying] = [RunState::Pending, RunState::Running, RunState::Retrying];
    assert_eq!(states, [pending, running, retrying, running, retrying, running, RunState::Done]);

    let run = house.done("plain", "fail").await;
    assert_eq!((run.state, run.attempt, run.spent), (RunState::Failed, 3, 3));
    assert_eq!(run.error.as_deref(), Some("never"));

    let mut last = Duration::ZERO;
    let run = house.ask("patient", "fail").await;
    for _ in 0..2 {
        house.in_state(run, RunState::Retrying).await;
        let view = house.run(run).await;
        let pause = (view.due - view.requested).to_std().unwrap();
        // 1 h, then 2 h which are cut to 1 h, each give or take a quarter.
        assert!(pause >= Duration::from_mins(45) && pause <= Duration::from_mins(80), "{pause:?}");
        assert!(pause != last, "they are spread");
        last = pause;
        house.launcher.retry(run, "ann").await.unwrap();
        until(async || house.run(run).await.attempt > view.attempt).await;
    }
    assert_eq!(house.end(run).await.state, RunState::Failed);
}

pub(crate) async fn no_retry_where_none_helps(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let run = house.done("plain", "fail for good").await;
    assert_eq!((run.state, run.attempt), (RunState::Failed, 1));
    assert_eq!(run.error.as_deref(), Some("trying again will not help: no such thing"));
}

pub(crate) async fn a_panic_or_a_time_out_is_a_failure_with_its_message(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let panicked = house.done("short", "panic").await;
    assert_eq!(panicked.state, RunState::Failed);
    assert!(panicked.error.unwrap().contains("out of cheese"));
    let hung = house.done("short", "hang").await;
    assert_eq!(hung.state, RunState::Failed);
    assert!(hung.error.unwrap().contains("longer than its limit of 0.05 s"));
    assert_eq!(house.done("plain", "").await.state, RunState::Done, "the engine lives on");
}

pub(crate) async fn a_run_is_stopped_while_it_waits_and_while_it_works(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let elsewhere = House::start(bed, Plan::idle()).await;
    let working = house.ask("alone", "hang").await;
    let (waiting, next) = (house.ask("alone", "wait").await, house.ask("alone", "").await);
    house.in_state(working, RunState::Running).await;
    assert_eq!(elsewhere.launcher.cancel(waiting, "bob").await.unwrap(), RunState::Cancelled);
    let view = house.end(waiting).await;
    assert_eq!((view.attempt, view.error.as_deref()), (0, Some("stopped by bob while it waited")));

    assert_eq!(elsewhere.launcher.cancel(working, "bob").await.unwrap(), RunState::Running);
    let view = house.end(working).await;
    assert_eq!((view.state, view.error.as_deref()), (RunState::Cancelled, Some("stopped by bob")));
    assert_eq!(view.stop_asked_by, None);
    assert_eq!(house.hand.dropped.load(SeqCst), 1, "its work was dropped");
    assert_eq!(house.outcomes(working).await, ["cancelled"]);
    assert_eq!(house.end(next).await.state, RunState::Done, "its lock died with it");
    assert!(!house.try_ask("alone", "wait").await.unwrap().joined, "the same may be asked for again");
    house.hand.gate.add_permits(1);
}

/// A wish to stop that comes just before a try fails, or just before a worker hands the run back.
pub(crate) async fn a_stop_in_the_last_moment_is_not_forgotten(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let run = house.done("patient", "be stopped and fail").await;
    assert_eq!((run.state, run.error.as_deref()), (RunState::Cancelled, Some("stopped by ann")));

    // A worker that does not look: the hand-back comes before it hears of the wish.
    let run = house.ask("plain", "wait").await;
    house.in_state(run, RunState::Running).await;
    let (stopped, cancelled) =
        tokio::join!(house.engine.shutdown(Duration::ZERO), house.launcher.cancel(run, "ann"));
    assert_eq!(stopped.handed_back, 1);
    cancelled.unwrap();
    assert_eq!(house.run(run).await.state, RunState::Cancelled);
}

pub(crate) async fn a_person_has_runs_tried_again(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let failed = house.done("plain", "fail").await;
    house.launcher.retry(failed.id, "ann").await.unwrap();
    until(async || house.run(failed.id).await.attempt == 6).await;
    let again = house.end(failed.id).await;
    assert_eq!((again.state, again.attempt, again.spent), (RunState::Failed, 6, 3), "with all its tries");
    let events = house.launcher.detail(failed.id).await.unwrap().unwrap().events;
    assert!(events.iter().any(|event| event.note == "to be tried again, says ann"), "{events:?}");

    let stopped = house.ask("plain", "wait").await;
    house.in_state(stopped, RunState::Running).await;
    house.launcher.cancel(stopped, "ann").await.unwrap();
    house.end(stopped).await;
    house.launcher.retry(stopped, "ann").await.unwrap();
    house.hand.gate.add_permits(1);
    let view = house.end(stopped).await;
    assert_eq!((view.state, view.error), (RunState::Done, None));
}

async fn conflict(house: &House, run: RunId) -> String {
    match house.launcher.retry(run, "ann").await {
        Err(ActError::Conflict(words)) => words,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn what_cannot_be_done_is_explained(bed: &Bed) {
    let mut tasks = Plan::usual().tasks;
    tasks.push(task("gone"));
    let house = House::start(bed, Plan { tasks, ..Plan::usual() }).await;
    let done = house.done("plain", "").await.id;
    assert!(conflict(&house, done).await.contains("start the task anew"));
    let error = house.launcher.cancel(done, "ann").await.unwrap_err();
    assert!(
        matches!(&error, ActError::Conflict(words) if words.contains("is over (done at 2026-11-23")),
        "{error}"
    );

    let failed = house.done("alone", "fail").await.id;
    let working = house.ask("alone", "wait").await;
    house.in_state(working, RunState::Running).await;
    assert!(conflict(&house, working).await.contains("is running: there is nothing to try again"));
    let twin = house.ask("alone", "fail").await;
    let words = conflict(&house, failed).await;
    assert!(words.contains("the same is asked for already") && words.contains(&twin.to_string()), "{words}");
    assert_eq!(house.run(failed).await.state, RunState::Failed, "nothing happened");
    assert!(conflict(&house, twin).await.contains("is pending"));

    let gone = house.done("gone", "fail").await.id;
    let unknown: RunId = "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f".parse().unwrap();
    for error in [
        house.launcher.retry(unknown, "ann").await.unwrap_err(),
        house.launcher.cancel(unknown, "ann").await.unwrap_err(),
    ] {
        assert!(matches!(error, ActError::NoSuchRun(run) if run == unknown), "{error}");
    }
    let later_version = House::start(bed, Plan::idle()).await;
    assert!(conflict(&later_version, gone).await.contains("task gone is not configured here any more"));
    house.hand.gate.add_permits(1);
}

pub(crate) async fn a_shutdown_lets_work_end_and_hands_the_rest_back(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let (working, hung) =
        (house.ask("plain", "wait").await, house.ask_with("alone", json!({ "do": "hang" })).await);
    house.in_state(working, RunState::Running).await;
    house.in_state(hung, RunState::Running).await;
    let stopping = house.engine.shutdown(Duration::from_secs(6));
    let (stopped, waiting) = tokio::join!(stopping, async {
        // Who is just taking a run when the stop comes does take it.
        until(async || house.launcher.workers().await.unwrap().iter().all(|worker| worker.stopping)).await;
        let waiting = house.ask("plain", "").await;
        house.hand.gate.add_permits(1);
        waiting
    });
    assert_eq!(stopped.handed_back, 1);
    assert_eq!(house.run(working).await.state, RunState::Done, "it ended in time");
    assert_eq!(house.run(waiting).await.state, RunState::Pending, "nothing new is taken");
    let view = house.run(hung).await;
    assert_eq!((view.state, view.attempt, view.spent), (RunState::Pending, 1, 0), "that does not count");
    assert_eq!(house.outcomes(hung).await, ["handed back"]);
    assert!(house.launcher.workers().await.unwrap().is_empty());

    let next = House::start(bed, Plan::usual()).await;
    next.in_state(hung, RunState::Running).await;
    assert_eq!(next.end(waiting).await.state, RunState::Done);
    next.launcher.cancel(hung, "ann").await.unwrap();
    assert_eq!(next.end(hung).await.attempt, 2);
    assert_eq!(tokio::time::timeout(PATIENCE, next.engine.shutdown(PATIENCE)).await.unwrap().handed_back, 0);
}
