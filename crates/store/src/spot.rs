//! One small question to a SQLite file, answered on the spot: what every request asks before anything else. sqlx hands
//! each question to a thread of its own and back, which costs several times what such an answer does. Must be asked
//! nothing that reads more than a few rows: the caller's thread does the reading.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{FromSql, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

/// A connection that only reads, made when it is first used and anew after it failed.
#[derive(Debug)]
pub(crate) struct Spot {
    path: PathBuf,
    connection: Mutex<Option<Connection>>,
}

/// One row of its answers: each column's name and value.
#[derive(Debug)]
pub(crate) struct SpotRow(Vec<(String, Value)>);

impl Spot {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), connection: Mutex::default() }
    }

    /// The first row. Waits for no lock on the file: where it would have to, that is an error, after which the
    /// caller asks in the slower way.
    pub(crate) fn first(&self, sql: &str, args: &[&dyn ToSql]) -> rusqlite::Result<Option<SpotRow>> {
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, and put back only if all went well.
        let connection = match kept.take() {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let row = first(&connection, sql, args)?;
        *kept = Some(connection);
        Ok(row)
    }

    pub(crate) fn close(&self) {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Must be able to write, as readers of a file with a write-ahead log note there how far they have read; may not.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // The library's own choice is to wait for five seconds.
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn first(connection: &Connection, sql: &str, args: &[&dyn ToSql]) -> rusqlite::Result<Option<SpotRow>> {
    let mut statement = connection.prepare_cached(sql)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query(params_from_iter(args))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let column = |(index, name)| Ok((name, row.get(index)?));
    names.into_iter().enumerate().map(column).collect::<rusqlite::Result<_>>().map(|row| Some(SpotRow(row)))
}

impl SpotRow {
    /// The column's value; else why there is none.
    pub(crate) fn get<T: FromSql>(&self, column: &str) -> Result<T, String> {
        let found = self.0.iter().find(|(name, _)| name == column);
        let (_, value) = found.ok_or("there is no such column")?;
        T::column_result(ValueRef::from(value)).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.db");
        let writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "wal").unwrap();
        writer.execute_batch("CREATE TABLE t (n BIGINT, w TEXT); INSERT INTO t VALUES (1, 'one')").unwrap();
        (folder, path)
    }

    #[test]
    fn each_answer_is_what_the_file_holds_by_then() {
        let (_folder, path) = file();
        let spot = Spot::new(&path);
        let word = |n: i64| -> Option<String> {
            spot.first("SELECT w FROM t WHERE n = $1", &[&n]).unwrap().map(|row| row.get("w").unwrap())
        };
        assert_eq!((word(1).as_deref(), word(2)), (Some("one"), None));
        let writer = Connection::open(&path).unwrap();
        writer.execute("UPDATE t SET w = 'uno'", []).unwrap();
        assert_eq!(word(1).as_deref(), Some("uno"));
        // Somebody who writes is not waited for, and what they have not committed is not seen.
        writer.execute_batch("BEGIN EXCLUSIVE; UPDATE t SET w = 'due'").unwrap();
        assert_eq!(word(1).as_deref(), Some("uno"));
    }

    #[test]
    fn a_file_that_is_taken_is_an_error_at_once() {
        let (_folder, path) = file();
        // Whoever has the whole file for themselves keeps readers out, and with them the first question.
        let owner = Connection::open(&path).unwrap();
        owner.pragma_update(None, "locking_mode", "exclusive").unwrap();
        owner.execute("UPDATE t SET w = 'mine'", []).unwrap();
        let begun = std::time::Instant::now();
        assert!(Spot::new(&path).first("SELECT w FROM t", &[]).is_err());
        assert!(begun.elapsed() < Duration::from_secs(2), "it waited for {:?}", begun.elapsed());
    }

    #[test]
    fn it_only_reads_and_goes_on_after_an_error() {
        let (_folder, path) = file();
        let spot = Spot::new(&path);
        assert!(spot.first("UPDATE t SET n = 2 RETURNING n", &[]).is_err());
        assert!(spot.first("SELECT nothing FROM t", &[]).is_err());
        let row = spot.first("SELECT n, w FROM t", &[]).unwrap().unwrap();
        assert_eq!(row.get::<i64>("n"), Ok(1));
        assert!(row.get::<i64>("w").is_err() && row.get::<i64>("x").is_err());
        assert!(Spot::new(&path.join("nowhere")).first("SELECT 1", &[]).is_err());
    }
}
