//! Writes a batch of documents in one transaction, if its guard allows.

use bytes::Bytes;
use sqlx::{Sqlite, Transaction};
use t5g_model::documents::Document;

use super::SqliteDocuments;
use crate::documents::{Fence, Fingerprint, Guard};
use crate::{StoreError, keys, sqlite};

impl SqliteDocuments {
    /// Writes all of `batch` or nothing. The documents were checked before.
    pub(super) async fn write(&self, batch: &[(Document, Bytes)], guard: &Guard) -> Result<(), StoreError> {
        let expected = match guard.unchanged {
            Some((document, fingerprint)) => Some((document, self.revision_if(document, fingerprint).await?)),
            None => None,
        };
        let begun = self.pools.writer.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = begun.map_err(self.failed("beginning to write"))?;
        if let Some((document, revision)) = expected
            && self.revision(&mut tx, document).await? != revision
        {
            return Err(StoreError::Conflict { document });
        }
        if let Some(fence) = &guard.fence {
            self.pass_fence(&mut tx, fence).await?;
        }
        for (document, bytes) in batch {
            sqlx::query(
                "INSERT INTO documents (name, content, revision) \
                 VALUES ($1, $2, (SELECT COALESCE(MAX(revision), 0) + 1 FROM documents)) \
                 ON CONFLICT (name) DO UPDATE SET content = excluded.content, revision = excluded.revision",
            )
            .bind(keys::document(*document))
            .bind(bytes.to_vec())
            .execute(&mut *tx)
            .await
            .map_err(self.failed("writing a document"))?;
        }
        tx.commit().await.map_err(self.failed("committing documents"))
    }

    /// The revision under which the document looks like that; `None`: it does not exist and must not.
    /// Compared before the file is locked: a large document takes its time.
    async fn revision_if(
        &self,
        document: Document,
        expected: Option<Fingerprint>,
    ) -> Result<Option<i64>, StoreError> {
        match (self.read_revision(document).await?, expected) {
            (None, None) => Ok(None),
            (Some((stored, revision)), Some(expected)) if stored.fingerprint == expected => {
                Ok(Some(revision))
            }
            _ => Err(StoreError::Conflict { document }),
        }
    }

    async fn revision(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        document: Document,
    ) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar("SELECT revision FROM documents WHERE name = $1")
            .bind(keys::document(document))
            .fetch_optional(&mut **tx)
            .await
            .map_err(|error| sqlite::explain(&self.place, "comparing a document", error))
    }

    /// Leaves this holder's number, unless a newer one is there.
    async fn pass_fence(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        fence: &Fence,
    ) -> Result<(), StoreError> {
        let passed = sqlx::query(
            "INSERT INTO document_fences (lock_name, token) VALUES ($1, $2) \
             ON CONFLICT (lock_name) DO UPDATE SET token = excluded.token \
             WHERE document_fences.token <= excluded.token",
        )
        .bind(&fence.lock)
        .bind(fence.token)
        .execute(&mut **tx)
        .await
        .map_err(|error| sqlite::explain(&self.place, "checking a lock", error))?;
        if passed.rows_affected() == 0 {
            Err(StoreError::Fenced { lock: fence.lock.clone() })
        } else {
            Ok(())
        }
    }
}
