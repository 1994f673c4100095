//! Follows changes of a Redis that does not tell them: asks for a hash of each document from time to time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisError};
use t5g_model::documents::Document;

use super::Server;
use super::watch::{End, Teller};
use crate::documents::Change;
use crate::keys;

/// How often it asks. Hashing 50 MB costs the server some 100 ms.
pub(super) const EVERY: Duration = Duration::from_secs(4);

/// A document's hash, computed by the server; what is no text has none.
const HASH: &str = "if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return '' end \
                    return redis.sha1hex(redis.call('GET', KEYS[1]))";

/// Tells changes until the connection is lost.
pub(super) async fn follow(server: &Server, teller: &mut Teller) -> End {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(server.limits.connect))
        .set_response_timeout(Some(server.limits.response));
    let lost = match server.client.get_multiplexed_async_connection_with_config(&config).await {
        Ok(connection) => compare(connection, teller).await,
        Err(error) => error,
    };
    End::Lost(lost)
}

/// Ends with the error that ended it.
async fn compare(mut connection: MultiplexedConnection, teller: &mut Teller) -> RedisError {
    let mut known = match hashes(&mut connection).await {
        Ok(known) => known,
        Err(error) => return error,
    };
    teller.connected();
    loop {
        tokio::time::sleep(EVERY).await;
        let now = match hashes(&mut connection).await {
            Ok(now) => now,
            Err(error) => return error,
        };
        let changed: BTreeSet<_> = now
            .iter()
            .filter(|(document, hash)| known.get(*document) != Some(*hash))
            .map(|(one, _)| *one)
            .collect();
        if !changed.is_empty() {
            teller.tell(Change::Some(changed));
        }
        known = now;
    }
}

/// One document a command, so that others are served in between.
async fn hashes(connection: &mut MultiplexedConnection) -> Result<BTreeMap<Document, String>, RedisError> {
    let mut hashes = BTreeMap::new();
    for document in Document::ALL {
        let mut ask = redis::cmd("EVAL");
        ask.arg(HASH).arg(1).arg(keys::document(*document));
        hashes.insert(*document, ask.query_async(connection).await?);
    }
    Ok(hashes)
}
