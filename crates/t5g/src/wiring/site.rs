//! A running server: pages, background work if it does any, and the right order of starting and stopping them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_queue::Role;
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;
use t5g_sync::SyncContext;
use t5g_web::{AppBuilder, Assets};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::background::{self, Background};
use super::{access, intervals, ops, presence, web};
use crate::process::StopWanted;
use crate::{console, process};

/// How long answers that have begun may go on after a stop was wanted.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// A server that answers.
pub(crate) struct Site {
    background: Option<Arc<Background>>,
    ledger: Ledger,
    clock: Clock,
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
    monitoring: Option<JoinHandle<std::io::Result<()>>>,
    stop: CancellationToken,
    presence: JoinHandle<()>,
    gone: CancellationToken,
    wanted: StopWanted,
}

/// What a site is made of.
pub(crate) struct Parts {
    /// The documents.
    pub(crate) documents: Documents,
    /// The ledger.
    pub(crate) ledger: Ledger,
    /// What fetching needs; without it this process works on no task.
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
    pub(crate) async fn start(
        settings: &Settings,
        metrics: PrometheusHandle,
        listener: TcpListener,
        parts: Parts,
    ) -> Result<Self> {
        let Parts { documents, ledger, context, clock } = parts;
        let background = match &context {
            Some(context) => {
                let background =
                    Background::new(settings, &documents, &ledger, Some(context), &clock).await?;
                Some(Arc::new(background))
            }
            None => None,
        };
        let launcher = match &background {
            Some(background) => background.launcher(),
            None => background::launcher(settings, ledger.clone(), clock.clone())?,
        };
        let intervals = intervals::intervals(launcher.catalog(), clock.now());
        let stop = CancellationToken::new();
        let access = access::access(settings, &stop)?;
        let app = AppBuilder {
            documents,
            ledger: ledger.clone(),
            launcher,
            clock: clock.clone(),
            chance: process::chance(),
            settings: web::web_settings(settings, intervals, access),
            assets: Assets::embedded()?,
            metrics,
        };
        let app = app.start().await?;
        let wanted = StopWanted::listen()?;
        let monitoring = match settings.general.ops_listen {
            Some(address) => Some(ops::begin(app.monitoring(), listen(address).await?, &stop)),
            None => None,
        };
        let address = listener.local_addr().context("the address that is listened on")?;
        let server = tokio::spawn(t5g_web::serve(listener, app, stop.clone().cancelled_owned()));
        let gone = CancellationToken::new();
        let presence = tokio::spawn(presence::show(ledger.clone(), clock.clone(), address, gone.clone()));
        Ok(Self { background, ledger, clock, address, server, monitoring, stop, presence, gone, wanted })
    }

    /// Where its pages are.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Begins to fetch: what is missing at once, the rest by schedule.
    pub(crate) fn fetch(&self) {
        let Some(background) = self.background.clone() else { return };
        let stop = self.stop.clone();
        tokio::spawn(async move { background.run(&[Role::Work, Role::Schedule], &stop).await });
    }

    /// Serves until somebody wants it to stop; then lets answers and tasks end.
    pub(crate) async fn until_stopped(mut self) -> Result<()> {
        tokio::select! {
            () = self.wanted.wait() => {}
            ended = &mut self.server => {
                return Err(anyhow::anyhow!("the server ended by itself: {ended:?}"));
            }
        }
        self.stop.cancel();
        if let Some(background) = &self.background {
            background.shutdown().await;
        }
        let_end(self.server, "the server").await?;
        if let Some(monitoring) = self.monitoring {
            // Whoever still asks is not waited for.
            monitoring.abort();
        }
        self.gone.cancel();
        self.presence.await.context("taking leave of the ledger")?;
        self.ledger.close().await;
        tracing::info!(at = %self.clock.now(), "stopped");
        Ok(())
    }
}

/// Lets a listener that was told to stop end; whoever has not had an answer by then is not waited for.
pub(super) async fn let_end(mut server: JoinHandle<std::io::Result<()>>, what: &'static str) -> Result<()> {
    match tokio::time::timeout(LAST_ANSWERS, &mut server).await {
        Ok(ended) => ended.context(what)?.context(what)?,
        Err(_) => server.abort(),
    }
    Ok(())
}

/// Takes the address on which pages are served.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "{address} cannot be listened on; stop what listens there, or set another address (--listen, \
             for monitoring T5G_OPS_LISTEN)"
        )
    })
}

/// Says where the pages are.
pub(crate) fn announce(site: &Site) -> Result<()> {
    console::print(&format!("{}\n", site.url()))
}
