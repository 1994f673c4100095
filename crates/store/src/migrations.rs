//! Brings a database to the shape this version expects: numbered steps, each done once, safely while many
//! processes start at the same time; refuses a database made by a newer version.

use crate::ledger::{Db, OwnSql, Tx};
use crate::{Opening, StoreError};

/// One step; its number is its place in the list, from 1.
type Step = &'static str;

/// The steps of one half of the store; both may live in the same database.
#[derive(Debug)]
pub(crate) struct Migrations {
    part: &'static str,
    steps: &'static [Step],
}

/// The ledger's tables.
pub(crate) const LEDGER: Migrations = Migrations {
    part: "ledger",
    steps: &[
        include_str!("../migrations/ledger/0001_sync_state.sql"),
        include_str!("../migrations/ledger/0002_runs.sql"),
        include_str!("../migrations/ledger/0003_access.sql"),
        include_str!("../migrations/ledger/0004_flows.sql"),
        include_str!("../migrations/ledger/0005_journal.sql"),
        include_str!("../migrations/ledger/0006_servers.sql"),
        include_str!("../migrations/ledger/0007_given_up.sql"),
        include_str!("../migrations/ledger/0008_traceparent.sql"),
    ],
};

/// The tables of the documents on SQLite.
pub(crate) const DOCUMENTS: Migrations =
    Migrations { part: "documents", steps: &[include_str!("../migrations/documents/0001_documents.sql")] };

impl Migrations {
    /// `ledger` or `documents`.
    pub(crate) fn part(&self) -> &'static str {
        self.part
    }

    /// Makes the tables ready, as far as `opening` allows; an error if they are not then.
    pub(crate) async fn open(&self, db: &Db, opening: Opening) -> Result<(), StoreError> {
        if opening == Opening::Serve {
            return self.run(db).await;
        }
        let (place, what, needed) = (db.place().to_owned(), self.part, self.newest());
        let found = self.found(db).await?;
        self.not_newer(&place, found)?;
        match (opening, found) {
            (Opening::Fill, 0) => self.run(db).await,
            (Opening::Use, 0) => Err(StoreError::Absent { place, what }),
            (Opening::Fill | Opening::Use, found) if found < needed => {
                Err(StoreError::Older { place, what, found, needed })
            }
            _ => Ok(()),
        }
    }

    /// How many steps were done; none where there is nothing at all. Writes nothing.
    async fn found(&self, db: &Db) -> Result<usize, StoreError> {
        let mut tx = db.begin_snapshot().await?;
        if tx.columns("schema_steps").await?.is_empty() { Ok(0) } else { self.done(&mut tx).await }
    }

    /// Does every step that was not done yet: all of them or none.
    async fn run(&self, db: &Db) -> Result<(), StoreError> {
        let mut tx = db.begin_alone().await?;
        self.advance(&mut tx, db.place(), self.newest()).await?;
        tx.commit().await
    }

    /// The number of the last step.
    pub(crate) fn newest(&self) -> usize {
        self.steps.len()
    }

    /// Every table that the steps make, by name.
    pub(crate) fn tables(&self) -> Vec<&'static str> {
        self.named_after("CREATE TABLE ")
    }

    /// Tables into which the steps themselves put rows.
    pub(crate) fn seeded(&self) -> Vec<&'static str> {
        self.named_after("INSERT INTO ")
    }

    /// The first word after each of these in the steps.
    fn named_after(&self, words: &'static str) -> Vec<&'static str> {
        let of_step = |step: &&'static str| step.split(words).skip(1).collect::<Vec<_>>();
        let name = |rest: &'static str| rest.split([' ', '(', ';', '\n']).next();
        self.steps.iter().flat_map(of_step).filter_map(name).collect()
    }

    /// Takes the tables away with all that is in them, as if no step had been done.
    pub(crate) async fn undo(&self, tx: &mut Tx) -> Result<(), StoreError> {
        note_steps(tx).await?;
        for table in self.tables() {
            tx.execute(OwnSql(format!("DROP TABLE IF EXISTS {table}")), &[]).await?;
        }
        tx.execute("DELETE FROM schema_steps WHERE part = $1", &[self.part.into()]).await?;
        Ok(())
    }

    /// Does the steps up to that number which were not done yet.
    pub(crate) async fn advance(&self, tx: &mut Tx, place: &str, to: usize) -> Result<(), StoreError> {
        note_steps(tx).await?;
        let done = self.done(tx).await?;
        self.not_newer(place, done)?;
        for (number, step) in (1_i64..).zip(self.steps).take(to).skip(done) {
            tx.script(step).await?;
            tx.execute(
                "INSERT INTO schema_steps (part, step) VALUES ($1, $2)",
                &[self.part.into(), number.into()],
            )
            .await?;
        }
        Ok(())
    }

    fn not_newer(&self, place: &str, done: usize) -> Result<(), StoreError> {
        let known = self.newest();
        if done <= known {
            return Ok(());
        }
        Err(StoreError::Corrupt {
            place: place.to_owned(),
            reason: format!(
                "its {} has schema {done}, this version knows up to {known}; \
                 use the newer version of t5g that wrote it",
                self.part
            ),
        })
    }

    /// How many steps were done.
    pub(crate) async fn done(&self, tx: &mut Tx) -> Result<usize, StoreError> {
        let rows = tx
            .fetch(
                "SELECT COALESCE(MAX(step), 0) AS step FROM schema_steps WHERE part = $1",
                &[self.part.into()],
            )
            .await?;
        let step: i64 = rows.first().map_or(Ok(0), |row| row.get("step"))?;
        Ok(usize::try_from(step).unwrap_or(0))
    }
}

/// The table of the steps that were done.
async fn note_steps(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "CREATE TABLE IF NOT EXISTS schema_steps (part TEXT NOT NULL, step BIGINT NOT NULL, \
               PRIMARY KEY (part, step))";
    tx.execute(sql, &[]).await.map(drop)
}
