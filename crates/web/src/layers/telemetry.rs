//! One log line, two metrics and, if they are collected, one span per request, labelled by route template: never by raw
//! address, which anybody can make up without end.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use t5g_telemetry::trace;
use tracing::{Instrument, Span, field};

use crate::layers::request_id::RequestId;

/// What machines ask every few seconds is no part of any trace.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The layer.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)".to_owned(), |path| path.as_str().to_owned());
    let method = method_label(request.method());
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let span = tracing::info_span!("request", request_id = %id, method, %route, trace_id = field::Empty);
    let traced = if PROBES.contains(&&*route) {
        Span::none()
    } else {
        trace::request(method, &route, request.headers())
    };
    if let Some(trace_id) = trace::id(&traced) {
        span.record("trace_id", trace_id);
    }
    let started = Instant::now();
    let response = next.run(request).instrument(traced.clone()).instrument(span.clone()).await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    trace::request_ended(&traced, status);
    metrics::counter!("t5g_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("t5g_http_request_seconds", "method" => method, "route" => route).record(seconds);
    let _entered = span.enter();
    tracing::debug!(status, milliseconds = seconds * 1000.0, "answered");
    response
}

/// Methods are made up by clients too: only the standard ones are labels.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
