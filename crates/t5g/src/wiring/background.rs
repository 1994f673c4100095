//! What a process does in the background: tasks by schedule and on demand, on the ledger that all processes share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_model::names::Source;
use t5g_queue::{Asker, Catalog, Engine, Launcher, Registry, Role};
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;
use t5g_sync::{DocumentFencing, SyncContext};
use tokio_util::sync::CancellationToken;

use super::{intervals, rules, web};
use crate::{console, process};

/// How long to wait before looking again whether the stores answer.
const STORES_AGAIN: Duration = Duration::from_secs(5);

/// The tasks that these settings allow, for whoever only starts and shows them.
pub(crate) fn catalog(settings: &Settings) -> Result<Catalog> {
    if settings.general.fake_data {
        return Ok(Catalog::default());
    }
    let schedules = rules::schedules(settings);
    Ok(Catalog::new(t5g_sync::definitions(
        &schedules,
        &web::unconfigured(settings),
        &super::writing::write_rules(settings),
    ))?)
}

/// A handle on the queue, for a process that works on nothing itself.
pub(crate) fn launcher(settings: &Settings, ledger: Ledger, clock: Clock) -> Result<Launcher> {
    Ok(Launcher::new(ledger, catalog(settings)?, clock, settings.jobs.lease.duration()))
}

/// An engine for these tasks. Does nothing yet.
pub(crate) async fn engine(
    settings: &Settings,
    (documents, ledger): (&Documents, &Ledger),
    registry: Registry,
    clock: &Clock,
) -> Result<Engine> {
    let fencing = Arc::new(DocumentFencing(Arc::clone(documents)));
    let options = t5g_queue::Settings {
        host: process::host().await,
        slots: settings.jobs.slots,
        lease: settings.jobs.lease.duration(),
        keep: settings.retention.runs.duration(),
        ..t5g_queue::Settings::new(clock.clone(), process::seed(clock), fencing)
    };
    Ok(Engine::new(ledger.clone(), registry, options)?)
}

/// The queue's work in this process.
pub(crate) struct Background {
    engine: Engine,
    documents: Documents,
    ledger: Ledger,
    unconfigured: BTreeSet<Source>,
    intervals: BTreeMap<Source, Duration>,
    grace: Duration,
}

impl Background {
    /// Prepares it. `context` is needed by who works; who only watches the schedules does without.
    pub(crate) async fn new(
        settings: &Settings,
        documents: &Documents,
        ledger: &Ledger,
        context: Option<&Arc<SyncContext>>,
        clock: &Clock,
    ) -> Result<Self> {
        let registry = match context {
            Some(context) => t5g_sync::registry(context),
            None => Registry::without_work(catalog(settings)?.iter().map(|listed| listed.definition.clone())),
        };
        let engine = engine(settings, (documents, ledger), registry, clock).await?;
        Ok(Self {
            intervals: intervals::intervals(engine.launcher().catalog(), clock.now()),
            engine,
            documents: Arc::clone(documents),
            ledger: ledger.clone(),
            unconfigured: web::unconfigured(settings),
            grace: settings.jobs.grace.duration(),
        })
    }

    /// The handle through which everything is started and seen.
    pub(crate) fn launcher(&self) -> Launcher {
        self.engine.launcher()
    }

    /// Plays these roles until `stop`. Stores that are down stop no start: it begins once they answer. Whoever
    /// watches the schedules first sees to it that what is missing is fetched, in the order in which sources need
    /// each other.
    pub(crate) async fn run(&self, roles: &[Role], stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.begin(roles) => stop.cancelled().await,
        }
    }

    async fn begin(&self, roles: &[Role]) {
        while let Err(error) = self.prepare(roles).await {
            tracing::error!(error = console::chain(&error), again_in = ?STORES_AGAIN, "nothing is done yet");
            tokio::time::sleep(STORES_AGAIN).await;
        }
        self.engine.begin(roles).await;
    }

    async fn prepare(&self, roles: &[Role]) -> Result<()> {
        self.engine.recover().await?;
        if !roles.contains(&Role::Schedule) {
            return Ok(());
        }
        // Processes that only show pages judge freshness by these.
        for (source, interval) in &self.intervals {
            self.ledger.set_interval(*source, Some(*interval)).await?;
        }
        let missing = t5g_sync::missing(&self.documents, &self.unconfigured).await?;
        let asker = Asker::program("cold start");
        t5g_sync::ask_in_order(&self.launcher(), &missing, false, None, &asker).await?;
        Ok(())
    }

    /// Lets what works end within the grace period, gives the rest back, and leaves.
    pub(crate) async fn shutdown(&self) {
        let handed_back = self.engine.shutdown(self.grace).await.handed_back;
        if handed_back > 0 {
            tracing::warn!(
                handed_back,
                "tasks did not end in time; they go on elsewhere or at the next start"
            );
        }
    }
}
