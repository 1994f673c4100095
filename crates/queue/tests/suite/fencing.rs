//! Numbered locks: whoever lost one writes nothing any more, neither in the ledger nor in the documents.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;
use t5g_model::documents::Document;
use t5g_queue::RunState;
use t5g_store::StoreError;
use t5g_store::documents::{Fence, Guard};

use crate::support::bed::Bed;
use crate::support::house::{House, Plan, until};

/// Writes in both stores under that lock.
async fn write(house: &House, fence: &Fence) -> (Result<(), StoreError>, Result<(), StoreError>) {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let ledger = house.ledger.under(Some(fence.clone())).set_fact("written", "x", now).await;
    let guard = Guard { fence: Some(fence.clone()), ..Guard::default() };
    let batch = [(Document::Cards, Bytes::from_static(b"{}"))];
    (ledger, house.documents.replace(&batch, &guard).await)
}

fn refused(written: &(Result<(), StoreError>, Result<(), StoreError>)) -> bool {
    let fenced = |one: &Result<(), StoreError>| matches!(one, Err(StoreError::Fenced { .. }));
    fenced(&written.0) && fenced(&written.1)
}

async fn fence(house: &House, place: usize) -> Fence {
    until(async || house.hand.fences.lock().unwrap().len() > place).await;
    house.hand.fences.lock().unwrap()[place].clone()
}

pub(crate) async fn fences_grow_and_old_ones_are_refused(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let first = house.ask("alone", "wait").await;
    let old = fence(&house, 0).await;
    let written = write(&house, &old).await;
    assert!(written.0.is_ok() && written.1.is_ok(), "{written:?}");
    house.hand.gate.add_permits(1);
    house.end(first).await;
    let under = house.ledger.under(Some(old.clone()));
    assert!(under.still_held().await.is_err(), "an ended run holds nothing");
    assert!(matches!(under.begin_write().await, Err(StoreError::Fenced { .. })));
    assert!(matches!(under.remove_fact("written").await, Err(StoreError::Fenced { .. })));

    let second = house.ask("alone_too", "wait").await;
    let new = fence(&house, 1).await;
    assert!(new.lock == old.lock && new.token > old.token);
    assert!(refused(&write(&house, &old).await), "before the new holder has written anything");
    let written = write(&house, &new).await;
    assert!(written.0.is_ok() && written.1.is_ok(), "{written:?}");
    assert!(refused(&write(&house, &old).await));
    house.hand.gate.add_permits(1);
    house.end(second).await;
}

/// Another worker takes the holder for dead: its lock is gone at once, its work is dropped soon.
pub(crate) async fn a_holder_that_lost_its_run_writes_nothing(bed: &Bed) {
    let lease = Duration::from_mins(10);
    // With one slot, it cannot take the run again before it has noticed that it lost it.
    let holder = House::start(bed, Plan { lease, slots: 1, ..Plan::usual() }).await;
    let run = holder.ask("alone", "wait").await;
    let old = fence(&holder, 0).await;
    let other = House::start(bed, Plan { lease: Duration::from_secs(1), ..Plan::usual() }).await;
    holder.sql("UPDATE runs SET lease_until = 0", &[]).await;
    let new = fence(&other, 0).await;
    assert!(new.token > old.token);
    assert!(refused(&write(&holder, &old).await));
    until(async || holder.hand.dropped.load(SeqCst) == 1).await;
    other.hand.gate.add_permits(1);
    let view = other.end(run).await;
    assert_eq!((view.state, view.attempt, view.spent), (RunState::Done, 2, 2));
    assert_eq!(view.worker.as_deref(), Some(other.engine.name()));
    assert_eq!(other.outcomes(run).await, ["lost", "done"]);
}

pub(crate) async fn an_end_from_old_hands_counts_for_nothing(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let run = house.ask("plain", "be somebody else's").await;
    until(async || house.hand.begun(run) == 1 && house.hand.inside.load(SeqCst) == 0).await;
    // Whatever it tells it has told when the engine is down.
    house.stop().await;
    let view = house.run(run).await;
    assert_eq!((view.state, view.result), (RunState::Running, serde_json::Value::Null));
    assert_eq!(view.worker.as_deref(), Some("somebody else"));
}

/// A ledger that was restored from an older backup, or lost and begun anew, beside documents that were kept.
pub(crate) async fn a_ledger_younger_than_the_documents_catches_up(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let first = house.ask("alone", "wait").await;
    let lock = fence(&house, 0).await.lock;
    house.hand.gate.add_permits(1);
    house.end(first).await;
    let elsewhere = |token| Fence { lock: lock.clone(), token };
    assert!(write(&house, &elsewhere(5_000_000)).await.1.is_ok(), "a holder by another ledger");

    let second = house.ask("alone", "wait").await;
    let new = fence(&house, 1).await;
    assert!(new.token > 5_000_000, "{new:?}");
    let written = write(&house, &new).await;
    assert!(written.0.is_ok() && written.1.is_ok(), "{written:?}");
    for old in [5_000_000, 5_000_001] {
        assert!(refused(&write(&house, &elsewhere(old)).await), "also one that had not come yet: {old}");
    }
    house.hand.gate.add_permits(1);
    assert_eq!(house.end(second).await.state, RunState::Done);
    // The other ledger gave the very number that is next here.
    let next = house.number("SELECT MAX(fence) + 1 AS n FROM run_locks").await;
    assert!(write(&house, &elsewhere(next)).await.1.is_ok());
    let third = house.ask("alone", "wait").await;
    assert!(fence(&house, 2).await.token > next);
    assert!(refused(&write(&house, &elsewhere(next)).await), "two with one number");
    house.hand.gate.add_permits(1);
    assert_eq!(house.end(third).await.state, RunState::Done);
}
