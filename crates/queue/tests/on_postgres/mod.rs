//! What the engine does while the ledger is down, cut off, and back.

use std::time::Duration;

use serde_json::json;
use t5g_queue::RunState;
use t5g_testkit::{Postgres, Redis};

use crate::support::bed::Bed;
use crate::support::house::{House, PATIENCE, Plan, until};
use crate::support::wire::Wire;

async fn bed(address: String) -> Bed {
    let redis = Redis::start().await.unwrap();
    Bed { ledger: address, documents: redis.url(), _folder: None, _redis: Some(redis) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_outlives_a_restart_of_the_ledger() {
    let mut server = Postgres::alone().await.unwrap();
    let bed = bed(server.database().await.unwrap().url().to_owned()).await;
    let house = House::start(&bed, Plan::usual()).await;
    let (ended_meanwhile, goes_on) = (house.ask("plain", "wait").await, house.ask("alone", "wait").await);
    for run in [ended_meanwhile, goes_on] {
        house.in_state(run, RunState::Running).await;
    }
    let waiting = house.ask_with("alone_too", json!({})).await;
    server.stop().unwrap();
    house.hand.gate.add_permits(1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(house.try_ask("plain", "").await.is_err());
    server.restart().await.unwrap();
    until(async || house.launcher.workers().await.is_ok_and(|workers| workers.len() == 1)).await;
    house.hand.gate.add_permits(1);
    for run in [ended_meanwhile, goes_on, waiting] {
        let view = loop {
            // Connections of before may be noticed broken one by one.
            if let Ok(view) = tokio::time::timeout(PATIENCE, house.launcher.wait(run)).await.unwrap() {
                break view.unwrap();
            }
        };
        assert_eq!((view.state, view.attempt), (RunState::Done, 1), "{view:?}");
    }
}

/// The network swallows everything for longer than the lease: a holder gives its run up by itself, another does it,
/// and when the network is back the first one works on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_cut_off_gives_up_and_comes_back() {
    let server = Postgres::alone().await.unwrap();
    let address = server.database().await.unwrap().url().to_owned();
    let wire = Wire::to(server.port()).await;
    let near = bed(address.clone()).await;
    let far = Bed { ledger: wire.through(&address, server.port()), ..bed(address).await };
    let lease = Duration::from_secs(1);
    let cut_off = House::start(&far, Plan { lease, ..Plan::usual() }).await;
    let run = cut_off.ask("alone", "wait").await;
    cut_off.in_state(run, RunState::Running).await;
    wire.cut();
    let dropped = || cut_off.hand.dropped.load(std::sync::atomic::Ordering::SeqCst);
    until(async || dropped() == 1).await;
    let house = House::start(&near, Plan { lease, ..Plan::usual() }).await;
    house.hand.gate.add_permits(1);
    let view = house.end(run).await;
    assert_eq!((view.state, view.attempt), (RunState::Done, 2));
    house.stop().await;
    wire.mend();
    let next = house.ask("plain", "").await;
    let view = house.end(next).await;
    assert_eq!(view.worker.as_deref(), Some(cut_off.engine.name()), "it is back at work");
    assert_eq!(view.state, RunState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_ledger_does_not_hold_up_a_shutdown() {
    let server = Postgres::alone().await.unwrap();
    let address = server.database().await.unwrap().url().to_owned();
    let wire = Wire::to(server.port()).await;
    let far = Bed { ledger: wire.through(&address, server.port()), ..bed(address).await };
    let roles = vec![t5g_queue::Role::Work, t5g_queue::Role::Schedule];
    let house = House::start(&far, Plan { roles, ..Plan::usual() }).await;
    let run = house.ask("plain", "wait").await;
    house.in_state(run, RunState::Running).await;
    wire.cut();
    house.hand.gate.add_permits(1);
    // A statement alone would be waited for for a minute, and there are many.
    let limit = Duration::from_secs(40);
    let stopped = tokio::time::timeout(limit, house.engine.shutdown(Duration::from_secs(1))).await;
    assert!(stopped.is_ok(), "it does not end");
    tokio::time::timeout(limit, house.ledger.close()).await.unwrap();
}
