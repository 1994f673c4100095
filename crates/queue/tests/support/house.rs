//! A process of the product in miniature: an engine with its stores. Several of them in one test stand for several
//! processes: they share nothing but the stores.

use std::sync::{Arc, Once};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use t5g_model::clock::Clock;
use t5g_queue::{
    Asker, Engine, Fencing, Launcher, Registry, Role, RunId, RunLog, RunState, RunView, Settings, Started,
    TaskDefinition,
};
use t5g_store::documents::{Documents, Fence, Raised, raise};
use t5g_store::ledger::{Arg, Ledger, OwnSql};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::bed::Bed;
use super::clock::Hands;
use super::hand::{Hand, tasks};

/// How long anything may take before it counts as never.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// What a house does.
pub(crate) struct Plan {
    pub(crate) roles: Vec<Role>,
    pub(crate) tasks: Vec<TaskDefinition>,
    pub(crate) hand: Arc<Hand>,
    pub(crate) clock: Clock,
    pub(crate) lease: Duration,
    pub(crate) slots: u32,
    pub(crate) keep: Duration,
}

impl Plan {
    /// Works on the usual tasks.
    pub(crate) fn usual() -> Self {
        Self {
            roles: vec![Role::Work],
            tasks: tasks(),
            hand: Hand::new(),
            clock: Hands::at("2026-11-23T12:00:00Z").clock(),
            lease: Duration::from_secs(30),
            slots: 4,
            keep: Duration::from_hours(24 * 365 * 100),
        }
    }

    /// Only asks.
    pub(crate) fn idle() -> Self {
        Self { roles: Vec::new(), ..Self::usual() }
    }
}

/// A running one.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) launcher: Launcher,
    pub(crate) ledger: Ledger,
    pub(crate) documents: Documents,
    pub(crate) hand: Arc<Hand>,
}

/// Tells the documents who holds a lock.
#[derive(Debug)]
pub(crate) struct DocumentFencing(pub(crate) Documents);

#[async_trait]
impl Fencing for DocumentFencing {
    async fn raise(&self, fence: &Fence) -> anyhow::Result<Raised> {
        Ok(raise(&self.0, fence).await?)
    }
}

impl House {
    pub(crate) async fn start(bed: &Bed, plan: Plan) -> Self {
        let house = Self::prepare(bed, &plan).await;
        if !plan.roles.is_empty() {
            house.engine.begin(&plan.roles).await;
        }
        house
    }

    pub(crate) async fn prepare(bed: &Bed, plan: &Plan) -> Self {
        log();
        let (ledger, documents) = (bed.ledger().await, bed.documents().await);
        let mut registry = Registry::default();
        for task in &plan.tasks {
            registry.add(task.clone(), plan.hand.clone());
        }
        let settings = Settings {
            slots: plan.slots,
            lease: plan.lease,
            poll: Duration::from_millis(20),
            look: Duration::from_millis(50),
            keep: plan.keep,
            ..Settings::new(plan.clock.clone(), 1, Arc::new(DocumentFencing(documents.clone())))
        };
        let engine = Engine::new(ledger.clone(), registry, settings).unwrap();
        let launcher = engine.launcher();
        // Whoever brings one hand to several houses has the first house's means.
        let _ = plan.hand.means.set((launcher.clone(), ledger.clone()));
        Self { launcher, engine, ledger, documents, hand: Arc::clone(&plan.hand) }
    }

    pub(crate) async fn try_ask(&self, task: &str, what: &str) -> anyhow::Result<Started> {
        Ok(self.launcher.start(task, json!({ "do": what }), &Asker::person("ann")).await?)
    }

    pub(crate) async fn ask(&self, task: &str, what: &str) -> RunId {
        self.try_ask(task, what).await.unwrap().run
    }

    pub(crate) async fn ask_with(&self, task: &str, arguments: Value) -> RunId {
        self.launcher.start(task, arguments, &Asker::program("test")).await.unwrap().run
    }

    pub(crate) async fn run(&self, run: RunId) -> RunView {
        self.launcher.run(run).await.unwrap().unwrap()
    }

    /// Waits for the run's end.
    pub(crate) async fn end(&self, run: RunId) -> RunView {
        let ended = tokio::time::timeout(PATIENCE, self.launcher.wait(run)).await;
        match ended {
            Ok(view) => view.unwrap().unwrap(),
            Err(late) => panic!("{late}: {:?}", self.launcher.detail(run).await),
        }
    }

    pub(crate) async fn done(&self, task: &str, what: &str) -> RunView {
        self.end(self.ask(task, what).await).await
    }

    /// How a plain run ends that another house does.
    pub(crate) async fn done_elsewhere(&self, bed: &Bed) -> RunState {
        let house = Self::start(bed, Plan::usual()).await;
        house.done("plain", "").await.state
    }

    pub(crate) async fn in_state(&self, run: RunId, state: RunState) {
        until(async || self.run(run).await.state == state).await;
    }

    /// The outcomes of the run's tries.
    pub(crate) async fn outcomes(&self, run: RunId) -> Vec<String> {
        let detail = self.launcher.detail(run).await.unwrap().unwrap();
        detail.attempts.into_iter().map(|attempt| attempt.outcome.unwrap_or_default()).collect()
    }

    /// Does to the ledger what nobody should.
    pub(crate) async fn sql(&self, sql: &str, args: &[Arg]) {
        self.ledger.db().await.unwrap().execute(OwnSql(sql.to_owned()), args).await.unwrap();
    }

    /// One number that the ledger knows, in the column `n`.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let rows = self.ledger.db().await.unwrap().fetch(OwnSql(sql.to_owned()), &[]).await.unwrap();
        rows.first().unwrap().get("n").unwrap()
    }

    pub(crate) async fn stop(&self) {
        self.engine.shutdown(PATIENCE).await;
    }
}

/// The log of this process tells runs what they said, and whoever reads of a test's failure what went wrong.
fn log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let words = tracing_subscriber::fmt::layer().with_test_writer().with_filter(LevelFilter::WARN);
        let log = tracing_subscriber::registry().with(RunLog).with(words);
        tracing::subscriber::set_global_default(log).unwrap();
    });
}

pub(crate) async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let begun = tokio::time::Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < PATIENCE, "it never came true");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
