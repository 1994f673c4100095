//! Numbers for operators about every request. Labels are upstream, route template and outcome: all bounded.

use std::time::Duration;

use crate::UpstreamName;

/// One attempt ended.
pub(super) fn attempt(upstream: UpstreamName, route: &'static str, outcome: &'static str, took: Duration) {
    let upstream = upstream.label();
    metrics::counter!("t5g_upstream_requests_total", "upstream" => upstream, "route" => route, "outcome" => outcome)
        .increment(1);
    metrics::histogram!("t5g_upstream_request_seconds", "upstream" => upstream, "route" => route)
        .record(took.as_secs_f64());
}

/// Another attempt will follow, for this reason.
pub(super) fn retry(upstream: UpstreamName, route: &'static str, reason: &'static str) {
    metrics::counter!("t5g_upstream_retries_total", "upstream" => upstream.label(), "route" => route, "reason" => reason)
        .increment(1);
}
