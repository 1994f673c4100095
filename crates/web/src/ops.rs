//! For orchestrators and monitoring: `/healthz`, `/readyz`, `/metrics`. Nothing private in the first two.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::AppState;
use crate::telemetry;

/// `GET /healthz`: the process answers.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    /// Whether requests can be served.
    ready: bool,
    /// `ok`, or that the store cannot be read.
    document_store: &'static str,
    /// `ok`, or that the ledger cannot be read.
    ledger: &'static str,
    /// Documents of which the last good state is served, and since when.
    unreadable_documents: BTreeMap<&'static str, String>,
}

/// `GET /readyz`: 200 as soon as and as long as there is data to answer from, with what is wrong all the same.
pub(crate) async fn readiness(State(app): State<AppState>) -> Response {
    let live = app.live().board();
    let holdings = &live.holdings;
    let well = |well: bool| if well { "ok" } else { "cannot be read" };
    let unreadable = holdings.documents.iter().filter_map(|(document, held)| {
        let since = held.trouble.as_ref()?.since;
        Some((document.name(), since.to_rfc3339()))
    });
    let body = Readiness {
        ready: holdings.loaded,
        document_store: well(holdings.store.is_none()),
        ledger: well(app.live().sources().trouble.is_none()),
        unreadable_documents: unreadable.collect(),
    };
    let status = if body.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

/// Prometheus' text format.
pub(crate) const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
pub(crate) async fn metrics(State(app): State<AppState>) -> Response {
    telemetry::process().await;
    ([(CONTENT_TYPE, METRICS_TYPE)], app.metrics().render()).into_response()
}
