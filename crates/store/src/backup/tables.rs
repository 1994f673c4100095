//! The ledger's tables as rows in a file, and back. Which tables there are follows from the steps that make them.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;

use super::frames::{FrameWriter, Kind};
use super::out::json;
use super::{BackupError, Table};
use crate::StoreError;
use crate::documents::{Documents, Fence};
use crate::ledger::{Arg, Db, MAX_PARAMETERS, OwnSql, Row, TableColumn, Tx, places};
use crate::migrations::LEDGER;

/// About how many bytes of rows one frame holds.
const FRAME_BYTES: usize = 256 * 1024;
/// Tables of processes, not of data: those of then are gone, those of now have to be looked at by who restores.
const PROCESSES: [&str; 2] = ["workers", "servers"];

/// Writes every table as of one moment; how many rows each has.
pub(super) async fn dump(
    db: &Db,
    out: &mut FrameWriter<impl Write>,
) -> Result<BTreeMap<String, u64>, BackupError> {
    let mut tx = db.begin_snapshot().await?;
    let (schema, known) = (LEDGER.done(&mut tx).await?, LEDGER.newest());
    if schema != known {
        // A process of a newer version has just changed it; the file's head tells of what we know.
        return Err(BackupError::Newer { found: format!("schema {schema}"), known: known.to_string() });
    }
    let mut counts = BTreeMap::new();
    for table in LEDGER.tables() {
        let columns = tx.columns(table).await?;
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let sql = format!("SELECT {} FROM {table}", quoted(&columns));
        out.frame(Kind::Table, &json(&Table { table: table.to_owned(), columns: names })?, &[])?;
        let mut rows = Rows::default();
        tx.each(OwnSql(sql), |row| rows.take(&row, &columns, out)).await?;
        rows.flush(out)?;
        counts.insert(table.to_owned(), rows.count);
    }
    tx.commit().await?;
    Ok(counts)
}

/// Names of columns in SQL; quoted, because a column may be called as a word of that language.
fn quoted(columns: &[TableColumn]) -> String {
    columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

/// Rows on their way into a frame.
#[derive(Default)]
struct Rows {
    text: Vec<u8>,
    count: u64,
}

impl Rows {
    fn take(
        &mut self,
        row: &Row,
        columns: &[TableColumn],
        out: &mut FrameWriter<impl Write>,
    ) -> Result<(), BackupError> {
        let values = columns.iter().map(|column| value(row, column)).collect::<Result<Vec<_>, _>>()?;
        self.text.push(if self.text.is_empty() { b'[' } else { b',' });
        self.text.extend(json(&values)?);
        self.count += 1;
        if self.text.len() < FRAME_BYTES { Ok(()) } else { self.flush(out) }
    }

    fn flush(&mut self, out: &mut FrameWriter<impl Write>) -> Result<(), BackupError> {
        if !self.text.is_empty() {
            out.frame(Kind::Rows, &std::mem::take(&mut self.text), b"]")?;
        }
        Ok(())
    }
}

fn value(row: &Row, column: &TableColumn) -> Result<Value, StoreError> {
    let name = column.name.as_str();
    Ok(match column.kind.as_str() {
        "bigint" => row.get::<Option<i64>>(name)?.into(),
        "text" => row.get::<Option<String>>(name)?.into(),
        "double precision" => row.get::<Option<f64>>(name)?.into(),
        other => return Err(row.unreadable(name, &format!("columns of type {other} are not known"))),
    })
}

/// The table, other than those with rows from the beginning, that holds something.
pub(super) async fn first_filled(db: &Db) -> Result<Option<&'static str>, StoreError> {
    let seeded = LEDGER.seeded();
    let mut tx = db.begin_snapshot().await?;
    let data = LEDGER.tables().into_iter().filter(|table| !seeded.contains(table));
    for table in data.filter(|table| !PROCESSES.contains(table)) {
        // A ledger that is to be replaced may be of a version that did not know it.
        if tx.columns(table).await?.is_empty() {
            continue;
        }
        let sql = format!("SELECT 1 AS one FROM {table} LIMIT 1");
        if !tx.fetch(OwnSql(sql), &[]).await?.is_empty() {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Puts rows into tables of the schema that the file has, and then brings them to this version's. All or nothing, with
/// [`Filling::finish`].
pub(super) struct Filling<'a> {
    tx: Tx,
    db: &'a Db,
    table: Option<Target>,
    /// The numbers of locks that were there before.
    before: BTreeMap<String, i64>,
}

struct Target {
    name: &'static str,
    columns: Vec<TableColumn>,
}

impl<'a> Filling<'a> {
    /// Takes away what is there.
    pub(super) async fn begin(db: &'a Db, schema: usize) -> Result<Self, StoreError> {
        let mut tx = db.begin_alone().await?;
        tx.may_pause().await?;
        let before = fences(&mut tx).await?;
        LEDGER.undo(&mut tx).await?;
        LEDGER.advance(&mut tx, db.place(), schema).await?;
        Ok(Self { tx, db, table: None, before })
    }

    /// The rows that come next belong to this one.
    pub(super) async fn table(&mut self, table: &Table) -> Result<(), BackupError> {
        let known = LEDGER.tables().into_iter().find(|known| *known == table.table);
        let name = known.ok_or_else(|| odd(&format!("table {:?} is not known", table.table)))?;
        let there = self.tx.columns(name).await?;
        let column = |wanted: &String| {
            let found = there.iter().find(|column| column.name == *wanted);
            found.cloned().ok_or_else(|| odd(&format!("table {name} has no column {wanted:?}")))
        };
        let columns = table.columns.iter().map(column).collect::<Result<_, _>>()?;
        self.tx.execute(OwnSql(format!("DELETE FROM {name}")), &[]).await?;
        self.table = Some(Target { name, columns });
        Ok(())
    }

    /// Some of its rows.
    pub(super) async fn rows(&mut self, rows: &[Vec<Value>]) -> Result<(), BackupError> {
        let Some(target) = &self.table else { return Err(odd("rows come before their table")) };
        let width = target.columns.len();
        let names = quoted(&target.columns);
        for chunk in rows.chunks((MAX_PARAMETERS / width.max(1)).max(1)) {
            let mut args = Vec::with_capacity(chunk.len() * width);
            for row in chunk {
                if row.len() != width {
                    return Err(odd(&format!("a row of {} has another width", target.name)));
                }
                for (value, column) in row.iter().zip(&target.columns) {
                    args.push(arg(value, column)?);
                }
            }
            let of_row = |row: usize| format!("({})", places(row * width + 1, width));
            let values: Vec<String> = (0..chunk.len()).map(of_row).collect();
            let sql = format!("INSERT INTO {} ({names}) VALUES {}", target.name, values.join(", "));
            self.tx.execute(OwnSql(sql), &args).await?;
        }
        Ok(())
    }

    /// Brings it to this version's schema, and makes all of it happen.
    pub(super) async fn finish(mut self, documents: &Documents) -> Result<(), StoreError> {
        LEDGER.advance(&mut self.tx, self.db.place(), LEDGER.newest()).await?;
        self.lift_fences(documents).await?;
        for table in PROCESSES {
            self.tx.execute(OwnSql(format!("DELETE FROM {table}")), &[]).await?;
        }
        self.tx.commit().await
    }

    /// Whoever held a lock before is older than everybody after: whether the file knows of them, the ledger that was here,
    /// or the documents, which keep their own numbers.
    async fn lift_fences(&mut self, documents: &Documents) -> Result<(), StoreError> {
        let mut known = std::mem::take(&mut self.before);
        for (lock, fence) in fences(&mut self.tx).await? {
            let highest = known.entry(lock).or_insert(fence);
            *highest = fence.max(*highest);
        }
        for (lock, fence) in known {
            let highest = documents.highest(&lock).await?.map_or(fence, |highest| highest.max(fence));
            let sql = "INSERT INTO run_locks (name, fence, run) VALUES ($1, $2, NULL) \
                       ON CONFLICT (name) DO UPDATE SET fence = excluded.fence";
            self.tx.execute(sql, &[(&lock).into(), Fence::past(highest)?.into()]).await?;
        }
        Ok(())
    }
}

/// The number of every lock; none if there is no such table yet.
async fn fences(tx: &mut Tx) -> Result<BTreeMap<String, i64>, StoreError> {
    if tx.columns("run_locks").await?.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx.fetch("SELECT name, fence FROM run_locks", &[]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("fence")?))).collect()
}

fn arg(value: &Value, column: &TableColumn) -> Result<Arg, BackupError> {
    let is = column.kind.as_str();
    match value {
        Value::Null if is == "text" => Ok(Arg::Text(None)),
        Value::Null if is == "bigint" => Ok(Arg::Int(None)),
        Value::Null => Ok(Arg::Real(None)),
        Value::String(text) if is == "text" => Ok(text.into()),
        Value::Number(number) if is == "bigint" => {
            number.as_i64().map(Arg::from).ok_or_else(|| odd(&format!("{number} is too large")))
        }
        Value::Number(number) if is == "double precision" => Ok(Arg::Real(number.as_f64())),
        _ => Err(odd(&format!("a value of column {} is of another type", column.name))),
    }
}

pub(super) fn odd(what: &str) -> BackupError {
    BackupError::Damaged(what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::documents::{Limits, open};
    use crate::ledger::Ledger;

    /// Reading the file, and asking the documents for their numbers, takes longer than a session may rest otherwise.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_slow_disk_breaks_no_restore() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/t5g.db", folder.path().display());
        let documents = open(&address, Limits::default()).await.unwrap();
        let server = t5g_testkit::Postgres::start().await.unwrap();
        let ledger = Ledger::open(server.url()).await.unwrap();
        let mut filling = Filling::begin(ledger.db().await.unwrap(), LEDGER.newest()).await.unwrap();
        let table = Table {
            table: "facts".to_owned(),
            columns: ["name", "value", "changed"].map(str::to_owned).to_vec(),
        };
        filling.table(&table).await.unwrap();
        tokio::time::sleep(Duration::from_secs(12)).await;
        filling.rows(&[vec!["slow".into(), "x".into(), 1.into()]]).await.unwrap();
        filling.finish(&documents).await.unwrap();
        let rows = ledger.db().await.unwrap().fetch("SELECT name FROM facts", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
    }
}
