//! A store of documents whose reads and writes are parts of a trace. Of a document only its name is told.

use std::collections::BTreeSet;
use std::future::Future;

use async_trait::async_trait;
use bytes::Bytes;
use t5g_model::documents::Document;
use t5g_telemetry::trace;
use tracing::Instrument as _;

use super::{ChangeFeed, Copier, DocumentStore, Guard, Stored};
use crate::StoreError;

/// Hands everything on to the store inside.
#[derive(Debug)]
pub(super) struct Traced<S> {
    pub(super) inner: S,
    /// What kind it is.
    pub(super) system: &'static str,
}

impl<S> Traced<S> {
    async fn part<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let span = trace::store(self.system, operation);
        let done = work.instrument(span.clone()).await;
        let error = done.is_err().then_some("failed");
        trace::ended(&span, if error.is_none() { "done" } else { "failed" }, error);
        done
    }
}

#[async_trait]
impl<S: DocumentStore> DocumentStore for Traced<S> {
    fn place(&self) -> String {
        self.inner.place()
    }

    async fn read(&self, document: Document) -> Result<Option<Stored>, StoreError> {
        self.part("read document", self.inner.read(document)).await
    }

    async fn present(&self) -> Result<BTreeSet<Document>, StoreError> {
        self.part("list documents", self.inner.present()).await
    }

    async fn replace(&self, batch: &[(Document, Bytes)], guard: &Guard) -> Result<(), StoreError> {
        self.part("replace documents", self.inner.replace(batch, guard)).await
    }

    async fn highest(&self, lock: &str) -> Result<Option<i64>, StoreError> {
        self.part("read a lock's number", self.inner.highest(lock)).await
    }

    fn changes(&self) -> ChangeFeed {
        self.inner.changes()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.part("ping", self.inner.ping()).await
    }

    async fn copy(&self, copier: &mut dyn Copier) -> Result<(), StoreError> {
        self.part("copy documents", self.inner.copy(copier)).await
    }
}
