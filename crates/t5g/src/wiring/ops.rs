//! A process without pages: plays its roles for the queue, and tells monitoring how it is.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_queue::Role;
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;
use t5g_sync::SyncContext;
use t5g_web::Monitoring;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::background::Background;
use super::site;
use crate::process::StopWanted;

/// Makes every number of this process go to monitoring. To be called before anything is built that counts: what is
/// counted earlier is lost.
pub(crate) fn metrics() -> Result<PrometheusHandle> {
    t5g_web::install_metrics().context("the metrics cannot be set up")
}

/// Answers monitoring on that listener until `stop`.
pub(super) fn begin(
    ops: Monitoring,
    listener: TcpListener,
    stop: &CancellationToken,
) -> JoinHandle<std::io::Result<()>> {
    let address = listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string());
    tracing::info!(address, "monitoring may ask /metrics, /healthz and /readyz there");
    tokio::spawn(ops.serve(listener, stop.clone()))
}

/// Plays these roles until somebody wants the process to stop.
pub(crate) async fn play(
    settings: &Settings,
    metrics: PrometheusHandle,
    roles: &[Role],
    (documents, ledger): (Documents, Ledger),
    context: Option<&Arc<SyncContext>>,
    clock: Clock,
) -> Result<()> {
    let background = Background::new(settings, &documents, &ledger, context, &clock).await?;
    let stop = CancellationToken::new();
    let mut wanted = StopWanted::listen()?;
    let monitoring = match settings.general.ops_listen {
        None => None,
        Some(address) => {
            let listener = site::listen(address).await?;
            let ops = Monitoring::without_pages(metrics, background.launcher());
            Some(begin(ops, listener, &stop))
        }
    };
    tracing::info!(?roles, ledger = ledger.place(), documents = documents.place(), "begun");
    tokio::select! {
        () = wanted.wait() => {}
        () = background.run(roles, &stop) => {}
    }
    stop.cancel();
    background.shutdown().await;
    if let Some(monitoring) = monitoring {
        site::let_end(monitoring, "the listener for monitoring").await?;
    }
    ledger.close().await;
    tracing::info!(at = %clock.now(), "stopped");
    Ok(())
}
