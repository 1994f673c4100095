//! A listener for monitoring alone, for processes without pages: `/metrics`, `/healthz`, `/readyz`.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_queue::Launcher;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

use crate::ops;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Answers monitoring until `stop`. The queue's figures are taken from the ledger when they are asked for.
pub async fn serve_ops(
    listener: TcpListener,
    metrics: PrometheusHandle,
    launcher: Launcher,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let measured = launcher.clone();
    let figures = move || async move {
        if let Err(error) = measured.measure().await {
            tracing::warn!(%error, "the queue's figures are as they were");
        }
        metrics.run_upkeep();
        ([(CONTENT_TYPE, ops::METRICS_TYPE)], metrics.render())
    };
    let ready = move || async move {
        match launcher.queues().await {
            Ok(_) => (StatusCode::OK, "ready\n"),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the ledger does not answer\n"),
        }
    };
    let router = Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(ops::health))
        .route("/readyz", get(ready))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LIMIT));
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}
