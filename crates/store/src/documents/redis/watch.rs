//! Keeps the change feed of Redis alive: connects, follows the changes, and after every loss connects again
//! and says that anything may have changed.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Server, poll, track};
use crate::documents::{Change, ChangeFeed, FEED_CAPACITY};
use crate::measure;

/// The pause before the first try to connect again; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// The watch over one server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    changes: broadcast::Sender<Change>,
    _stop: DropGuard,
}

/// Why following the changes ended.
pub(super) enum End {
    /// The connection is lost or could not be made.
    Lost(redis::RedisError),
    /// The server does not tell changes by itself.
    Unable(redis::RedisError),
}

/// Where the changes are told.
pub(super) struct Teller {
    changes: broadcast::Sender<Change>,
    connected: bool,
}

impl Watch {
    /// Begins to watch.
    pub(super) fn start(server: Server) -> Self {
        let changes = broadcast::Sender::new(FEED_CAPACITY);
        let stop = CancellationToken::new();
        let (stopped, teller) = (stop.clone(), Teller { changes: changes.clone(), connected: false });
        tokio::spawn(async move { stopped.run_until_cancelled(follow(server, teller)).await });
        Self { changes, _stop: stop.drop_guard() }
    }

    /// A feed of every change from now on.
    pub(super) fn feed(&self) -> ChangeFeed {
        ChangeFeed::new(self.changes.subscribe())
    }
}

impl Teller {
    /// The connection stands: what happened before is unknown.
    pub(super) fn connected(&mut self) {
        self.connected = true;
        self.tell(Change::Everything);
    }

    /// That nobody listens is no error.
    pub(super) fn tell(&self, change: Change) {
        let listeners = self.changes.send(change).unwrap_or(0);
        tracing::trace!(listeners, "documents changed");
    }
}

async fn follow(server: Server, mut teller: Teller) {
    let mut pause = FIRST_PAUSE;
    let mut track = true;
    let mut first_loss = true;
    loop {
        teller.connected = false;
        let end = if track {
            track::follow(&server, &mut teller).await
        } else {
            poll::follow(&server, &mut teller).await
        };
        if teller.connected {
            measure::lost("redis");
            pause = FIRST_PAUSE;
            first_loss = true;
        }
        match end {
            End::Unable(error) => {
                track = false;
                tracing::warn!(
                    place = server.place, %error,
                    "this Redis does not tell changes (CLIENT TRACKING needs Redis 6 and the permission); \
                     asking every {} s instead", poll::EVERY.as_secs()
                );
            }
            End::Lost(error) => {
                // The server that comes back may be another one.
                track = true;
                if first_loss {
                    tracing::warn!(place = server.place, %error, "the change feed is lost; connecting again");
                } else {
                    tracing::debug!(place = server.place, %error, "the change feed is still lost");
                }
                first_loss = false;
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            }
        }
    }
}
