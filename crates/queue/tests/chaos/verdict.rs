//! What must hold in the end, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use t5g_model::documents::Document;
use t5g_queue::{Page, RunDetail, RunFilter, RunState};

use super::stage::Stage;
use super::work::{POISON_TRIES, STEPS, task_of};

pub(super) async fn judge(stage: &Stage, runs: u64, ticks: &[DateTime<Utc>]) {
    let details = details(stage).await;
    let attempts: usize = details.iter().map(|detail| detail.attempts.len()).sum();
    let lost = details.iter().flat_map(|detail| &detail.attempts);
    let lost = lost.filter(|attempt| attempt.outcome.as_deref() == Some("lost")).count();
    let refused = stage.number("SELECT COUNT(*) AS n FROM chaos_refused").await;
    println!(
        "{} runs, {attempts} attempts, {lost} of them lost, {refused} writes refused, {} ticks",
        details.len(),
        ticks.len()
    );
    none_is_lost(&details, runs);
    for detail in &details {
        one_end(detail);
        right_end(detail);
    }
    never_overlapped(stage, &details).await;
    each_tick_once(stage, ticks).await;
    assert_eq!(stage.number("SELECT COUNT(run) AS n FROM run_locks").await, 0, "a lock is held for ever");
    assert_eq!(stage.number("SELECT COUNT(twin) AS n FROM runs").await, 0);
}

async fn details(stage: &Stage) -> Vec<RunDetail> {
    let mut details = Vec::new();
    for number in 1.. {
        let page = Page { number, size: 200 };
        let list = stage.launcher.list(&RunFilter::default(), page).await.unwrap();
        assert!(list.unreadable.is_empty());
        if list.runs.is_empty() {
            break;
        }
        for run in list.runs {
            details.push(stage.launcher.detail(run.id).await.unwrap().unwrap());
        }
    }
    details
}

/// Whatever was asked for was done.
fn none_is_lost(details: &[RunDetail], runs: u64) {
    let numbers: BTreeSet<u64> =
        details.iter().filter_map(|detail| detail.run.arguments["number"].as_u64()).collect();
    assert_eq!(numbers, (0..runs).collect());
}

/// Every run came to one end, and its attempts and events tell of it in order.
fn one_end(detail: &RunDetail) {
    let run = &detail.run;
    assert!(run.state.is_final() && run.finished.is_some(), "{detail:#?}");
    let numbers: Vec<u32> = detail.attempts.iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(numbers, (1..=run.attempt).collect::<Vec<_>>(), "{detail:#?}");
    let outcomes: Vec<&str> =
        detail.attempts.iter().map(|attempt| attempt.outcome.as_deref().expect("an open attempt")).collect();
    let handed_back = outcomes.iter().filter(|outcome| **outcome == "handed back").count();
    assert_eq!(run.spent as usize, outcomes.len() - handed_back, "{detail:#?}");
    assert!(run.spent <= run.allowed, "{detail:#?}");
    let ended: Vec<_> = outcomes.iter().filter(|outcome| **outcome == "done").collect();
    assert_eq!(ended.len(), usize::from(run.state == RunState::Done), "done once: {detail:#?}");
    let states: Vec<RunState> = detail.events.iter().map(|event| event.state).collect();
    assert_eq!(states.iter().filter(|state| state.is_final()).count(), 1, "{detail:#?}");
    assert_eq!(states.last(), Some(&run.state), "{detail:#?}");
    let began = states.iter().filter(|state| **state == RunState::Running).count();
    assert_eq!(began, outcomes.len(), "{detail:#?}");
}

/// Each kind of work came to the end that is right for it.
fn right_end(detail: &RunDetail) {
    let run = &detail.run;
    if let Some(number) = run.arguments["number"].as_u64() {
        assert_eq!(run.task, task_of(number));
    }
    let (error, last) = (run.error.as_deref().unwrap_or_default(), detail.attempts.last().unwrap());
    match run.task.as_str() {
        "poison" => {
            assert_eq!((run.state, run.spent), (RunState::Failed, POISON_TRIES), "{detail:#?}");
            assert!(error.contains("died or went silent (3 of 3 tries)"), "{detail:#?}");
        }
        "panics" => {
            assert_eq!(run.state, RunState::Failed, "{detail:#?}");
            // Unless the worker of its last try was killed just then.
            let lost = last.outcome.as_deref() == Some("lost");
            assert!(lost || error.contains("made it panic: out of cheese"), "{detail:#?}");
        }
        _ => {
            assert_eq!((run.state, run.error.as_deref()), (RunState::Done, None), "{detail:#?}");
            assert_eq!(run.result, run.arguments, "{detail:#?}");
        }
    }
}

/// Numbers of holders only grow, in the order in which they wrote, in both stores; and what was written stayed.
async fn never_overlapped(stage: &Stage, details: &[RunDetail]) {
    let rows = stage.rows("SELECT token, run, step FROM chaos_writes ORDER BY number", &[]).await;
    let written: Vec<(i64, i64)> =
        rows.iter().map(|row| (row.get("token").unwrap(), row.get("step").unwrap())).collect();
    assert!(written.is_sorted_by(|one, next| one < next), "an old holder wrote in the ledger: {written:?}");
    let stored = stage.documents.read(Document::Cards).await.unwrap().unwrap();
    let document: Vec<(i64, i64)> = serde_json::from_slice(&stored.bytes).unwrap();
    assert!(document.is_sorted_by(|one, next| one < next), "an old holder wrote the document: {document:?}");
    let kept: BTreeSet<_> = document.iter().copied().collect();
    let gone: Vec<_> = written.iter().filter(|step| !kept.contains(step)).collect();
    assert!(gone.is_empty(), "an old holder wrote over {gone:?}");

    let mut steps: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for row in &rows {
        *steps.entry((row.get("run").unwrap(), row.get("token").unwrap())).or_default() += 1;
    }
    for detail in details.iter().filter(|detail| detail.run.exclusive.is_some()) {
        let id = detail.run.id.to_string();
        let whole = steps.iter().any(|((run, _), count)| *run == id && *count == STEPS);
        assert!(whole, "it is done, but did not write everything: {detail:#?}");
    }
}

/// Every minute has one tick, every tick one run, no run two.
async fn each_tick_once(stage: &Stage, expected: &[DateTime<Utc>]) {
    let rows = stage.rows("SELECT tick, run FROM ticks ORDER BY tick", &[]).await;
    let ticks: Vec<_> = rows.iter().map(|row| row.some_time("tick").unwrap()).collect();
    let distinct: BTreeSet<_> = ticks.iter().collect();
    assert_eq!(ticks.len(), distinct.len(), "a tick fired twice");
    let lost: Vec<_> = expected.iter().filter(|tick| !distinct.contains(tick)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(rows.iter().all(|row| row.get::<Option<String>>("run").unwrap().is_some()));
    let twice = "SELECT COUNT(*) AS n FROM (SELECT asked_by FROM runs WHERE origin = 'schedule' \
                 GROUP BY asked_by HAVING COUNT(*) > 1) AS twice";
    assert_eq!(stage.number(twice).await, 0, "a tick started two runs");
    let started = "SELECT COUNT(*) AS n FROM runs WHERE task = 'ticking'";
    let joined = "SELECT COUNT(DISTINCT run) AS n FROM ticks";
    assert_eq!(stage.number(started).await, stage.number(joined).await, "a run that no tick tells of");
}
