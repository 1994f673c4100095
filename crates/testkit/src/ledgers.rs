//! Ledgers as older versions left them: the steps of then, one by one, each followed by rows that a process of that
//! version wrote into what the step made (`ledgers/` in this crate). Knows SQL alone, nothing of today's program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr as _;

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

/// Where the steps are, from this crate on.
const STEPS: &str = "../store/migrations/ledger";
/// Where the rows are.
const ROWS: &str = "ledgers";
/// How steps that were done are written down.
const NOTED: &str = "CREATE TABLE IF NOT EXISTS schema_steps (part TEXT NOT NULL, step BIGINT NOT NULL, \
                     PRIMARY KEY (part, step))";

/// What a table holds, every value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its columns, in their order.
    pub columns: Vec<String>,
    /// Its rows, sorted.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Table {
    /// The same with these columns alone; `None` if one is not there.
    pub fn of_columns(&self, columns: &[String]) -> Option<Self> {
        let place = |wanted: &String| self.columns.iter().position(|column| column == wanted);
        let places: Vec<usize> = columns.iter().map(place).collect::<Option<_>>()?;
        let part = |row: &Vec<Option<String>>| places.iter().map(|at| row.get(*at).cloned()).collect();
        let mut rows: Vec<Vec<Option<String>>> = self.rows.iter().map(part).collect::<Option<_>>()?;
        rows.sort();
        Some(Self { columns: columns.to_vec(), rows })
    }
}

/// A database spoken to directly.
enum Connection {
    Lite(SqliteConnection),
    Pg(PgConnection),
}

impl Connection {
    async fn to(address: &str) -> Result<Self> {
        if address.starts_with("postgres") {
            return Ok(Self::Pg(PgConnection::connect(address).await?));
        }
        let options = SqliteConnectOptions::from_str(address)?.create_if_missing(true);
        Ok(Self::Lite(options.connect().await?))
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Lite(lite) => {
                sqlx::raw_sql(sql).execute(lite).await?;
            }
            Self::Pg(pg) => {
                sqlx::raw_sql(sql).execute(pg).await?;
            }
        }
        Ok(())
    }

    /// Rows of so many columns, which are texts.
    async fn texts(&mut self, sql: &str, columns: usize) -> Result<Vec<Vec<Option<String>>>> {
        let sql = AssertSqlSafe(sql.to_owned());
        let mut found = Vec::new();
        match self {
            Self::Lite(lite) => {
                for row in sqlx::query(sql).fetch_all(lite).await? {
                    found.push((0..columns).map(|at| row.try_get(at)).collect::<Result<_, _>>()?);
                }
            }
            Self::Pg(pg) => {
                for row in sqlx::query(sql).fetch_all(pg).await? {
                    found.push((0..columns).map(|at| row.try_get(at)).collect::<Result<_, _>>()?);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The first column of these rows.
    async fn words(&mut self, sql: &str) -> Result<Vec<String>> {
        Ok(self.texts(sql, 1).await?.into_iter().flatten().flatten().collect())
    }
}

/// How many versions there have been: as many as steps.
pub async fn versions() -> Result<usize> {
    Ok(numbered(STEPS).await?.len())
}

/// Makes the ledger of a version in an empty database, with rows in every table.
pub async fn make(address: &str, version: usize) -> Result<()> {
    let (steps, rows) = (numbered(STEPS).await?, numbered(ROWS).await?);
    ensure!(steps.len() == rows.len(), "each step has its file in {ROWS}, and each file there its step");
    let mut connection = Connection::to(address).await?;
    connection.script(NOTED).await?;
    for (number, (step, rows)) in (1..).zip(steps.iter().zip(&rows)).take(version) {
        connection.script(step).await?;
        let note = format!("INSERT INTO schema_steps (part, step) VALUES ('ledger', {number})");
        connection.script(&note).await?;
        connection.script(rows).await.with_context(|| format!("the rows of version {number}"))?;
    }
    Ok(())
}

/// Writes what processes of that version write into a ledger that is there.
pub async fn write(address: &str, version: usize) -> Result<()> {
    let mut connection = Connection::to(address).await?;
    for (number, rows) in (1..).zip(numbered(ROWS).await?).take(version) {
        connection.script(&rows).await.with_context(|| format!("the rows of version {number}"))?;
    }
    Ok(())
}

/// Does the step after that version as a process that is killed before its end: nothing of it is committed.
pub async fn interrupted(address: &str, version: usize) -> Result<()> {
    let steps = numbered(STEPS).await?;
    let step = steps.get(version).context("there is no later step")?;
    let mut connection = Connection::to(address).await?;
    connection.script("BEGIN").await?;
    connection.script(step).await?;
    Ok(())
}

/// Runs statements of ours.
pub async fn script(address: &str, sql: &str) -> Result<()> {
    Connection::to(address).await?.script(sql).await
}

/// Every table with all that is in it.
pub async fn tables(address: &str) -> Result<BTreeMap<String, Table>> {
    let mut connection = Connection::to(address).await?;
    let names = match &connection {
        Connection::Lite(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Connection::Pg(_) => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    let mut found = BTreeMap::new();
    for name in connection.words(names).await? {
        let table = table(&mut connection, &name).await.with_context(|| name.clone())?;
        found.insert(name, table);
    }
    Ok(found)
}

async fn table(connection: &mut Connection, name: &str) -> Result<Table> {
    let columns = match connection {
        Connection::Lite(_) => format!("SELECT name FROM pragma_table_info('{name}')"),
        Connection::Pg(_) => format!(
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{name}'"
        ),
    };
    let columns = connection.words(&columns).await?;
    let texts: Vec<String> = columns.iter().map(|column| format!("CAST(\"{column}\" AS TEXT)")).collect();
    let rows = connection.texts(&format!("SELECT {} FROM {name}", texts.join(", ")), columns.len()).await?;
    Ok(Table { columns, rows })
}

/// The texts of a folder's files, by their names, which begin with numbers.
async fn numbered(folder: &str) -> Result<Vec<String>> {
    let folder = crate::repository().join("crates/testkit").join(folder);
    let mut listed = tokio::fs::read_dir(&folder).await.with_context(|| folder.display().to_string())?;
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(entry) = listed.next_entry().await? {
        files.push(entry.path());
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        texts.push(tokio::fs::read_to_string(&file).await.with_context(|| file.display().to_string())?);
    }
    Ok(texts)
}
