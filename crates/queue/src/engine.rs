//! The engine in this process: gives each run its turn, its tries and its end.

use std::any::Any;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use t5g_model::clock::Clock;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::launcher::{Launcher, Runs};
use crate::measure;
use crate::registry::{Entry, Registry, RunContext};
use crate::run::{Attempt, Permanent, Run, RunState};
use crate::schedule::{BadSchedules, Schedule, schedules};

/// How the engine works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Tells the time.
    pub clock: Clock,
    /// Seeds the jitter of retries.
    pub seed: u64,
    /// Runs that work at once.
    pub concurrent: usize,
    /// Runs that wait for their turn at once; more are refused.
    pub pending: usize,
    /// Ended runs that are remembered.
    pub history: usize,
    /// Whether failed runs are tried again; a foreground command rather tells its user at once.
    pub retry: bool,
}

impl Settings {
    /// The usual ones.
    pub fn new(clock: Clock, seed: u64) -> Self {
        Self { clock, seed, concurrent: 4, pending: 256, history: 512, retry: true }
    }
}

/// Runs tasks in this process. Dropping it stops nothing; see [`Engine::shutdown`].
#[derive(Debug)]
pub struct Engine(Arc<Shared>);

/// What a shutdown found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Runs that did not end within the grace period and were stopped.
    pub interrupted: usize,
}

pub(crate) struct Shared {
    pub(crate) registry: Registry,
    pub(crate) schedules: Vec<(&'static str, Schedule)>,
    pub(crate) settings: Settings,
    pub(crate) runs: Mutex<Runs>,
    pub(crate) changed: Arc<watch::Sender<u64>>,
    pub(crate) stopping: CancellationToken,
    tracker: TaskTracker,
    handle: Handle,
    turns: HashMap<&'static str, Arc<tokio::sync::Mutex<()>>>,
    slots: Semaphore,
    jitter: Mutex<SmallRng>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("registry", &self.registry).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine for these tasks on the current async runtime. Starts nothing.
    pub fn new(registry: Registry, settings: Settings) -> Result<Self, BadSchedules> {
        measure::describe();
        let turns = registry.iter().filter_map(|entry| entry.definition.exclusive);
        Ok(Self(Arc::new(Shared {
            schedules: schedules(&registry)?,
            turns: turns.map(|name| (name, Arc::default())).collect(),
            slots: Semaphore::new(settings.concurrent.clamp(1, Semaphore::MAX_PERMITS)),
            jitter: Mutex::new(SmallRng::seed_from_u64(settings.seed)),
            runs: Mutex::default(),
            changed: Arc::new(watch::Sender::new(0)),
            stopping: CancellationToken::new(),
            tracker: TaskTracker::new(),
            handle: Handle::current(),
            registry,
            settings,
        })))
    }

    /// The handle through which everything is started and seen.
    pub fn launcher(&self) -> Launcher {
        Launcher(Arc::clone(&self.0))
    }

    /// Begins to start tasks by their schedules, until the shutdown; first those whose tick was missed,
    /// judged by the time of their last success before this process.
    pub fn schedule(&self, last_success: impl Fn(&str) -> Option<DateTime<Utc>>) {
        let (table, missed) = crate::scheduler::prepare(&self.0, last_success);
        let work = crate::scheduler::run(self.launcher(), table, missed);
        self.0.tracker.spawn_on(work, &self.0.handle);
    }

    /// Takes no more runs, drops the waiting ones, lets the working ones end within `grace`, then stops them.
    pub async fn shutdown(&self, grace: Duration) -> Stopped {
        self.0.stopping.cancel();
        self.0.tracker.close();
        if tokio::time::timeout(grace, self.0.tracker.wait()).await.is_ok() {
            return Stopped { interrupted: 0 };
        }
        let working = self.0.lock_runs().active();
        for run in &working {
            run.cancel.cancel();
        }
        self.0.tracker.wait().await;
        Stopped { interrupted: working.len() }
    }
}

impl Shared {
    pub(crate) fn lock_runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// Lets the run take its course, which nobody needs to wait for.
    pub(crate) fn spawn(self: &Arc<Self>, run: Arc<Run>, entry: Entry) {
        let span = run.look(|view| tracing::info_span!("run", task = view.task, id = %view.id));
        let work = Arc::clone(self).course(run, entry).instrument(span);
        self.tracker.spawn_on(work, &self.handle);
    }

    pub(crate) fn change(&self, run: &Run, change: impl FnOnce(&mut crate::RunView)) {
        run.change(change);
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    async fn course(self: Arc<Self>, run: Arc<Run>, entry: Entry) {
        let task = entry.definition.name;
        let end = tokio::select! {
            biased;
            () = run.cancel.cancelled() => End::Cancelled("it was stopped"),
            end = self.tries(&run, &entry) => end,
        };
        let now = self.now();
        let state = end.state();
        self.change(&run, |view| {
            if let Some(attempt) = view.attempts.last_mut() {
                attempt.finished.get_or_insert(now);
            }
            view.state = state;
            view.finished = Some(now);
            match end {
                End::Done(result) => (view.result, view.error) = (result, None),
                End::Failed(error) => view.error = Some(error),
                End::Cancelled(why) => view.error = Some(why.into()),
            }
        });
        self.lock_runs().ended(self.settings.history);
        measure::ended(task, state, now);
        run.look(|view| match &view.error {
            None => tracing::info!(task, "done"),
            Some(error) if state == RunState::Failed => tracing::error!(task, error, "failed"),
            Some(error) => tracing::warn!(task, error, "cancelled"),
        });
    }

    async fn tries(&self, run: &Run, entry: &Entry) -> End {
        let definition = &entry.definition;
        let mut failed = 0;
        loop {
            let Some(outcome) = self.one_try(run, entry, failed + 1).await else {
                return End::Cancelled("the program was stopped before its turn came");
            };
            let error = match outcome {
                Ok(result) => return End::Done(result),
                Err(error) => error,
            };
            failed += 1;
            let words = format!("{error:#}");
            let pause = definition.retry.pause(failed, self.draw());
            let helps = self.settings.retry && error.downcast_ref::<Permanent>().is_none();
            let Some(pause) = pause.filter(|_| helps) else { return End::Failed(words) };
            measure::retried(definition.name);
            tracing::warn!(task = definition.name, error = words, ?pause, "failed, will be tried again");
            self.change(run, |view| {
                view.state = RunState::Retrying;
                view.error = Some(words);
            });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = run.hurry.notified() => {}
                () = self.stopping.cancelled() => {}
            }
        }
    }

    /// One try, when its turn has come; `None` if the program stops before that.
    async fn one_try(&self, run: &Run, entry: &Entry, attempt: u32) -> Option<anyhow::Result<Value>> {
        let definition = &entry.definition;
        let turn = async {
            let group = definition.exclusive.and_then(|name| self.turns.get(name));
            let alone = match group {
                Some(group) => Some(group.lock().await),
                None => None,
            };
            (alone, self.slots.acquire().await)
        };
        let _turn = tokio::select! {
            biased;
            () = self.stopping.cancelled() => return None,
            turn = turn => turn,
        };
        let _working = measure::Working::on(definition.name);
        let now = self.now();
        run.progress.begin("", None);
        self.change(run, |view| {
            view.state = RunState::Running;
            view.started.get_or_insert(now);
            view.attempts.push(Attempt { started: now, finished: None, error: None });
        });
        let context = run.look(|view| RunContext {
            id: view.id.clone(),
            attempt,
            arguments: view.arguments.clone(),
            progress: run.progress.clone(),
        });
        let began = Instant::now();
        let outcome = guarded(entry, context).await;
        measure::worked(definition.name, began.elapsed());
        let (now, error) = (self.now(), outcome.as_ref().err().map(|error| format!("{error:#}")));
        self.change(run, |view| {
            if let Some(attempt) = view.attempts.last_mut() {
                (attempt.finished, attempt.error) = (Some(now), error);
            }
        });
        Some(outcome)
    }

    fn draw(&self) -> f64 {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner).random()
    }
}

/// How a run ended.
enum End {
    Done(Value),
    Failed(String),
    Cancelled(&'static str),
}

impl End {
    fn state(&self) -> RunState {
        match self {
            Self::Done(_) => RunState::Done,
            Self::Failed(_) => RunState::Failed,
            Self::Cancelled(_) => RunState::Cancelled,
        }
    }
}

/// The task's own work, held to its time and with a panic turned into an error.
async fn guarded(entry: &Entry, context: RunContext) -> anyhow::Result<Value> {
    let limit = entry.definition.timeout;
    let work = AssertUnwindSafe(async { entry.task.run(context).await }).catch_unwind();
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => {
            Err(anyhow!("a defect in the task made it panic: {}", panic_message(panic.as_ref())))
        }
        Err(_) => Err(anyhow!("it took longer than its limit of {} s and was stopped", limit.as_secs_f64())),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)")
}
