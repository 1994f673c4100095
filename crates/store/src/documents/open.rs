//! Chooses the backend by the address.

use std::sync::Arc;
use std::time::Duration;

use super::Documents;
use super::redis::RedisDocuments;
use super::sqlite::SqliteDocuments;
use super::traced::Traced;
use crate::{Address, Opening, StoreError};

/// How long the store waits for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For one answer; long enough for 500 MB over the network in use.
    pub response: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), response: Duration::from_mins(1) }
    }
}

/// Opens the documents at that address: `sqlite:FILE`, `redis://…` or `rediss://…`.
///
/// A SQLite file is made if missing, and brought up to date. Redis is not waited for: while it is down each call
/// fails, and the change feed tells when it is back. [`super::DocumentStore::ping`] asks whether it is there.
pub async fn open(address: &str, limits: Limits) -> Result<Documents, StoreError> {
    open_to(Opening::Serve, address, limits).await
}

/// The same for another purpose than to run the service. Redis needs no preparation, whatever the purpose.
pub async fn open_to(opening: Opening, address: &str, limits: Limits) -> Result<Documents, StoreError> {
    let address = Address::parse(address)?;
    match &address {
        Address::Sqlite(path) => {
            let inner = SqliteDocuments::open(path, address.to_string(), opening).await?;
            Ok(Arc::new(Traced { inner, system: "sqlite" }))
        }
        Address::Redis(url) => {
            let inner = RedisDocuments::open(url, address.to_string(), limits)?;
            Ok(Arc::new(Traced { inner, system: "redis" }))
        }
        Address::Postgres(_) => {
            Err(address
                .unfit("documents", "sqlite:FILE, redis://HOST:PORT/NUMBER or rediss://HOST:PORT/NUMBER"))
        }
    }
}
