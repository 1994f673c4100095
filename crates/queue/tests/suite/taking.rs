//! Taking runs: each once, in their turn, where they may.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use serde_json::json;
use t5g_queue::{Role, RunId, RunState};

use crate::support::bed::Bed;
use crate::support::hand::Hand;
use crate::support::house::{House, Plan, until};

/// Several houses with one hand, so that it sees what all of them do.
async fn houses(bed: &Bed, count: usize, hand: &Arc<Hand>) -> Vec<House> {
    let mut houses = Vec::new();
    for _ in 0..count {
        houses.push(House::start(bed, Plan { hand: Arc::clone(hand), ..Plan::usual() }).await);
    }
    houses
}

async fn ask_many(house: &House, tasks: &[&str], count: usize) -> Vec<RunId> {
    let mut runs = Vec::new();
    for number in 0..count {
        let arguments = json!({ "do": "a while", "number": number });
        runs.push(house.ask_with(tasks[number % tasks.len()], arguments).await);
    }
    runs
}

pub(crate) async fn many_workers_take_each_run_once(bed: &Bed) {
    let hand = Hand::new();
    let idle = House::start(bed, Plan::idle()).await;
    let runs = ask_many(&idle, &["plain"], 60).await;
    let houses = houses(bed, 3, &hand).await;
    for run in runs {
        let view = idle.end(run).await;
        assert_eq!((view.state, view.attempt, hand.begun(run)), (RunState::Done, 1, 1));
    }
    for house in &houses {
        house.stop().await;
    }
}

pub(crate) async fn runs_of_one_group_never_overlap(bed: &Bed) {
    let hand = Hand::new();
    let houses = houses(bed, 3, &hand).await;
    let runs = ask_many(&houses[0], &["alone", "alone_too"], 24).await;
    for run in runs {
        assert_eq!(houses[0].end(run).await.state, RunState::Done);
    }
    assert_eq!(hand.most_inside.load(SeqCst), 1);
    let tokens: Vec<i64> = hand.fences.lock().unwrap().iter().map(|fence| fence.token).collect();
    assert!(tokens.len() == 24 && tokens.is_sorted_by(|one, next| one < next), "{tokens:?}");
    assert_eq!(houses[0].number("SELECT COUNT(run) AS n FROM run_locks").await, 0, "no lock is kept");
}

pub(crate) async fn no_more_work_at_once_than_there_are_slots(bed: &Bed) {
    let house = House::start(bed, Plan { slots: 2, ..Plan::usual() }).await;
    let mut runs = Vec::new();
    for number in 0..5 {
        runs.push(house.ask_with("plain", json!({ "do": "wait", "number": number })).await);
    }
    until(async || house.hand.inside.load(SeqCst) == 2).await;
    house.hand.gate.add_permits(5);
    for run in runs {
        house.end(run).await;
    }
    assert_eq!(house.hand.most_inside.load(SeqCst), 2);
}

pub(crate) async fn a_paused_queue_waits(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let working = house.ask("alone", "wait").await;
    house.in_state(working, RunState::Running).await;
    assert!(house.launcher.pause_queue("second", "ann").await.unwrap());
    assert!(!house.launcher.pause_queue("second", "bob").await.unwrap(), "it was paused already");
    house.hand.gate.add_permits(1);
    assert_eq!(house.end(working).await.state, RunState::Done, "what works goes on");

    let waiting = house.ask("alone", "").await;
    assert_eq!(house.done("plain", "").await.state, RunState::Done, "other queues go on");
    assert_eq!(house.run(waiting).await.state, RunState::Pending);
    let queues = house.launcher.queues().await.unwrap();
    let paused: Vec<_> = queues.iter().map(|queue| (queue.name, queue.paused.is_some())).collect();
    assert_eq!(paused, [("first", false), ("second", true)]);
    assert_eq!(queues[1].paused.as_ref().unwrap().1, "ann");
    assert_eq!((queues[1].figures.waiting, queues[1].figures.running), (1, 0));

    assert!(house.launcher.resume_queue("second").await.unwrap());
    assert!(!house.launcher.resume_queue("second").await.unwrap());
    assert_eq!(house.end(waiting).await.state, RunState::Done);
}

pub(crate) async fn a_command_works_on_its_own_runs_only(bed: &Bed) {
    let idle = House::start(bed, Plan::idle()).await;
    idle.launcher.pause_queue("first", "ann").await.unwrap();
    let (mine, other) = (idle.ask("plain", "").await, idle.ask("plain", "other").await);
    let command = House::start(bed, Plan { roles: vec![Role::WorkOn(vec![mine])], ..Plan::usual() }).await;
    assert_eq!(idle.end(mine).await.state, RunState::Done, "whoever names it means it, pause or not");
    command.stop().await;
    assert_eq!(idle.run(other).await.state, RunState::Pending);
}
