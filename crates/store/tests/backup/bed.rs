//! Stores to copy from and to: both in one SQLite file, or Redis and PostgreSQL.

use bytes::Bytes;
use t5g_model::documents::Document;
use t5g_store::backup::{self, BackupError, Contents};
use t5g_store::documents::{Documents, Guard, Limits, open};
use t5g_store::ledger::Ledger;
use t5g_testkit::{Postgres, Redis};

/// Both halves of a store.
pub(crate) struct Bed {
    pub(crate) documents: Documents,
    pub(crate) ledger: Ledger,
    pub(crate) redis: Option<Redis>,
    _folder: Option<tempfile::TempDir>,
}

impl Bed {
    /// One SQLite file.
    pub(crate) async fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/t5g.db", folder.path().display());
        Self::at(&address, &address, None, Some(folder)).await
    }

    /// Redis and PostgreSQL.
    pub(crate) async fn servers() -> Self {
        let (redis, database) = (Redis::start().await.unwrap(), Postgres::start().await.unwrap());
        Self::at(&redis.url(), database.url(), Some(redis), None).await
    }

    async fn at(
        documents: &str,
        ledger: &str,
        redis: Option<Redis>,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let documents = open(documents, Limits::default()).await.unwrap();
        let ledger = Ledger::open(ledger).await.unwrap();
        Self { documents, ledger, redis, _folder: folder }
    }

    pub(crate) async fn put(&self, document: Document, text: &str) {
        self.documents.replace(&[(document, Bytes::from(text.to_owned()))], &Guard::default()).await.unwrap();
    }

    pub(crate) async fn text(&self, document: Document) -> Option<String> {
        let stored = self.documents.read(document).await.unwrap()?;
        Some(String::from_utf8(stored.bytes.to_vec()).unwrap())
    }

    pub(crate) async fn sql(&self, sql: &'static str) {
        self.ledger.db().await.unwrap().execute(sql, &[]).await.unwrap();
    }

    /// The rows of a statement with a text `a` and a number `b`.
    pub(crate) async fn rows(&self, sql: &'static str) -> Vec<(Option<String>, Option<i64>)> {
        let rows = self.ledger.db().await.unwrap().fetch(sql, &[]).await.unwrap();
        rows.iter().map(|row| (row.get("a").unwrap(), row.get("b").unwrap())).collect()
    }

    pub(crate) async fn back_up(&self) -> (tempfile::NamedTempFile, Contents) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let made = "2026-11-23T14:05:00Z".parse().unwrap();
        let contents =
            backup::write(file.as_file(), &self.documents, &self.ledger, ("9.9.9", made)).await.unwrap();
        (file, contents)
    }

    pub(crate) async fn restore(&self, file: &std::fs::File, over: bool) -> Result<Contents, BackupError> {
        backup::restore(file, &self.documents, &self.ledger, over).await
    }
}
