//! What the ledger does when PostgreSQL is not there, and when it comes back.

use std::time::Duration;

use t5g_store::StoreError;
use t5g_store::ledger::Ledger;
use t5g_testkit::{Postgres, free_port};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_stops_only_who_needs_it() {
    let mut server = Postgres::alone().await.unwrap();
    let database = server.database().await.unwrap();
    server.stop().unwrap();
    let ledger = Ledger::open(database.url()).await.unwrap();
    let error = ledger.revision().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");

    server.restart().await.unwrap();
    assert_eq!(ledger.revision().await.unwrap(), 0, "it connects and makes its tables by itself");

    server.restart().await.unwrap();
    for _ in 0..500 {
        // Connections of before may be noticed broken one by one.
        if ledger.revision().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the ledger did not come back after a restart: {:?}", ledger.revision().await);
}

#[tokio::test]
async fn passwords_are_never_shown() {
    let port = free_port().unwrap();
    let ledger = Ledger::open(&format!("postgres://ann:hush@127.0.0.1:{port}/t5g")).await.unwrap();
    let error = ledger.db().await.unwrap_err();
    let shown = format!("{} {error} {error:?}", ledger.place());
    assert!(!shown.contains("hush"), "{shown}");
    assert!(shown.contains(&port.to_string()), "{shown}");
    let bad = Ledger::open("postgres://ann:hush@host:port/t5g").await.unwrap_err();
    assert!(!format!("{bad} {bad:?}").contains("hush"), "{bad:?}");
}

#[tokio::test]
async fn other_addresses_are_refused() {
    let error = Ledger::open("redis://127.0.0.1/0").await.unwrap_err().to_string();
    assert!(error.contains("cannot hold the ledger") && error.contains("postgres://"), "{error}");
}
