//! What becomes of rows, on both databases: from every version, after an interruption, beside processes of before.

use chrono::{DateTime, Utc};
use t5g_model::names::Source;
use t5g_store::StoreError;
use t5g_store::ledger::{
    AccountId, AuditFilter, FlowKind, JournalFilter, Ledger, PlanFilter, PlanState, SecretDigest,
};
use t5g_testkit::Postgres;
use t5g_testkit::ledgers::{self, Table};

/// Two empty databases; the folder goes with the value.
struct Places {
    addresses: [String; 2],
    _folder: tempfile::TempDir,
}

async fn places() -> Places {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}/t5g.db", folder.path().display());
    let server = Postgres::start().await.unwrap();
    Places { addresses: [file, server.url().to_owned()], _folder: folder }
}

/// Opens it as every process does at its start.
async fn open(address: &str) -> Result<Ledger, StoreError> {
    let ledger = Ledger::open(address).await?;
    ledger.db().await?;
    Ok(ledger)
}

/// All tables but the one that counts steps.
async fn tables(address: &str) -> std::collections::BTreeMap<String, Table> {
    let mut tables = ledgers::tables(address).await.unwrap();
    tables.remove("schema_steps");
    tables
}

async fn steps(address: &str) -> usize {
    ledgers::tables(address).await.unwrap().get("schema_steps").map_or(0, |steps| steps.rows.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_every_version_come_through() {
    let newest = ledgers::versions().await.unwrap();
    for version in 1..=newest {
        for address in &places().await.addresses {
            ledgers::make(address, version).await.unwrap();
            let before = tables(address).await;
            let empty: Vec<&String> =
                before.iter().filter(|(_, table)| table.rows.is_empty()).map(|(name, _)| name).collect();
            assert!(empty.is_empty(), "version {version}: no row is in {empty:?}; write one for the test");
            let ledger = open(address).await.unwrap();
            let after = tables(address).await;
            for (name, table) in &before {
                let kept = after.get(name).and_then(|after| after.of_columns(&table.columns));
                assert_eq!(kept.as_ref(), Some(table), "version {version}, {name}, {address}");
            }
            assert_eq!(steps(address).await, newest);
            open(address).await.unwrap().close().await;
            assert_eq!(tables(address).await, after, "the next start changes nothing");
            can_be_read(&ledger, version).await;
            ledger.close().await;
        }
    }
}

/// The rows that the version has mean what they meant.
async fn can_be_read(ledger: &Ledger, version: usize) {
    let now: DateTime<Utc> = "2026-11-27T05:10:00Z".parse().unwrap();
    let long_ago = DateTime::UNIX_EPOCH;
    assert_eq!(ledger.revision().await.unwrap(), 33);
    let all = ledger.freshness().await.unwrap();
    let of = |source| all.iter().find(|one| one.source == source).unwrap();
    assert_eq!((of(Source::Cases).counts.entries, of(Source::Details).stale), (60, 1));
    assert_eq!(of(Source::Bugs).failure.as_ref().unwrap().times, 7);
    assert_eq!(ledger.data_problems().await.unwrap().len(), 1);
    assert_eq!(ledger.held_shrinks().await.unwrap().len(), 2);
    let comments = ledger.comments(&"04000001".parse().unwrap()).await.unwrap();
    assert!(comments.iter().any(|one| one.body.ends_with("يوسف 😀 <b>")), "{comments:?}");
    assert!(ledger.fact("cards.drawn").await.unwrap().is_some());
    if version >= 3 {
        let ada = AccountId::parse("9724cc050b633c4d617804ead40ca675").unwrap();
        let account = ledger.account(&ada).await.unwrap().unwrap();
        assert_eq!(account.person.groups, ["cn=field-team,ou=groups"]);
        let session = SecretDigest::of("session-of-then");
        assert_eq!(ledger.session(&session, now, long_ago).await.unwrap().unwrap().account, ada);
        let ended = SecretDigest::of("session-2");
        assert!(ledger.session(&ended, now, long_ago).await.unwrap().is_none(), "what ended stays so");
        let token = SecretDigest::of("t5g_of_then");
        assert_eq!(ledger.token(&token, now, long_ago).await.unwrap().unwrap().name, "nightly");
        let revoked = SecretDigest::of("t5g_revoked");
        assert!(ledger.token(&revoked, now, long_ago).await.unwrap().is_none());
        assert_eq!(ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap().len(), 2);
        let browser = SecretDigest::of("browser-1");
        let flow = ledger
            .take_flow(FlowKind::Login, &SecretDigest::of("flow-1"), &browser, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((flow.target.as_str(), flow.session), ("/table/all?q=is:open", None));
    }
    if version >= 4 {
        let browser = SecretDigest::of("browser-1");
        let flow = ledger
            .take_flow(FlowKind::Login, &SecretDigest::of("flow-2"), &browser, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(flow.session.unwrap().as_str(), "d829db9f917b857f");
    }
    if version >= 5 {
        let held = PlanFilter { states: vec![PlanState::Held], ..PlanFilter::default() };
        let held = ledger.plans(&held, 10).await.unwrap();
        assert_eq!(held.len(), 1);
        // Version 7 left one step more.
        let more = usize::from(version >= 7);
        assert_eq!(ledger.steps_of(held[0].id).await.unwrap().len(), 1 + more);
        assert_eq!(ledger.journal(&JournalFilter::default(), 10).await.unwrap().len(), 2 + more);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_upgrade_is_done_by_the_next_start() {
    for version in 0..ledgers::versions().await.unwrap() {
        for address in &places().await.addresses {
            ledgers::make(address, version).await.unwrap();
            let before = tables(address).await;
            ledgers::interrupted(address, version).await.unwrap();
            assert_eq!(tables(address).await, before, "version {version}: half a step is left");
            open(address).await.unwrap();
            assert_eq!(steps(address).await, ledgers::versions().await.unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_that_fails_changes_nothing_and_can_be_repeated() {
    for address in &places().await.addresses {
        ledgers::make(address, 3).await.unwrap();
        // What step 5 makes is there already: step 4 before it must not stay either.
        ledgers::script(address, "CREATE TABLE write_steps (mine TEXT)").await.unwrap();
        let before = tables(address).await;
        let error = open(address).await.unwrap_err().to_string();
        assert!(error.contains("write_steps") && error.contains("exists"), "it says what is wrong: {error}");
        assert_eq!((tables(address).await, steps(address).await), (before, 3));
        ledgers::script(address, "DROP TABLE write_steps").await.unwrap();
        open(address).await.unwrap();
        assert_eq!(steps(address).await, ledgers::versions().await.unwrap());
    }
}

/// While versions change, processes of before go on: what they write has its place in the newest ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_older_versions_write_fits_into_the_newest_ledger() {
    for version in 1..=ledgers::versions().await.unwrap() {
        let (then, now) = (places().await, places().await);
        for (then, now) in then.addresses.iter().zip(&now.addresses) {
            ledgers::make(then, version).await.unwrap();
            open(now).await.unwrap();
            ledgers::write(now, version).await.unwrap();
            let written = tables(now).await;
            for (name, table) in tables(then).await {
                let there = written.get(&name).and_then(|there| there.of_columns(&table.columns));
                assert_eq!(there.as_ref(), Some(&table), "version {version}, {name}, {now}");
            }
            can_be_read(&open(now).await.unwrap(), version).await;
        }
    }
}
