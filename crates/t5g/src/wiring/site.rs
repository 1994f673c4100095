//! A running server: tasks, pages, and the right order of starting and stopping them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_model::names::Source;
use t5g_queue::{Engine, Origin, Registry};
use t5g_store::documents::Documents;
use t5g_store::ledger::{Freshness, Ledger};
use t5g_sync::SyncContext;
use t5g_web::{AppBuilder, Assets};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{access, intervals, web};
use crate::{console, process};

/// How long running tasks may go on after a stop was wanted.
const GRACE: Duration = Duration::from_secs(20);
/// How long answers that have begun may go on after a stop was wanted.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// How long to wait before looking again whether the stores answer.
const STORES_AGAIN: Duration = Duration::from_secs(5);

/// A server that answers, with an engine for its tasks.
pub(crate) struct Site {
    engine: Arc<Engine>,
    ledger: Ledger,
    clock: Clock,
    context: Option<Arc<SyncContext>>,
    /// How often each source is meant to be refreshed.
    intervals: BTreeMap<Source, Duration>,
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
    stop: CancellationToken,
}

/// What a site is made of.
pub(crate) struct Parts {
    /// The documents.
    pub(crate) documents: Documents,
    /// The ledger.
    pub(crate) ledger: Ledger,
    /// What fetching needs; without it there are no tasks.
    pub(crate) context: Option<Arc<SyncContext>>,
    /// Tells the time.
    pub(crate) clock: Clock,
}

impl Parts {
    /// A site that can fetch: it shows what lies in the stores that it fetches into.
    pub(crate) fn fetching(context: Arc<SyncContext>, clock: Clock) -> Self {
        let (documents, ledger) = (context.documents.clone(), context.ledger.clone());
        Self { documents, ledger, context: Some(context), clock }
    }
}

impl Site {
    /// Begins to serve pages. No task is started yet.
    pub(crate) async fn start(settings: &Settings, listener: TcpListener, parts: Parts) -> Result<Self> {
        let Parts { documents, ledger, context, clock } = parts;
        let metrics = t5g_web::install_metrics().context("the metrics cannot be set up")?;
        let registry = context.as_ref().map_or_else(|| Ok(Registry::default()), t5g_sync::registry)?;
        let intervals = intervals::intervals(&registry, clock.now());
        let engine = Engine::new(registry, t5g_queue::Settings::new(clock.clone(), process::seed(&clock)))?;
        let stop = CancellationToken::new();
        let access = access::access(settings, &stop)?;
        let app = AppBuilder {
            documents,
            ledger: ledger.clone(),
            launcher: engine.launcher(),
            clock: clock.clone(),
            chance: process::chance(),
            settings: web::web_settings(settings, intervals.clone(), access),
            assets: Assets::embedded()?,
            metrics,
        };
        let app = app.start().await?;
        let address = listener.local_addr().context("the address that is listened on")?;
        let server = tokio::spawn(t5g_web::serve(listener, app, stop.clone().cancelled_owned()));
        let engine = Arc::new(engine);
        Ok(Self { engine, ledger, clock, context, intervals, address, server, stop })
    }

    /// Where its pages are.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Begins to fetch: what is missing at once, in the order in which sources need each other; the rest by
    /// schedule. Stores that are down stop no start, since pages need none of this: it begins once they answer.
    pub(crate) fn fetch(&self) {
        let Some(context) = &self.context else { return };
        let fetching = Fetching {
            engine: Arc::clone(&self.engine),
            context: Arc::clone(context),
            intervals: self.intervals.clone(),
        };
        let stop = self.stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = fetching.begin() => {}
            }
        });
    }

    /// Serves until somebody wants it to stop; then lets answers and tasks end.
    pub(crate) async fn until_stopped(mut self) -> Result<()> {
        tokio::select! {
            stopped = process::stop_wanted() => stopped?,
            ended = &mut self.server => {
                return Err(anyhow::anyhow!("the server ended by itself: {ended:?}"));
            }
        }
        self.stop.cancel();
        let interrupted = self.engine.shutdown(GRACE).await.interrupted;
        if interrupted > 0 {
            tracing::warn!(interrupted, "tasks did not end in time and were stopped");
        }
        match tokio::time::timeout(LAST_ANSWERS, &mut self.server).await {
            Ok(ended) => ended.context("the server")?.context("the server")?,
            Err(_) => self.server.abort(),
        }
        self.ledger.close().await;
        tracing::info!(at = %self.clock.now(), "stopped");
        Ok(())
    }
}

/// What is needed to begin to fetch.
struct Fetching {
    engine: Arc<Engine>,
    context: Arc<SyncContext>,
    intervals: BTreeMap<Source, Duration>,
}

impl Fetching {
    async fn begin(self) {
        let (known, missing) = loop {
            match self.look().await {
                Ok(looked) => break looked,
                Err(error) => {
                    tracing::error!(error = console::chain(&error), again_in = ?STORES_AGAIN, "nothing is fetched yet");
                    tokio::time::sleep(STORES_AGAIN).await;
                }
            }
        };
        self.engine.schedule(|task| {
            let source = t5g_sync::source_of(task)?;
            known.iter().find(|freshness| freshness.source == source)?.last_success
        });
        let launcher = self.engine.launcher();
        if let Err(error) = t5g_sync::in_order(&launcher, &missing, false, Origin::Program, |_, _| ()).await {
            tracing::error!(%error, "the missing documents are not fetched");
        }
    }

    /// How fresh each source is, and which have no document yet. Other processes are told the intervals.
    async fn look(&self) -> Result<(Vec<Freshness>, Vec<Source>)> {
        for (source, interval) in &self.intervals {
            self.context.ledger.set_interval(*source, Some(*interval)).await?;
        }
        Ok((self.context.ledger.freshness().await?, t5g_sync::missing(&self.context).await?))
    }
}

/// Takes the address on which pages are served.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; stop what listens there, or set another address (--listen)")
    })
}

/// Says where the pages are.
pub(crate) fn announce(site: &Site) -> Result<()> {
    console::print(&format!("{}\n", site.url()))
}
