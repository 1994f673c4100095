//! A simulator, a store in a temporary folder, a clock that is moved by hand, and the room between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_clients::Writes;
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_queue::{Asker, Engine, Launcher, Registry, Role, RunState, RunView, Settings, Wish};
use t5g_simulator::{Flavour, Running, Simulator, SimulatorSettings};
use t5g_store::documents::{Guard, Limits, open};
use t5g_store::ledger::{Freshness, Ledger};
use t5g_sync::{
    DocumentFencing, SyncContext, SyncRules, WriteRules, ask_in_order, ended, registry, registry_of_writing,
};

use context::context;

mod context;

/// What every test printed on failure shall say.
pub(crate) const SEED: u64 = 7;

pub(crate) struct Ground {
    pub(crate) sim: Running,
    pub(crate) ctx: Arc<SyncContext>,
    pub(crate) launcher: Launcher,
    time: Arc<AtomicI64>,
    http: reqwest::Client,
    _folder: tempfile::TempDir,
}

/// What differs from test to test.
pub(crate) struct Setup {
    pub(crate) cases: u32,
    pub(crate) flavour: Flavour,
    pub(crate) attempts: u32,
    pub(crate) rules: fn(&mut SyncRules),
    pub(crate) bugzilla: bool,
    pub(crate) face: Face,
    /// Whether the world makes cards for cases that come later.
    pub(crate) auto_cards: bool,
    /// Whether clients let writes pass.
    pub(crate) writes: Writes,
    pub(crate) writing: fn(&mut WriteRules),
    /// Between two messages to one channel.
    pub(crate) pace: Duration,
}

/// Which face of the portal is spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    Hydra,
    Graphql,
    V3,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            cases: 60,
            flavour: Flavour::Cloud,
            attempts: 3,
            rules: |_| (),
            bugzilla: true,
            face: Face::Hydra,
            auto_cards: true,
            writes: Writes::Allowed,
            writing: |_| (),
            pace: Duration::ZERO,
        }
    }
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

impl Ground {
    pub(crate) async fn new(setup: Setup) -> Self {
        let mut settings = SimulatorSettings::moved(SEED, setup.cases, start());
        settings.flavour = setup.flavour;
        settings.world.auto_cards = setup.auto_cards;
        let sim = Simulator::start(settings).await.unwrap();
        Self::on(sim, setup).await
    }

    /// Another store and room on a simulator that runs already.
    pub(crate) async fn on(sim: Running, setup: Setup) -> Self {
        // A second test in the same process finds it installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("t5g.db").display());
        let documents = open(&address, Limits::default()).await.unwrap();
        let ledger = Ledger::open(&address).await.unwrap();
        let time = Arc::new(AtomicI64::new(start().timestamp_millis()));
        let ctx = Arc::new(context(&sim, documents, ledger, &time, &setup));
        let launcher = engine(&ctx).launcher();
        Self { sim, ctx, launcher, time, http: reqwest::Client::new(), _folder: folder }
    }

    /// The same stores with other rules.
    pub(crate) fn with(&self, setup: &Setup) -> Arc<SyncContext> {
        let (documents, ledger) = (Arc::clone(&self.ctx.documents), self.ctx.ledger.clone());
        Arc::new(context(&self.sim, documents, ledger, &self.time, setup))
    }

    /// The world's time and the product's go on.
    pub(crate) fn advance(&self, hours: u32) {
        self.sim.advance(hours);
        self.pass(TimeDelta::hours(hours.into()));
    }

    /// Only the product's time goes on.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.time.fetch_add(time.num_milliseconds(), SeqCst);
    }

    /// Refreshes these sources; their last views.
    pub(crate) async fn sync(&self, sources: &[Source], full: bool) -> Vec<RunView> {
        sync(&self.ctx, sources, full).await
    }

    /// Refreshes all sources; each must succeed.
    pub(crate) async fn sync_all(&self, full: bool) -> BTreeMap<String, Value> {
        let views = self.sync(Source::ALL, full).await;
        views.into_iter().map(|view| (view.task.clone(), done(&view))).collect()
    }

    /// Refreshes one source, which must fail; the error.
    pub(crate) async fn fails(&self, source: Source) -> String {
        let view = self.sync(&[source], false).await.remove(0);
        assert_eq!(view.state, RunState::Failed, "{source}: {view:?}");
        view.error.unwrap()
    }

    pub(crate) async fn document(&self, document: Document) -> Value {
        self.try_document(document).await.unwrap()
    }

    pub(crate) async fn try_document(&self, document: Document) -> Option<Value> {
        let stored = self.ctx.documents.read(document).await.unwrap()?;
        let text = std::str::from_utf8(&stored.bytes).unwrap().replace(self.sim.url(), "http://simulator");
        Some(serde_json::from_str(&text).unwrap())
    }

    /// All documents but those that say when they were written; the simulator's port, which differs from one
    /// to the next, does not stand in them.
    pub(crate) async fn documents(&self) -> BTreeMap<Document, Value> {
        let mut all = BTreeMap::new();
        for document in Document::ALL.iter().copied().filter(|one| *one != Document::Timestamp) {
            if let Some(value) = self.try_document(document).await {
                all.insert(document, value);
            }
        }
        all
    }

    pub(crate) async fn put(&self, document: Document, json: &str) {
        let batch = [(document, json.to_owned().into())];
        self.ctx.documents.replace(&batch, &Guard::default()).await.unwrap();
    }

    pub(crate) async fn freshness(&self, source: Source) -> Freshness {
        let all = self.ctx.ledger.freshness().await.unwrap();
        all.into_iter().find(|one| one.source == source).unwrap()
    }

    /// Makes upstreams misbehave.
    pub(crate) async fn faults(&self, faults: Value) {
        let url = format!("{}/_sim/faults", self.sim.url());
        let answer = self.http.post(url).json(&faults).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    pub(crate) async fn no_faults(&self) {
        let answer = self.http.delete(format!("{}/_sim/faults", self.sim.url())).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// Starts one task, tried once; its last view.
    pub(crate) async fn start(&self, task: &str, arguments: Value) -> RunView {
        start_in(&self.ctx, registry_of_writing(&self.ctx), task, arguments).await
    }

    /// Starts one task, which must succeed; its result.
    pub(crate) async fn write(&self, task: &str) -> Value {
        done(&self.start(task, Value::Null).await)
    }

    /// `GET /_sim/<what>`.
    pub(crate) async fn ask(&self, what: &str) -> Value {
        let url = format!("{}/_sim/{what}", self.sim.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// The writes so far that changed something: what, and on what.
    pub(crate) async fn deeds(&self) -> Vec<(String, String)> {
        let journal = self.ask("journal?limit=20000").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entries = journal["entries"].as_array().unwrap().iter();
        entries
            .filter(|entry| entry["changed"] == true)
            .map(|entry| (text(&entry["effect"]), text(&entry["on"])))
            .collect()
    }

    /// Requests since the last time somebody asked.
    pub(crate) async fn requests(&self) -> u64 {
        let url = format!("{}/_sim/requests", self.sim.url());
        let counted: BTreeMap<String, Value> =
            self.http.get(&url).send().await.unwrap().json().await.unwrap();
        self.http.delete(&url).send().await.unwrap();
        let routes = counted.iter().filter(|(route, _)| !route.contains("/_sim"));
        routes.map(|(_, count)| count.as_u64().unwrap()).sum()
    }
}

/// The result of a run that must have succeeded.
pub(crate) fn done(view: &RunView) -> Value {
    assert_eq!(view.state, RunState::Done, "{}: {:?} (seed {SEED})", view.task, view.error);
    view.result.clone()
}

/// Refreshes these sources, each tried once, as a command in the foreground does; their last views.
pub(crate) async fn sync(ctx: &Arc<SyncContext>, sources: &[Source], full: bool) -> Vec<RunView> {
    let engine = engine(ctx);
    let launcher = engine.launcher();
    let runs = ask_in_order(&launcher, sources, full, Some(1), &Asker::program("test")).await.unwrap();
    engine.begin(&[Role::WorkOn(runs.iter().map(|(_, started)| started.run).collect())]).await;
    let views = ended(&launcher, &runs).await.unwrap();
    assert_eq!(engine.shutdown(Duration::from_secs(10)).await.handed_back, 0);
    views
}

fn engine(ctx: &Arc<SyncContext>) -> Engine {
    engine_of(ctx, registry(ctx))
}

pub(crate) fn engine_of(ctx: &Arc<SyncContext>, registry: Registry) -> Engine {
    let fencing = Arc::new(DocumentFencing(Arc::clone(&ctx.documents)));
    let settings = Settings::new(ctx.clock.clone(), SEED, fencing);
    Engine::new(ctx.ledger.clone(), registry, settings).unwrap()
}

/// Starts one task of that list, tried once; its last view.
pub(crate) async fn start_in(
    ctx: &Arc<SyncContext>,
    registry: Registry,
    task: &str,
    arguments: Value,
) -> RunView {
    let engine = engine_of(ctx, registry);
    let launcher = engine.launcher();
    let wish = Wish { attempts: Some(1), ..Wish::of(task, arguments) };
    let run = launcher.start_all(&[wish], &Asker::program("test")).await.unwrap().remove(0).run;
    engine.begin(&[Role::WorkOn(vec![run])]).await;
    let view = launcher.wait(run).await.unwrap().unwrap();
    assert_eq!(engine.shutdown(Duration::from_secs(10)).await.handed_back, 0);
    view
}

/// A fault at a route.
pub(crate) fn fault(route: &str, fault: &Value) -> Value {
    json!({ "route": route, "fault": fault })
}

/// An upstream that always answers with this status.
pub(crate) fn status(route: &str, status: u16) -> Value {
    fault(route, &json!({ "kind": "status", "status": status }))
}

/// The rows in which two documents differ: what was expected, and what is there.
pub(crate) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let rows = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (expected, found) = (rows(expected), rows(found));
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let differing = keys.into_iter().filter(|key| expected.get(*key) != found.get(*key));
    differing.map(|key| format!("{key}: {:?} became {:?}", expected.get(key), found.get(key))).collect()
}
