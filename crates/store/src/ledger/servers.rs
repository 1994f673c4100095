//! Processes that show pages: who they are and when they were last heard of, for whoever must not work under them.
//! Nothing that they answer depends on it.

use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use crate::StoreError;

/// Who was not heard of for so long is struck out by the next one that comes.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

/// A process that shows pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveServer {
    /// Its name, unique in the ledger.
    pub name: String,
    /// Where it listens.
    pub address: String,
    /// The program's version.
    pub version: String,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it was last heard of.
    pub seen: DateTime<Utc>,
}

impl Ledger {
    /// Enters a server, or says that it lives. Those that are long gone are struck out.
    pub async fn server_lives(&self, server: &LiveServer) -> Result<(), StoreError> {
        let sql = "INSERT INTO servers (name, address, version, started, seen) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (name) DO UPDATE SET seen = excluded.seen";
        let args = [
            (&server.name).into(),
            (&server.address).into(),
            (&server.version).into(),
            server.started.into(),
            server.seen.into(),
        ];
        let mut tx = self.db().await?.begin().await?;
        tx.execute(sql, &args).await?;
        tx.execute("DELETE FROM servers WHERE seen < $1", &[(server.seen - FORGOTTEN).into()]).await?;
        tx.commit().await
    }

    /// Strikes a server out.
    pub async fn server_left(&self, name: &str) -> Result<(), StoreError> {
        self.db().await?.execute("DELETE FROM servers WHERE name = $1", &[name.into()]).await.map(drop)
    }

    /// All servers that were heard of since then, by name.
    pub async fn servers_since(&self, since: DateTime<Utc>) -> Result<Vec<LiveServer>, StoreError> {
        let sql = "SELECT name, address, version, started, seen FROM servers WHERE seen >= $1 ORDER BY name";
        let rows = self.db().await?.fetch(sql, &[since.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(LiveServer {
                    name: row.get("name")?,
                    address: row.get("address")?,
                    version: row.get("version")?,
                    started: row.some_time("started")?,
                    seen: row.some_time("seen")?,
                })
            })
            .collect()
    }
}
