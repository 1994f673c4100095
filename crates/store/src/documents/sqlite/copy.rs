//! Copies all documents as of one moment: in one transaction that only reads, beside which others may write.

use bytes::Bytes;
use sqlx::Row as _;
use t5g_model::documents::Document;

use super::SqliteDocuments;
use crate::documents::{Copier, check, not_taken};
use crate::{StoreError, keys};

impl SqliteDocuments {
    /// Hands every document that exists to `copier`.
    pub(super) async fn copy_all(&self, copier: &mut dyn Copier) -> Result<(), StoreError> {
        copier.begin().map_err(not_taken(&self.place))?;
        let begun = self.pools.readers.begin().await;
        let mut tx = begun.map_err(self.failed("beginning to read"))?;
        for document in Document::ALL {
            let row = sqlx::query("SELECT content, length(content) AS size FROM documents WHERE name = $1")
                .bind(keys::document(*document))
                .fetch_optional(&mut *tx)
                .await
                .map_err(self.failed("reading a document"))?;
            let Some(row) = row else { continue };
            let size: i64 = row.try_get("size").map_err(self.failed("reading a document"))?;
            check::size(*document, usize::try_from(size).unwrap_or(usize::MAX))?;
            let content: Vec<u8> = row.try_get("content").map_err(self.failed("reading a document"))?;
            copier.take(*document, &Bytes::from(content)).map_err(not_taken(&self.place))?;
        }
        tx.commit().await.map_err(self.failed("ending to read"))
    }
}
