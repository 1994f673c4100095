//! What documents in a SQLite file do beyond the suite: other processes, bad files.

use std::os::unix::fs::PermissionsExt as _;

use bytes::Bytes;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use t5g_model::documents::Document;
use t5g_store::StoreError;
use t5g_store::documents::{Guard, Limits, open};
use t5g_store::ledger::Ledger;

use crate::support::feed::{until_silent, until_told};
use crate::support::other_process::{OtherProcess, Work, count_in};
use crate::support::place::{InSqlite, Place as _};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_is_heard() {
    let place = InSqlite::start();
    let store = place.open().await;
    let mut feed = store.changes();
    until_silent(&mut feed).await;
    OtherProcess::start(Work::WriteOnce, &place.address()).end();
    until_told(&mut feed, &[Document::Cases, Document::Details]).await;
    assert_eq!(count_in(&store.read(Document::Details).await.unwrap().unwrap().bytes), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_make_the_file_at_once() {
    let place = InSqlite::start();
    let others: Vec<_> = (0..6).map(|_| OtherProcess::start(Work::Open, &place.address())).collect();
    others.into_iter().for_each(OtherProcess::end);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_and_ledger_share_a_file() {
    let place = InSqlite::start();
    let (documents, ledger) =
        tokio::join!(place.open(), async { Ledger::open(&place.address()).await.unwrap() });
    let now = "2026-11-23T14:05:00Z".parse().unwrap();
    let writing = async {
        for count in 0..50 {
            let batch = [(Document::Cards, Bytes::from(format!("{count}")))];
            documents.replace(&batch, &Guard::default()).await.unwrap();
        }
    };
    let noting = async {
        for count in 0..50 {
            ledger.set_fact("count", &count.to_string(), now).await.unwrap();
        }
    };
    tokio::join!(writing, noting);
    assert_eq!(ledger.fact("count").await.unwrap().unwrap(), "49");
    assert_eq!(documents.read(Document::Cards).await.unwrap().unwrap().bytes, "49");
}

/// The error of opening a place where a file cannot be.
async fn error_at(path: &str) -> String {
    let error = open(&format!("sqlite:{path}"), Limits::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Address { .. } | StoreError::Unavailable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(path), "{text}");
    text
}

#[tokio::test]
async fn bad_places_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();

    std::fs::write(path("text"), "This is a letter, not a database. ".repeat(100)).unwrap();
    assert!(error_at(&path("text")).await.contains("not a SQLite database"));
    assert!(error_at(&folder.path().display().to_string()).await.contains("cannot be opened"));
    assert!(error_at(&path("text/below.db")).await.contains("folder"));
    assert!(error_at("/proc/t5g/documents.db").await.contains("folder"));
}

#[tokio::test]
async fn others_may_not_look_into_the_file() {
    let place = InSqlite::start();
    let store = place.open().await;
    store.replace(&[(Document::Cards, "{}".into())], &Guard::default()).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(place.folder.path().join("a")).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.path());
        files += 1;
    }
    assert!(files >= 2, "the file and its log");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let place = InSqlite::start();
    drop(place.open().await);
    let path = place.folder.path().join("a/documents.db");
    let mut file = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("INSERT INTO schema_steps VALUES ('documents', 99)").execute(&mut file).await.unwrap();
    let error = open(&place.address(), Limits::default()).await.unwrap_err().to_string();
    assert!(error.contains("schema 99") && error.contains("newer version"), "{error}");
}
