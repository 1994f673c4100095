//! Where documents are kept during a test: opened any number of times, and written to behind the store's back.

use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use t5g_model::documents::Document;
use t5g_store::documents::{Documents, Limits, open};
use t5g_testkit::Redis;

/// A place for documents.
#[async_trait]
pub(crate) trait Place: Send + Sync {
    /// Its address.
    fn address(&self) -> String;

    /// Puts bytes there as another program would.
    async fn plant(&self, document: Document, bytes: &[u8]);

    /// Puts so many bytes there.
    async fn plant_size(&self, document: Document, size: u64);

    /// Opens it once more.
    async fn open(&self) -> Documents {
        open(&self.address(), Limits::default()).await.unwrap()
    }
}

/// A SQLite file.
pub(crate) struct InSqlite {
    pub(crate) folder: tempfile::TempDir,
}

impl InSqlite {
    pub(crate) fn start() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    async fn write(&self, document: Document, value: &'static str, bytes: Vec<u8>, size: i64) {
        drop(self.open().await);
        let path = self.folder.path().join("a/documents.db");
        let mut file = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::query(value).bind(document.name()).bind(bytes).bind(size).execute(&mut file).await.unwrap();
    }
}

#[async_trait]
impl Place for InSqlite {
    fn address(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("a/documents.db").display())
    }

    async fn plant(&self, document: Document, bytes: &[u8]) {
        let sql = "INSERT OR REPLACE INTO documents (name, content, revision) \
                   SELECT $1, $2, $3 + COALESCE(MAX(revision), 0) + 1 FROM documents";
        self.write(document, sql, bytes.to_vec(), 0).await;
    }

    async fn plant_size(&self, document: Document, size: u64) {
        let sql = "INSERT OR REPLACE INTO documents (name, content, revision) \
                   SELECT $1, zeroblob($3), length($2) + COALESCE(MAX(revision), 0) + 1 FROM documents";
        self.write(document, sql, Vec::new(), i64::try_from(size).unwrap()).await;
    }
}

/// A Redis of its own.
pub(crate) struct InRedis {
    pub(crate) server: Redis,
}

impl InRedis {
    pub(crate) async fn start() -> Self {
        Self { server: Redis::start().await.unwrap() }
    }
}

#[async_trait]
impl Place for InRedis {
    fn address(&self) -> String {
        self.server.url()
    }

    async fn plant(&self, document: Document, bytes: &[u8]) {
        let client = redis::Client::open(self.address()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("SET").arg(document.name()).arg(bytes).exec_async(&mut connection).await.unwrap();
    }

    async fn plant_size(&self, document: Document, size: u64) {
        let last = (size - 1).to_string();
        self.server.cli(&["SETRANGE", document.name(), &last, "x"]).await.unwrap();
    }
}
