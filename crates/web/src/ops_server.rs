//! A listener for monitoring alone: `/metrics`, `/healthz`, `/readyz`. Whoever reaches it may ask; where it is, is the
//! operators' choice.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_queue::Launcher;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

use crate::app::AppState;
use crate::settings::Limits;
use crate::{ops, server, telemetry};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What is answered there.
#[derive(Debug)]
pub struct Monitoring {
    router: Router,
    limits: Limits,
}

impl Monitoring {
    /// Of a process without pages.
    pub fn without_pages(metrics: PrometheusHandle, launcher: Launcher) -> Self {
        let measured = launcher.clone();
        let ready = move || async move {
            match launcher.queues().await {
                Ok(_) => (StatusCode::OK, "ready\n"),
                Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the ledger does not answer\n"),
            }
        };
        let router = Router::new()
            .route("/metrics", get(move || figures(metrics, measured)))
            .route("/healthz", get(ops::health))
            .route("/readyz", get(ready));
        Self { router, limits: Limits::default() }
    }

    /// Of a process that shows pages.
    pub(crate) fn beside_pages(app: AppState) -> Self {
        let (metrics, launcher) = (app.metrics().clone(), app.launcher().clone());
        let limits = app.settings().limits;
        let router = Router::new()
            .route("/metrics", get(move || figures(metrics, launcher)))
            .route("/healthz", get(ops::health))
            .route("/readyz", get(ops::readiness))
            .with_state(app);
        Self { router, limits }
    }

    /// Answers until `stop`, within the bounds that hold for pages.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let router = self.router.layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LIMIT));
        server::answer(listener, router, self.limits, stop.cancelled_owned(), || ()).await
    }
}

/// All figures; the queue's are taken from the ledger when they are asked for.
async fn figures(metrics: PrometheusHandle, launcher: Launcher) -> impl IntoResponse {
    if let Err(error) = launcher.measure().await {
        tracing::warn!(%error, "the queue's figures are as they were");
    }
    telemetry::process().await;
    metrics.run_upkeep();
    ([(CONTENT_TYPE, ops::METRICS_TYPE)], metrics.render())
}
