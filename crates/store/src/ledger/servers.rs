//! Processes that show pages: who they are and when they were last heard of, for whoever must not work under them.
//! Nothing that they answer depends on it. Who was heard of is written down, and judged, by the database's clock:
//! machines' clocks differ.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ledger, OwnSql};
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
    /// When it began, by its own clock.
    pub started: DateTime<Utc>,
}

impl Ledger {
    /// Enters a server, or says that it lives. Those that are long gone are struck out.
    pub async fn server_lives(&self, server: &LiveServer) -> Result<(), StoreError> {
        let db = self.db().await?;
        let now = db.now();
        let sql = format!(
            "INSERT INTO servers (name, address, version, started, seen) VALUES ($1, $2, $3, $4, {now}) \
             ON CONFLICT (name) DO UPDATE SET seen = excluded.seen"
        );
        let args = [
            (&server.name).into(),
            (&server.address).into(),
            (&server.version).into(),
            server.started.into(),
        ];
        let mut tx = db.begin().await?;
        tx.execute(OwnSql(sql), &args).await?;
        let sql = OwnSql(format!("DELETE FROM servers WHERE seen < {now} - $1"));
        tx.execute(sql, &[FORGOTTEN.num_milliseconds().into()]).await?;
        tx.commit().await
    }

    /// Strikes a server out.
    pub async fn server_left(&self, name: &str) -> Result<(), StoreError> {
        self.db().await?.execute("DELETE FROM servers WHERE name = $1", &[name.into()]).await.map(drop)
    }

    /// All servers that were heard of during the last `silence`, by name.
    pub async fn servers_within(&self, silence: TimeDelta) -> Result<Vec<LiveServer>, StoreError> {
        let db = self.db().await?;
        let sql = format!(
            "SELECT name, address, version, started FROM servers WHERE seen >= {} - $1 ORDER BY name",
            db.now()
        );
        let rows = db.fetch(OwnSql(sql), &[silence.num_milliseconds().into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(LiveServer {
                    name: row.get("name")?,
                    address: row.get("address")?,
                    version: row.get("version")?,
                    started: row.some_time("started")?,
                })
            })
            .collect()
    }
}
