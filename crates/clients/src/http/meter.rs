//! Numbers for operators about every request. Labels are upstream, route template, outcome and class of status: all
//! bounded. What each says stands in the one list, crates/telemetry/src/metrics.rs.

use std::time::Duration;

use crate::UpstreamName;

/// A nought for what is rare: a rate needs a first value.
pub(super) fn begin(upstream: UpstreamName) {
    metrics::counter!("t5g_upstream_credential_rejected_total", "upstream" => upstream.label()).increment(0);
}

/// A call failed for good because the credential counts for nothing.
pub(super) fn credential_rejected(upstream: UpstreamName) {
    metrics::counter!("t5g_upstream_credential_rejected_total", "upstream" => upstream.label()).increment(1);
}

/// One attempt ended; `status`, if an answer came.
pub(super) fn attempt(
    upstream: UpstreamName,
    route: &'static str,
    (outcome, status): (&'static str, Option<u16>),
    took: Duration,
) {
    let (upstream, status) = (upstream.label(), class(status));
    metrics::counter!("t5g_upstream_requests_total", "upstream" => upstream, "route" => route, "outcome" => outcome, "status" => status)
        .increment(1);
    metrics::histogram!("t5g_upstream_request_seconds", "upstream" => upstream, "route" => route)
        .record(took.as_secs_f64());
}

/// Another attempt will follow, for this reason.
pub(super) fn retry(upstream: UpstreamName, route: &'static str, reason: &'static str) {
    metrics::counter!("t5g_upstream_retries_total", "upstream" => upstream.label(), "route" => route, "reason" => reason)
        .increment(1);
}

const fn class(status: Option<u16>) -> &'static str {
    match status {
        None => "none",
        Some(200..=299) => "2xx",
        Some(300..=399) => "3xx",
        Some(400..=499) => "4xx",
        Some(500..=599) => "5xx",
        Some(_) => "other",
    }
}
