//! A server's signs of life in the ledger, so that `t5g restore` finds it. Stores that are down stop no server.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::TimeDelta;
use t5g_model::clock::Clock;
use t5g_store::ledger::{Ledger, LiveServer};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::process;

/// How often it says that it lives.
const EVERY: Duration = Duration::from_secs(5);
/// Who was not heard of for so long is gone.
pub(crate) const SILENT: TimeDelta = TimeDelta::seconds(20);
/// How long taking leave may last.
const LEAVE: Duration = Duration::from_secs(2);

/// Enters this server and says again and again that it lives, until `stop`; then strikes it out.
pub(crate) async fn show(ledger: Ledger, clock: Clock, address: SocketAddr, stop: CancellationToken) {
    let server = this(&clock, address).await;
    let mut is_known = true;
    loop {
        match ledger.server_lives(&server).await {
            Ok(()) => is_known = true,
            // Once: that the ledger is away is told by those who need it.
            Err(error) if is_known => {
                is_known = false;
                tracing::warn!(%error, "the ledger does not know that this server lives");
            }
            Err(error) => tracing::debug!(%error, "the ledger still does not know that this server lives"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    match timeout(LEAVE, ledger.server_left(&server.name)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "this server is left in the ledger"),
        Err(_) => tracing::debug!("this server is left in the ledger: it does not answer"),
    }
}

async fn this(clock: &Clock, address: SocketAddr) -> LiveServer {
    // The name tells people where; the rest makes it unique.
    let unique = process::seed(clock) & 0xffff_ffff;
    let name = format!("{}-{}-{unique:08x}", process::host().await, std::process::id());
    let version = env!("CARGO_PKG_VERSION").to_owned();
    LiveServer { name, address: address.to_string(), version, started: clock.now() }
}
