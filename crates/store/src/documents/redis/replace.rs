//! Writes a batch of documents in one transaction (MULTI), if its guard allows (WATCH): the server neither
//! waits for us nor computes anything while others want it.

use bytes::Bytes;
use redis::Pipeline;
use redis::aio::MultiplexedConnection;
use t5g_model::documents::Document;

use super::Server;
use crate::documents::{Fence, Guard, check};
use crate::{StoreError, keys};

/// How often the transaction is tried while others write the same fence.
const TRIES: usize = 20;

/// Writes all of `batch` or nothing. The documents were checked before.
pub(super) async fn replace(
    server: &Server,
    batch: &[(Document, Bytes)],
    guard: &Guard,
) -> Result<(), StoreError> {
    let mut connection = server.connect().await?;
    for _ in 0..TRIES {
        watch_and_check(server, &mut connection, guard).await?;
        let done: Option<redis::Value> = transaction(batch, guard)
            .query_async(&mut connection)
            .await
            .map_err(server.failed("writing documents"))?;
        if done.is_some() {
            return Ok(());
        }
        // Something watched has changed: look at it again.
    }
    Err(StoreError::Unavailable {
        place: server.place.clone(),
        doing: "writing documents",
        cause: "others keep writing at the same time; try again".into(),
    })
}

fn transaction(batch: &[(Document, Bytes)], guard: &Guard) -> Pipeline {
    let mut pipe = redis::pipe();
    pipe.atomic();
    for (document, bytes) in batch {
        pipe.cmd("SET").arg(keys::document(*document)).arg(bytes.as_ref());
    }
    if let Some(fence) = &guard.fence {
        pipe.cmd("SET").arg(keys::fence(&fence.lock)).arg(fence.token);
    }
    // An empty transaction has no answer that says that it happened.
    pipe.cmd("PING");
    pipe
}

/// From here on the transaction happens only if nothing that the guard looks at changes.
async fn watch_and_check(
    server: &Server,
    connection: &mut MultiplexedConnection,
    guard: &Guard,
) -> Result<(), StoreError> {
    let mut watch = redis::cmd("WATCH");
    if let Some((document, _)) = guard.unchanged {
        watch.arg(keys::document(document));
    }
    if let Some(fence) = &guard.fence {
        watch.arg(keys::fence(&fence.lock));
    }
    if guard.unchanged.is_some() || guard.fence.is_some() {
        watch.exec_async(connection).await.map_err(server.failed("watching a document"))?;
    }
    if let Some(fence) = &guard.fence {
        pass_fence(server, connection, fence).await?;
    }
    if let Some((document, expected)) = guard.unchanged {
        let there = match server.value(connection, document).await? {
            Some(bytes) => Some(check::stored(&server.place, bytes).await?.fingerprint),
            None => None,
        };
        if there != expected {
            return Err(StoreError::Conflict { document });
        }
    }
    Ok(())
}

async fn pass_fence(
    server: &Server,
    connection: &mut MultiplexedConnection,
    fence: &Fence,
) -> Result<(), StoreError> {
    match highest(server, connection, &fence.lock).await? {
        Some(highest) if highest > fence.token => Err(StoreError::Fenced { lock: fence.lock.clone() }),
        _ => Ok(()),
    }
}

/// The highest holder's number that came under this lock.
pub(super) async fn highest(
    server: &Server,
    connection: &mut MultiplexedConnection,
    lock: &str,
) -> Result<Option<i64>, StoreError> {
    let mut get = redis::cmd("GET");
    get.arg(keys::fence(lock)).query_async(connection).await.map_err(server.failed("checking a lock"))
}
