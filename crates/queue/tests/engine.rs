//! The engine as its users see it: turns, tries, ends, the schedule, the shutdown.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use anyhow::{anyhow, bail};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_model::clock::Clock;
use t5g_queue::{
    Engine, Launcher, MissedTick, Origin, Permanent, Registry, Retry, RunContext, RunState, RunView,
    Settings, StartError, Task, TaskDefinition,
};
use tokio::sync::Semaphore;

/// What the tests' one task does, told by its arguments; `gate` is what it waits at.
struct Worker {
    gate: Semaphore,
    calls: AtomicUsize,
    inside: AtomicUsize,
    most_inside: AtomicUsize,
}

impl Worker {
    fn new() -> Arc<Self> {
        let zero = || AtomicUsize::new(0);
        Arc::new(Self { gate: Semaphore::new(0), calls: zero(), inside: zero(), most_inside: zero() })
    }
}

#[async_trait]
impl Task for Worker {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        self.calls.fetch_add(1, SeqCst);
        run.progress.begin("counting", Some(2));
        run.progress.advance(1);
        match run.arguments.get("do").and_then(Value::as_str) {
            Some("panic") => panic!("out of cheese"),
            Some("fail twice") if run.attempt < 3 => bail!("not yet ({})", run.attempt),
            Some("fail") => bail!("never"),
            Some("fail for good") => return Err(anyhow!("no such thing").context(Permanent)),
            Some("hang") => std::future::pending().await,
            Some("wait") => {
                let inside = self.inside.fetch_add(1, SeqCst) + 1;
                self.most_inside.fetch_max(inside, SeqCst);
                self.gate.acquire().await?.forget();
                self.inside.fetch_sub(1, SeqCst);
            }
            _ => {}
        }
        Ok(json!({ "attempt": run.attempt }))
    }
}

fn definition(name: &'static str) -> TaskDefinition {
    TaskDefinition {
        name,
        description: "for tests",
        schedule: None,
        retry: Retry { attempts: 3, first_pause: Duration::from_millis(1) },
        exclusive: None,
        timeout: Duration::from_mins(1),
        missed: MissedTick::FireOnce,
    }
}

fn alone(name: &'static str, group: &'static str) -> TaskDefinition {
    TaskDefinition { exclusive: Some(group), ..definition(name) }
}

#[expect(clippy::disallowed_methods, reason = "the schedule's test needs a clock that runs")]
fn running_clock(start: DateTime<Utc>) -> Clock {
    let begun = Utc::now();
    Clock::new(move || start + (Utc::now() - begun))
}

fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn engine(definitions: Vec<TaskDefinition>, worker: &Arc<Worker>, settings: Settings) -> Engine {
    let mut registry = Registry::default();
    for definition in definitions {
        registry.add(definition, worker.clone()).unwrap();
    }
    Engine::new(registry, settings).unwrap()
}

fn settings() -> Settings {
    Settings::new(Clock::fixed(noon()), 1)
}

async fn end(launcher: &Launcher, task: &str, what: &str) -> RunView {
    let started = launcher.start(task, json!({ "do": what }), Origin::Person).unwrap();
    tokio::time::timeout(Duration::from_secs(30), launcher.wait(&started.run_id)).await.unwrap().unwrap()
}

async fn until(condition: impl Fn() -> bool) {
    for _ in 0..3000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came true");
}

#[tokio::test]
async fn a_run_ends_with_its_result() {
    let worker = Worker::new();
    let launcher = engine(vec![definition("a")], &worker, settings()).launcher();
    let run = end(&launcher, "a", "").await;
    assert_eq!((run.state, &run.result, &run.error), (RunState::Done, &json!({ "attempt": 1 }), &None));
    assert_eq!((run.progress.done, run.progress.total), (1, Some(2)));
    assert_eq!(run.finished, Some(noon()));
    assert_eq!(launcher.tasks()[0].last.as_ref().unwrap().id, run.id);
    assert!(launcher.current("a").is_none());
}

#[tokio::test]
async fn a_failed_try_is_followed_by_another() {
    let worker = Worker::new();
    let launcher = engine(vec![definition("a")], &worker, settings()).launcher();
    let run = end(&launcher, "a", "fail twice").await;
    assert_eq!((run.state, run.attempts.len()), (RunState::Done, 3));
    assert_eq!(run.attempts[1].error.as_deref(), Some("not yet (2)"));
    assert_eq!(run.error, None);

    let run = end(&launcher, "a", "fail").await;
    assert_eq!((run.state, run.attempts.len()), (RunState::Failed, 3));
    assert_eq!(run.error.as_deref(), Some("never"));
}

#[tokio::test]
async fn no_retry_where_none_helps_or_none_is_wanted() {
    let worker = Worker::new();
    let launcher = engine(vec![definition("a")], &worker, settings()).launcher();
    let run = end(&launcher, "a", "fail for good").await;
    assert_eq!((run.state, run.attempts.len()), (RunState::Failed, 1));
    assert_eq!(run.error.as_deref(), Some("trying again will not help: no such thing"));

    let foreground = Settings { retry: false, ..settings() };
    let launcher = engine(vec![definition("a")], &worker, foreground).launcher();
    assert_eq!(end(&launcher, "a", "fail").await.attempts.len(), 1);
}

#[tokio::test]
async fn a_panic_or_a_time_out_is_a_failure_with_its_message() {
    let worker = Worker::new();
    let once = Retry { attempts: 1, first_pause: Duration::ZERO };
    let slow = TaskDefinition { timeout: Duration::from_millis(50), retry: once, ..definition("slow") };
    let launcher = engine(vec![slow], &worker, settings()).launcher();
    let panicked = end(&launcher, "slow", "panic").await;
    assert_eq!(panicked.state, RunState::Failed);
    assert!(panicked.error.unwrap().contains("out of cheese"));
    let hung = end(&launcher, "slow", "hang").await;
    assert!(hung.error.unwrap().contains("longer than its limit of 0.05 s"));
    assert_eq!(end(&launcher, "slow", "").await.state, RunState::Done, "the engine lives on");
}

#[tokio::test]
async fn a_start_joins_the_run_that_does_the_same() {
    let worker = Worker::new();
    let launcher = engine(vec![alone("a", "g"), definition("free")], &worker, settings()).launcher();
    let wait = json!({ "do": "wait" });
    let first = launcher.start("a", wait.clone(), Origin::Schedule).unwrap();
    until(|| worker.inside.load(SeqCst) == 1).await;
    let second = launcher.start("a", wait.clone(), Origin::Person).unwrap();
    assert!(!first.joined && second.joined);
    assert_eq!(first.run_id, second.run_id);
    let other = launcher.start("a", json!({ "do": "" }), Origin::Person).unwrap();
    assert!(!other.joined, "other arguments are other work");
    assert_eq!(launcher.current("a").unwrap().id, first.run_id);
    assert!(!launcher.start("free", wait.clone(), Origin::Person).unwrap().joined);
    assert!(!launcher.start("free", wait, Origin::Person).unwrap().joined);
    worker.gate.add_permits(3);
    assert_eq!(launcher.wait(&other.run_id).await.unwrap().state, RunState::Done);
}

#[tokio::test]
async fn runs_of_one_group_never_overlap() {
    let worker = Worker::new();
    let launcher = engine(vec![alone("a", "g"), alone("b", "g")], &worker, settings()).launcher();
    let runs: Vec<_> = (0..6)
        .map(|n| {
            let task = if n % 2 == 0 { "a" } else { "b" };
            launcher.start(task, json!({ "do": "wait", "n": n }), Origin::Program).unwrap().run_id
        })
        .collect();
    worker.gate.add_permits(6);
    for run in runs {
        assert_eq!(launcher.wait(&run).await.unwrap().state, RunState::Done);
    }
    assert_eq!(worker.most_inside.load(SeqCst), 1);
}

#[tokio::test]
async fn a_start_cuts_the_pause_before_the_next_try_short() {
    let worker = Worker::new();
    let patient = Retry { attempts: 3, first_pause: Duration::from_hours(1) };
    let launcher =
        engine(vec![TaskDefinition { retry: patient, ..alone("a", "g") }], &worker, settings()).launcher();
    let arguments = json!({ "do": "fail twice" });
    let run = launcher.start("a", arguments.clone(), Origin::Schedule).unwrap().run_id;
    for calls in 1..3 {
        until(|| {
            let retrying = launcher.run(&run).unwrap().state == RunState::Retrying;
            retrying && worker.calls.load(SeqCst) == calls
        })
        .await;
        assert!(launcher.start("a", arguments.clone(), Origin::Person).unwrap().joined);
    }
    assert_eq!(launcher.wait(&run).await.unwrap().state, RunState::Done);
}

#[tokio::test]
async fn a_run_can_be_stopped() {
    let worker = Worker::new();
    let launcher = engine(vec![alone("a", "g")], &worker, settings()).launcher();
    let hung = launcher.start("a", json!({ "do": "hang" }), Origin::Person).unwrap().run_id;
    let waiting = launcher.start("a", json!({ "do": "" }), Origin::Person).unwrap().run_id;
    until(|| launcher.run(&hung).unwrap().state == RunState::Running).await;
    assert!(launcher.cancel(&hung));
    assert_eq!(launcher.wait(&hung).await.unwrap().state, RunState::Cancelled);
    assert!(!launcher.cancel(&hung));
    assert_eq!(launcher.wait(&waiting).await.unwrap().state, RunState::Done, "its lock died with it");
}

#[tokio::test]
async fn what_is_unknown_or_too_much_is_refused_with_words() {
    let worker = Worker::new();
    let small = Settings { pending: 2, concurrent: 1, history: 3, ..settings() };
    let launcher = engine(vec![definition("a")], &worker, small).launcher();
    let unknown = launcher.start("nope", Value::Null, Origin::Person).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no task \"nope\"; there are: a");
    let wait = json!({ "do": "wait" });
    launcher.start("a", wait.clone(), Origin::Person).unwrap();
    until(|| worker.inside.load(SeqCst) == 1).await;
    launcher.start("a", wait.clone(), Origin::Person).unwrap();
    launcher.start("a", wait.clone(), Origin::Person).unwrap();
    assert_eq!(launcher.start("a", wait, Origin::Person).unwrap_err(), StartError::Full { limit: 2 });
    worker.gate.add_permits(3);
    until(|| worker.calls.load(SeqCst) == 3).await;
    for _ in 0..5 {
        end(&launcher, "a", "").await;
    }
    until(|| launcher.runs().len() <= 3).await;
}

#[tokio::test]
async fn a_shutdown_lets_work_end_and_stops_what_does_not() {
    let worker = Worker::new();
    let engine_a = engine(vec![alone("a", "g")], &worker, settings());
    let launcher = engine_a.launcher();
    let working = launcher.start("a", json!({ "do": "wait" }), Origin::Person).unwrap().run_id;
    until(|| worker.inside.load(SeqCst) == 1).await;
    let waiting = launcher.start("a", json!({ "do": "" }), Origin::Person).unwrap().run_id;
    let stopping = tokio::spawn(async move { engine_a.shutdown(Duration::from_mins(1)).await });
    assert_eq!(launcher.wait(&waiting).await.unwrap().state, RunState::Cancelled);
    assert_eq!(launcher.start("a", Value::Null, Origin::Person).unwrap_err(), StartError::Stopping);
    worker.gate.add_permits(1);
    assert_eq!(stopping.await.unwrap().interrupted, 0);
    assert_eq!(launcher.run(&working).unwrap().state, RunState::Done);

    let engine_b = engine(vec![definition("a")], &worker, settings());
    let launcher = engine_b.launcher();
    let hung = launcher.start("a", json!({ "do": "hang" }), Origin::Person).unwrap().run_id;
    until(|| launcher.run(&hung).unwrap().state == RunState::Running).await;
    assert_eq!(engine_b.shutdown(Duration::from_millis(20)).await.interrupted, 1);
    assert_eq!(launcher.run(&hung).unwrap().state, RunState::Cancelled);
}

#[tokio::test]
async fn the_schedule_fires_missed_and_coming_ticks() {
    let worker = Worker::new();
    let every = |name, text: &str| TaskDefinition { schedule: Some(text.into()), ..definition(name) };
    let tasks =
        vec![every("minutely", "* * * * *"), every("missed", "0 3 * * *"), every("idle", "0 4 * * *")];
    let just_before = noon() - TimeDelta::milliseconds(300);
    let engine = engine(tasks, &worker, Settings { clock: running_clock(just_before), ..settings() });
    let launcher = engine.launcher();
    let yesterday = noon() - TimeDelta::days(1);
    engine.schedule(|task| (task == "missed").then_some(yesterday));
    until(|| launcher.runs().len() == 2).await;
    let mut fired: Vec<_> = launcher.runs().iter().map(|run| (run.task, run.origin)).collect();
    fired.sort_by_key(|(task, _)| *task);
    assert_eq!(fired, [("minutely", Origin::Schedule), ("missed", Origin::Schedule)]);
    let next = launcher.tasks()[0].next.unwrap();
    assert_eq!(next, noon() + TimeDelta::minutes(1));
    assert_eq!(engine.shutdown(Duration::from_secs(30)).await.interrupted, 0);
}

#[tokio::test]
async fn all_bad_schedules_are_told_at_once() {
    let worker = Worker::new();
    let mut registry = Registry::default();
    for name in ["a", "b"] {
        let bad = TaskDefinition { schedule: Some("every day".into()), ..definition(name) };
        registry.add(bad, worker.clone()).unwrap();
    }
    let error = Engine::new(registry, settings()).unwrap_err().to_string();
    assert!(error.contains("task a:") && error.contains("task b:"), "{error}");
}
