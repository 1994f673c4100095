//! The documents in Redis under the contract's keys: the same bytes that the Python dashboard reads and writes.
//!
//! Every call has a connection of its own: a large document holds up no other call, a connection that died
//! unnoticed is never used, and a call that is dropped midway leaves nothing behind.

mod copy;
mod poll;
mod replace;
mod track;
mod watch;

use std::collections::BTreeSet;

use async_trait::async_trait;
use bytes::Bytes;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, RedisError};
use t5g_model::documents::Document;

use self::watch::Watch;
use super::{ChangeFeed, Copier, DocumentStore, Guard, Limits, Stored, check};
use crate::{StoreError, keys, measure};

/// Documents in Redis.
#[derive(Debug)]
pub(super) struct RedisDocuments {
    server: Server,
    watch: Watch,
}

impl RedisDocuments {
    /// Reads the address and begins to watch; does not wait for the server.
    pub(super) fn open(url: &str, place: String, limits: Limits) -> Result<Self, StoreError> {
        let server = Server::new(url, place, limits)?;
        let watch = Watch::start(server.clone());
        Ok(Self { server, watch })
    }
}

#[async_trait]
impl DocumentStore for RedisDocuments {
    fn place(&self) -> String {
        self.server.place.clone()
    }

    async fn read(&self, document: Document) -> Result<Option<Stored>, StoreError> {
        let mut connection = self.server.connect().await?;
        let bytes = self.server.value(&mut connection, document).await?;
        match bytes {
            Some(bytes) => check::stored(&self.server.place, bytes).await.map(Some),
            None => Ok(None),
        }
    }

    async fn present(&self) -> Result<BTreeSet<Document>, StoreError> {
        let mut connection = self.server.connect().await?;
        let mut pipe = redis::pipe();
        for document in Document::ALL {
            pipe.cmd("EXISTS").arg(keys::document(*document));
        }
        let there: Vec<bool> =
            pipe.query_async(&mut connection).await.map_err(self.server.failed("listing the documents"))?;
        Ok(Document::ALL
            .iter()
            .zip(there)
            .filter_map(|(document, there)| there.then_some(*document))
            .collect())
    }

    async fn replace(&self, batch: &[(Document, Bytes)], guard: &Guard) -> Result<(), StoreError> {
        check::batch(&self.server.place, batch).await?;
        replace::replace(&self.server, batch, guard).await
    }

    async fn highest(&self, lock: &str) -> Result<Option<i64>, StoreError> {
        let mut connection = self.server.connect().await?;
        replace::highest(&self.server, &mut connection, lock).await
    }

    fn changes(&self) -> ChangeFeed {
        self.watch.feed()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.server.connect().await?;
        let pong: Result<String, _> = redis::cmd("PING").query_async(&mut connection).await;
        pong.map(drop).map_err(self.server.failed("asking whether it is there"))
    }

    async fn copy(&self, copier: &mut dyn Copier) -> Result<(), StoreError> {
        copy::copy(&self.server, copier).await
    }
}

/// How the server is reached.
#[derive(Clone)]
struct Server {
    client: Client,
    place: String,
    limits: Limits,
}

impl Server {
    fn new(url: &str, place: String, limits: Limits) -> Result<Self, StoreError> {
        let client =
            url.into_connection_info().and_then(Client::open).map_err(|error| StoreError::Address {
                address: place.clone(),
                // The error's detail may repeat parts of the address; its category does not.
                reason: format!("{}; expected redis://USER:PASSWORD@HOST:PORT/NUMBER", error.category()),
            })?;
        Ok(Self { client, place, limits })
    }

    /// A new connection.
    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.limits.connect))
            .set_response_timeout(Some(self.limits.response));
        let connected = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let connection = connected.map_err(self.failed("connecting"))?;
        measure::connected("redis");
        Ok(connection)
    }

    /// A document's bytes; too large a one is not fetched.
    async fn value(
        &self,
        connection: &mut MultiplexedConnection,
        document: Document,
    ) -> Result<Option<Bytes>, StoreError> {
        let key = keys::document(document);
        let failed = |error: RedisError| match error.code() {
            Some("WRONGTYPE") => StoreError::Corrupt {
                place: self.place.clone(),
                reason: format!("the key {key} holds no text but another type; delete it (DEL {key})"),
            },
            _ => self.failed("reading a document")(error),
        };
        let size: usize = redis::cmd("STRLEN").arg(key).query_async(connection).await.map_err(failed)?;
        check::size(document, size)?;
        let value: Option<Vec<u8>> =
            redis::cmd("GET").arg(key).query_async(connection).await.map_err(failed)?;
        let Some(value) = value else { return Ok(None) };
        // It may have grown between the two commands.
        check::size(document, value.len())?;
        Ok(Some(Bytes::from(value)))
    }

    /// Turns the driver's error into ours.
    fn failed(&self, doing: &'static str) -> impl Fn(RedisError) -> StoreError {
        move |error| StoreError::Unavailable { place: self.place.clone(), doing, cause: error.into() }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.place)
    }
}
