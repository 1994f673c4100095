//! What the ledger in a SQLite file does beyond the suite.

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use t5g_store::StoreError;
use t5g_store::ledger::Ledger;

#[tokio::test]
async fn impossible_values_are_errors_and_unknown_names_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}/ledger.db", folder.path().display());
    let ledger = Ledger::open(&address).await.unwrap();
    let mut file = SqliteConnection::connect(&address).await.unwrap();
    for sql in [
        "INSERT INTO freshness (source, last_success) VALUES ('of a later version', 1)",
        "INSERT INTO held_shrinks VALUES ('later', 'cards', 2, 1, 0, 'held', NULL, NULL)",
        "INSERT INTO data_problems VALUES ('cards', 'later', 'a', 'b', 0, 0, 1)",
    ] {
        sqlx::query(sql).execute(&mut file).await.unwrap();
    }
    assert!(ledger.freshness().await.unwrap().iter().all(|one| one.last_success.is_none()));
    assert!(ledger.held_shrinks().await.unwrap().is_empty());
    assert!(ledger.data_problems().await.unwrap().is_empty());

    let absurd = "INSERT INTO freshness (source, last_success) VALUES ('cards', 9223372036854775807)";
    sqlx::query(absurd).execute(&mut file).await.unwrap();
    let error = ledger.freshness().await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("last_success"), "{error}");
}

#[tokio::test]
async fn reading_statements_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&format!("sqlite:{}/ledger.db", folder.path().display())).await.unwrap();
    let written = ledger.db().await.unwrap().fetch("DELETE FROM facts", &[]).await;
    assert!(written.is_err());
}
