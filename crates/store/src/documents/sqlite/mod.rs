//! The documents in one SQLite file, which may also hold the ledger. Several processes may use it at once.

mod copy;
mod replace;
mod watch;

use std::collections::BTreeSet;
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::Row as _;
use t5g_model::documents::Document;

use self::watch::Watch;
use super::{ChangeFeed, Copier, DocumentStore, Guard, Stored, check};
use crate::ledger::Db;
use crate::sqlite::{self, Pools};
use crate::{Opening, StoreError, keys, migrations};

/// Documents in a SQLite file.
#[derive(Debug)]
pub(super) struct SqliteDocuments {
    pools: Pools,
    place: String,
    watch: Watch,
}

impl SqliteDocuments {
    /// Opens the file, makes it and its tables if missing and allowed, and begins to watch it.
    pub(super) async fn open(path: &Path, place: String, opening: Opening) -> Result<Self, StoreError> {
        let tables = &migrations::DOCUMENTS;
        let pools = sqlite::open(path, &place, tables.part(), opening).await?;
        tables.open(&Db::lite(pools.clone(), &place), opening).await?;
        let watch = Watch::start(path, &place).await?;
        Ok(Self { pools, place, watch })
    }

    fn failed(&self, doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
        move |error| sqlite::explain(&self.place, doing, error)
    }
}

#[async_trait]
impl DocumentStore for SqliteDocuments {
    fn place(&self) -> String {
        self.place.clone()
    }

    async fn read(&self, document: Document) -> Result<Option<Stored>, StoreError> {
        Ok(self.read_revision(document).await?.map(|(stored, _)| stored))
    }

    async fn present(&self) -> Result<BTreeSet<Document>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar("SELECT name FROM documents")
            .fetch_all(&self.pools.readers)
            .await
            .map_err(self.failed("listing the documents"))?;
        Ok(names.iter().filter_map(|name| keys::document_at(name.as_bytes())).collect())
    }

    async fn replace(&self, batch: &[(Document, Bytes)], guard: &Guard) -> Result<(), StoreError> {
        check::batch(&self.place, batch).await?;
        self.write(batch, guard).await?;
        self.watch.look_now();
        Ok(())
    }

    async fn highest(&self, lock: &str) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar("SELECT token FROM document_fences WHERE lock_name = $1")
            .bind(lock)
            .fetch_optional(&self.pools.readers)
            .await
            .map_err(self.failed("reading a lock's number"))
    }

    fn changes(&self) -> ChangeFeed {
        self.watch.feed()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let one = sqlx::query("SELECT 1").execute(&self.pools.readers).await;
        one.map(drop).map_err(self.failed("asking whether it is there"))
    }

    async fn copy(&self, copier: &mut dyn Copier) -> Result<(), StoreError> {
        self.copy_all(copier).await
    }
}

impl SqliteDocuments {
    /// A document and its revision; too large a one is not fetched.
    async fn read_revision(&self, document: Document) -> Result<Option<(Stored, i64)>, StoreError> {
        let failed = || self.failed("reading a document");
        let row =
            sqlx::query("SELECT content, revision FROM documents WHERE name = $1 AND length(content) <= $2")
                .bind(keys::document(document))
                .bind(i64::try_from(super::MAX_DOCUMENT_BYTES).unwrap_or(i64::MAX))
                .fetch_optional(&self.pools.readers)
                .await
                .map_err(failed())?;
        let Some(row) = row else { return self.absent_or_too_large(document).await };
        let content: Vec<u8> = row.try_get("content").map_err(failed())?;
        let revision = row.try_get("revision").map_err(failed())?;
        drop(row);
        let stored = check::stored(&self.place, Bytes::from(content)).await?;
        Ok(Some((stored, revision)))
    }

    async fn absent_or_too_large(&self, document: Document) -> Result<Option<(Stored, i64)>, StoreError> {
        let size: Option<i64> = sqlx::query_scalar("SELECT length(content) FROM documents WHERE name = $1")
            .bind(keys::document(document))
            .fetch_optional(&self.pools.readers)
            .await
            .map_err(self.failed("reading a document"))?;
        if let Some(size) = size {
            check::size(document, usize::try_from(size).unwrap_or(usize::MAX))?;
        }
        Ok(None)
    }
}
