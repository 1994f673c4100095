//! The engine in this process: launcher, worker, scheduler, and the right order of stopping them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use t5g_model::clock::Clock;
use t5g_store::StoreError;
use t5g_store::ledger::Ledger;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::book::Identity;
use crate::launcher::Launcher;
use crate::registry::{CatalogError, Registry};
use crate::run::RunId;
use crate::scheduler::Scheduler;
use crate::worker::{self, Fencing, LAST_WORDS, ProcessMark, Shared};

/// How an engine works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Tells the time.
    pub clock: Clock,
    /// Seeds the jitter of retries.
    pub seed: u64,
    /// The machine, for people.
    pub host: String,
    /// The program's version, for people.
    pub version: String,
    /// Runs that work at once in this process, at most.
    pub slots: u32,
    /// How long a worker is believed alive without word from it.
    pub lease: Duration,
    /// How often work is looked for of which no word came; others' processes send none.
    pub poll: Duration,
    /// How often the schedules are looked at, at least: how late a jump of the clock may be noticed.
    pub look: Duration,
    /// How long ended runs are kept.
    pub keep: Duration,
    /// Makes locks known to the stores.
    pub fencing: Arc<dyn Fencing>,
}

impl Settings {
    /// The usual ones.
    pub fn new(clock: Clock, seed: u64, fencing: Arc<dyn Fencing>) -> Self {
        Self {
            clock,
            seed,
            host: "localhost".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            slots: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(500),
            look: Duration::from_secs(15),
            keep: Duration::from_hours(30 * 24),
            fencing,
        }
    }
}

/// What this process does for the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Takes and does runs.
    Work,
    /// Takes and does these runs and no others, for a command in the foreground.
    WorkOn(Vec<RunId>),
    /// Starts tasks by their schedules.
    Schedule,
}

/// What a shutdown found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Runs that did not end within the grace period and were given back.
    pub handed_back: usize,
}

/// Starts tasks from this process and, where it is told to, does them. Dropping it stops nothing; see
/// [`Engine::shutdown`].
#[derive(Debug)]
pub struct Engine {
    launcher: Launcher,
    registry: Registry,
    settings: Settings,
    name: Arc<str>,
    /// Work, and what watches schedules: ends in good order.
    tracker: TaskTracker,
    /// Runs at work.
    courses: TaskTracker,
    /// Signs of life: needed until the end.
    tending: TaskTracker,
    stop: CancellationToken,
    hand_back: CancellationToken,
    given_up: CancellationToken,
    ended: CancellationToken,
}

impl Engine {
    /// An engine on that ledger. Does nothing yet.
    pub fn new(ledger: Ledger, registry: Registry, settings: Settings) -> Result<Self, CatalogError> {
        let launcher = Launcher::new(ledger, registry.catalog()?, settings.clock.clone(), settings.lease);
        // The name tells people where; the rest makes it unique.
        let unique = Uuid::new_v4().simple().to_string();
        let unique = unique.get(..8).unwrap_or_default();
        let name = format!("{}-{}-{unique}", settings.host, std::process::id());
        Ok(Self {
            launcher,
            registry,
            settings,
            name: name.into(),
            tracker: TaskTracker::new(),
            courses: TaskTracker::new(),
            tending: TaskTracker::new(),
            stop: CancellationToken::new(),
            hand_back: CancellationToken::new(),
            given_up: CancellationToken::new(),
            ended: CancellationToken::new(),
        })
    }

    /// The handle through which everything is started and seen.
    pub fn launcher(&self) -> Launcher {
        self.launcher.clone()
    }

    /// The name under which this process is known in the ledger.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the runs of workers that died back to the queue, before anything is asked for: what is asked for again
    /// shall not join a run that nobody does.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let mark = ProcessMark::own().await;
        worker::look_after_the_dead(&self.launcher, mark.as_ref(), &self.name, 0.5).await
    }

    /// Begins to play these roles. To be called once.
    pub async fn begin(&self, roles: &[Role]) {
        let mark = ProcessMark::own().await;
        let works = roles.iter().any(|role| *role != Role::Schedule);
        let words: Vec<&str> =
            roles.iter().map(|role| if *role == Role::Schedule { "scheduler" } else { "worker" }).collect();
        let identity = Identity {
            name: self.name.to_string(),
            host: self.settings.host.clone(),
            process: mark.as_ref().map(ProcessMark::to_text).unwrap_or_default(),
            version: self.settings.version.clone(),
            roles: words.join(", "),
            slots: if works { self.settings.slots } else { 0 },
        };
        let shared = Arc::new(Shared {
            launcher: self.launcher.clone(),
            registry: self.registry.clone(),
            fencing: Arc::clone(&self.settings.fencing),
            identity,
            poll: self.settings.poll,
            mark,
            jitter: Mutex::new(SmallRng::seed_from_u64(self.settings.seed)),
            stop: self.stop.clone(),
            hand_back: self.hand_back.clone(),
            given_up: self.given_up.clone(),
        });
        self.tending.spawn(worker::tend(Arc::clone(&shared), self.ended.clone()));
        for role in roles {
            let only = match role {
                Role::Schedule => {
                    let scheduler = Scheduler {
                        launcher: self.launcher.clone(),
                        name: Arc::clone(&self.name),
                        look: self.settings.look,
                        keep: self.settings.keep,
                    };
                    self.tracker.spawn(scheduler.run(self.stop.clone()));
                    continue;
                }
                Role::Work => None,
                Role::WorkOn(runs) => Some(runs.clone()),
            };
            self.tracker.spawn(worker::take_runs(Arc::clone(&shared), self.courses.clone(), only));
        }
    }

    /// Takes no more runs, lets the working ones end within `grace`, then gives them back.
    pub async fn shutdown(&self, grace: Duration) -> Stopped {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        self.courses.close();
        let mut handed_back = 0;
        if tokio::time::timeout(grace, self.courses.wait()).await.is_err() {
            handed_back = self.courses.len();
            self.hand_back.cancel();
            if tokio::time::timeout(LAST_WORDS, self.courses.wait()).await.is_err() {
                tracing::error!("the ledger does not answer: runs are left to those who find them orphaned");
                self.given_up.cancel();
            }
        }
        self.ended.cancel();
        self.tending.close();
        let leave = async {
            self.tending.wait().await;
            self.launcher.book.worker_left(&self.name).await
        };
        match tokio::time::timeout(LAST_WORDS, leave).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the ledger was not told that this worker left"),
            Err(_) => tracing::warn!("the ledger was not told in time that this worker left"),
        }
        Stopped { handed_back }
    }
}
