//! The numbers of connections for operators; what each says stands in the one list, crates/telemetry/src/metrics.rs.

/// A connection was made.
pub(crate) fn connected(store: &'static str) {
    metrics::counter!("t5g_store_connections_total", "store" => store).increment(1);
}

/// A connection that stood is no more.
pub(crate) fn lost(store: &'static str) {
    metrics::counter!("t5g_store_lost_total", "store" => store).increment(1);
}
