//! Where the ledger and the documents of a test are.

use t5g_store::documents::{Documents, Limits, open};
use t5g_store::ledger::Ledger;
use t5g_testkit::{Postgres, Redis};

/// Two addresses, and what must live as long as they are used.
pub(crate) struct Bed {
    pub(crate) ledger: String,
    pub(crate) documents: String,
    pub(crate) _folder: Option<tempfile::TempDir>,
    pub(crate) _redis: Option<Redis>,
}

impl Bed {
    /// Both in one SQLite file.
    pub(crate) async fn in_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/t5g.db", folder.path().display());
        drop(open(&address, Limits::default()).await.unwrap());
        Self { ledger: address.clone(), documents: address, _folder: Some(folder), _redis: None }
    }

    /// The ledger in PostgreSQL, the documents in Redis.
    pub(crate) async fn on_servers() -> Self {
        let database = Postgres::start().await.unwrap();
        let redis = Redis::start().await.unwrap();
        Self { ledger: database.url().to_owned(), documents: redis.url(), _folder: None, _redis: Some(redis) }
    }

    /// The ledger, opened once more.
    pub(crate) async fn ledger(&self) -> Ledger {
        let ledger = Ledger::open(&self.ledger).await.unwrap();
        ledger.db().await.unwrap();
        ledger
    }

    /// The documents, opened once more.
    pub(crate) async fn documents(&self) -> Documents {
        open(&self.documents, Limits::default()).await.unwrap()
    }
}
