//! What must hold of every backup.

use serde_json::json;
use t5g_model::documents::Document;
use t5g_store::Opening;
use t5g_store::backup::{self, BackupError};
use t5g_store::documents::{Fence, Raised, raise};
use t5g_store::ledger::{Arg, Ledger};
use t5g_testkit::ledgers;

use crate::bed::Bed;
use crate::file::{head, of_bytes, of_frames};

const FACTS: &str = "SELECT value AS a, changed AS b FROM facts ORDER BY name";
const FLOWS: &str = "SELECT session AS a, expires AS b FROM login_flows ORDER BY flow";

/// Something in both halves: text that needs escaping, nulls, large numbers, more rows than one frame or statement takes.
async fn fill(bed: &Bed) {
    bed.put(Document::Cards, "{\"A-1\": {\"summary\": \"é \\u0000 \\ud83d\"},\n \"x\": 1.50}").await;
    bed.put(Document::Escalations, "null").await;
    bed.sql("INSERT INTO facts (name, value, changed) VALUES ('one', 'it''s \"ü\"\n', 9007199254740993)")
        .await;
    bed.sql(
        "INSERT INTO login_flows (flow, browser, kind, request_id, target, expires, session) \
         VALUES ('f', 'b', 'k', 'r', 't', -1, NULL)",
    )
    .await;
    bed.sql("INSERT INTO run_locks (name, fence, run) VALUES ('cards', 7, NULL)").await;
    bed.sql("UPDATE ledger_revision SET revision = 41").await;
    bed.sql("INSERT INTO workers (name, host, process, version, roles, slots, started, seen) VALUES ('w', 'h', 'p', '1', 'r', 1, 1, 1)").await;
    bed.sql("INSERT INTO servers (name, address, version, started, seen) VALUES ('s', 'a', '1', 1, 1)").await;
    let db = bed.ledger.db().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for entry in 0..3_000_i64 {
        let row: [Arg; 5] = [
            "cases".into(),
            format!("{entry:0>200}").as_str().into(),
            "why".into(),
            entry.into(),
            1_i64.into(),
        ];
        let sql =
            "INSERT INTO stale_entries (source, entry, reason, since, generation) VALUES ($1,$2,$3,$4,$5)";
        tx.execute(sql, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn comes_back(from: &Bed, to: &Bed) {
    fill(from).await;
    let (file, written) = from.back_up().await;
    assert_eq!((written.rows["stale_entries"], written.documents.len()), (3_000, 2));
    assert_eq!(backup::check(file.as_file()).unwrap(), written, "what is read is what was written");
    assert_eq!(to.restore(file.as_file(), false).await.unwrap(), written);
    for document in Document::ALL {
        assert_eq!(to.text(*document).await, from.text(*document).await, "{document}");
    }
    for sql in [FACTS, FLOWS, "SELECT entry AS a, since AS b FROM stale_entries ORDER BY entry"] {
        assert_eq!(to.rows(sql).await, from.rows(sql).await, "{sql}");
    }
    assert_eq!(to.ledger.revision().await.unwrap(), 41, "rows that the steps make themselves are replaced");
    let locks = to.rows("SELECT name AS a, fence AS b FROM run_locks").await;
    assert_eq!(
        locks,
        [(Some("cards".to_owned()), Some(1_000_007))],
        "holders of before are older than all after"
    );
    for processes in ["SELECT name AS a, seen AS b FROM workers", "SELECT name AS a, seen AS b FROM servers"]
    {
        assert!(to.rows(processes).await.is_empty(), "processes of then are gone");
    }
    // The copy can be copied.
    let (_, again) = to.back_up().await;
    assert_eq!(again.documents, written.documents);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_file_into_a_file() {
    comes_back(&Bed::file().await, &Bed::file().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_each_kind_of_store_into_the_other() {
    comes_back(&Bed::file().await, &Bed::servers().await).await;
    comes_back(&Bed::servers().await, &Bed::file().await).await;
    comes_back(&Bed::servers().await, &Bed::servers().await).await;
}

/// Two documents and two facts always change together; every backup must find them equal.
async fn is_of_one_moment(bed: Bed) {
    let writing = async {
        for count in 0_i64.. {
            let text = format!("{{\"{count}\": \"{}\"}}", "x".repeat(50_000)).into();
            let other = bytes::Bytes::from(format!("{{\"{count}\": 1}}"));
            let batch = [(Document::Cards, text), (Document::Cases, other)];
            bed.documents.replace(&batch, &t5g_store::documents::Guard::default()).await.unwrap();
            let mut tx = bed.ledger.db().await.unwrap().begin().await.unwrap();
            for name in ["a", "z"] {
                let sql = "INSERT INTO facts (name, value, changed) VALUES ($1, 'x', $2) \
                           ON CONFLICT (name) DO UPDATE SET changed = excluded.changed";
                tx.execute(sql, &[name.into(), count.into()]).await.unwrap();
            }
            tx.commit().await.unwrap();
            // A worker does other things, too.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let copying = async {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..6 {
            let (file, _) = bed.back_up().await;
            let to = Bed::file().await;
            to.restore(file.as_file(), false).await.unwrap();
            let count = |text: Option<String>| text.and_then(|text| Some(text.split('"').nth(1)?.to_owned()));
            let (cards, cases) = (to.text(Document::Cards).await, to.text(Document::Cases).await);
            assert_eq!(count(cards.clone()), count(cases), "documents of one moment");
            let facts = to.rows(FACTS).await;
            assert!(facts.windows(2).all(|pair| pair[0].1 == pair[1].1), "rows of one moment: {facts:?}");
            seen.insert(count(cards));
        }
        assert!(seen.len() > 1, "nobody wrote meanwhile: {seen:?}");
    };
    tokio::select! {
        () = writing => unreachable!("it writes until it is stopped"),
        () = copying => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_others_write_a_backup_is_of_one_moment() {
    Box::pin(is_of_one_moment(Bed::file().await)).await;
    Box::pin(is_of_one_moment(Bed::servers().await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_changes_nothing() {
    let (from, to) = (Bed::file().await, Bed::file().await);
    fill(&from).await;
    let (file, _) = from.back_up().await;
    let whole = std::fs::read(file.path()).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for bad in [&whole[..whole.len() / 2], &whole[..whole.len() - 9], &flipped, b"", b"{\"cases\": {}}"] {
        let error = to.restore(&of_bytes(bad), true).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged(_)), "{error}");
        assert!(to.text(Document::Cards).await.is_none() && to.rows(FACTS).await.is_empty());
    }
    let wrong_sum = of_frames(&[head(1, 1), (b'T', json!({ "table": "facts", "columns": [] }))], &json!({}));
    assert!(
        matches!(backup::check(&wrong_sum), Err(BackupError::Damaged(_))),
        "counts are held against the content"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_that_hold_something_are_left_alone_unless_somebody_insists() {
    let from = Bed::file().await;
    from.put(Document::Cards, "{}").await;
    let (file, _) = from.back_up().await;
    for to in [Bed::file().await, Bed::servers().await] {
        to.sql("INSERT INTO facts (name, value, changed) VALUES ('mine', 'x', 1)").await;
        let error = to.restore(file.as_file(), false).await.unwrap_err().to_string();
        assert!(error.contains("rows in facts"), "{error}");
        to.put(Document::Cases, "{\"1\": {}}").await;
        let error = to.restore(file.as_file(), false).await.unwrap_err().to_string();
        assert!(error.contains("document cases"), "{error}");
        assert!(to.text(Document::Cards).await.is_none() && !to.rows(FACTS).await.is_empty());
        to.restore(file.as_file(), true).await.unwrap();
        assert_eq!(to.text(Document::Cards).await.unwrap(), "{}");
        assert!(to.rows(FACTS).await.is_empty(), "the ledger is the file's");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_a_newer_version_changes_meanwhile_is_not_copied() {
    let bed = Bed::file().await;
    bed.sql("INSERT INTO schema_steps (part, step) VALUES ('ledger', 999)").await;
    let file = tempfile::tempfile().unwrap();
    let made = ("9.9.9", "2026-11-23T14:05:00Z".parse().unwrap());
    let error = backup::write(&file, &bed.documents, &bed.ledger, made).await.unwrap_err();
    assert!(matches!(error, BackupError::Newer { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_takes_nothing_is_no_fault_of_the_stores() {
    let bed = Bed::file().await;
    bed.put(Document::Cards, "{}").await;
    let named = tempfile::NamedTempFile::new().unwrap();
    let only_to_read = std::fs::File::open(named.path()).unwrap();
    let made = ("9.9.9", "2026-11-23T14:05:00Z".parse().unwrap());
    let error = backup::write(&only_to_read, &bed.documents, &bed.ledger, made).await.unwrap_err();
    assert!(matches!(error, BackupError::File(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newer_files_are_refused() {
    let to = Bed::file().await;
    for file in [of_frames(&[head(2, 1)], &json!({})), of_frames(&[head(1, 999)], &json!({}))] {
        let error = to.restore(&file, false).await.unwrap_err();
        assert!(matches!(error, BackupError::Newer { .. }), "{error}");
    }
}

/// Files of every schema that ever was: their rows are brought up to date on their way in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_older_schemas_are_brought_up_to_date() {
    let (_, now) = Bed::file().await.back_up().await;
    for schema in 1..=now.head.ledger_schema {
        let mut frames = vec![
            head(1, schema),
            (b'T', json!({ "table": "facts", "columns": ["changed", "name", "value"] })),
            (b'R', json!([[5, "old", "kept"]])),
        ];
        let mut counts = json!({ "facts": 1 });
        if schema == 3 {
            // This table has grown two columns since.
            frames.push((
                b'T',
                json!({ "table": "login_flows", "columns": ["flow", "browser", "kind", "request_id", "target", "expires"] }),
            ));
            frames.push((b'R', json!([["f", "b", "k", "r", "t", 9]])));
            counts["login_flows"] = 1.into();
        }
        let file = of_frames(&frames, &counts);
        for to in [Bed::file().await, Bed::servers().await] {
            to.restore(&file, false).await.unwrap();
            assert_eq!(to.rows(FACTS).await, [(Some("kept".to_owned()), Some(5))]);
            let flows = if schema == 3 { vec![(None, Some(9))] } else { Vec::new() };
            assert_eq!(to.rows(FLOWS).await, flows, "schema {schema}");
            assert_eq!(
                to.back_up().await.1.rows.len(),
                now.rows.len(),
                "all tables of this version are there"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_other_writers_left_broken_is_told_and_left_out() {
    let (from, to) = (Bed::servers().await, Bed::file().await);
    from.put(Document::Cards, "{}").await;
    let redis = from.redis.as_ref().unwrap();
    redis.set("cases", b"{\"1\": ").await.unwrap();
    redis.set("timestamp", b"2026-11-23 14:05:00.123456+00:00").await.unwrap();
    let (file, written) = from.back_up().await;
    assert_eq!(written.unusable, ["cases"]);
    assert_eq!(to.restore(file.as_file(), false).await.unwrap().unusable, ["cases"]);
    assert!(to.text(Document::Cases).await.is_none());
    let timestamp = to.text(Document::Timestamp).await.unwrap();
    assert_eq!(timestamp, "\"2026-11-23 14:05:00.123456+00:00\"", "a bare text is quoted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_of_an_older_version_is_replaced_without_being_changed_before() {
    let from = Bed::file().await;
    from.put(Document::Cards, "{}").await;
    from.sql("INSERT INTO facts (name, value, changed) VALUES ('new', 'x', 1)").await;
    let (file, _) = from.back_up().await;
    let folder = tempfile::tempdir().unwrap();
    let server = t5g_testkit::Postgres::start().await.unwrap();
    for address in [format!("sqlite:{}/t5g.db", folder.path().display()), server.url().to_owned()] {
        ledgers::make(&address, 2).await.unwrap();
        let before = ledgers::tables(&address).await.unwrap();
        let ledger = Ledger::open_to(Opening::Replace, &address).await.unwrap();
        let beside = Bed::file().await;
        let error = backup::restore(file.as_file(), &beside.documents, &ledger, false).await.unwrap_err();
        assert!(matches!(error, BackupError::NotEmpty { .. }), "{error}");
        assert_eq!(ledgers::tables(&address).await.unwrap(), before, "as it was");
        backup::restore(file.as_file(), &beside.documents, &ledger, true).await.unwrap();
        let now = Ledger::open_to(Opening::Use, &address).await.unwrap();
        let rows = now.db().await.unwrap().fetch("SELECT name FROM facts", &[]).await.unwrap();
        assert_eq!(rows[0].get::<String>("name").unwrap(), "new");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_nothing_is_no_backup() {
    let refused = async |bed: &Bed| match backup::is_something_there(&bed.documents, &bed.ledger).await {
        Ok(()) => None,
        Err(BackupError::Nothing { what, .. }) => Some(what),
        Err(other) => panic!("{other}"),
    };
    let (file, servers) = (Bed::file().await, Bed::servers().await);
    for bed in [&file, &servers] {
        assert_eq!(refused(bed).await, Some("document"));
        bed.put(Document::Cards, "{}").await;
    }
    assert_eq!(refused(&file).await, None, "both halves in one file");
    assert_eq!(refused(&servers).await, Some("row"));
    servers.sql("INSERT INTO facts (name, value, changed) VALUES ('one', 'x', 1)").await;
    assert_eq!(refused(&servers).await, None);
}

/// The documents keep their own numbers of locks, whatever is restored into the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_again_and_again_nobody_of_before_comes_back() {
    for bed in [Bed::file().await, Bed::servers().await] {
        bed.put(Document::Cards, "{}").await;
        bed.sql("INSERT INTO run_locks (name, fence, run) VALUES ('cards', 7, NULL)").await;
        let (file, _) = bed.back_up().await;
        // Taken after the backup, and not known to the documents yet.
        bed.sql("INSERT INTO run_locks (name, fence, run) VALUES ('cases', 3, NULL)").await;
        for _ in 0..3 {
            bed.restore(file.as_file(), true).await.unwrap();
            let locks = bed.rows("SELECT name AS a, fence AS b FROM run_locks ORDER BY name").await;
            for (lock, number) in locks {
                let (lock, token) = (lock.unwrap(), number.unwrap());
                let highest = bed.documents.highest(&lock).await.unwrap().unwrap_or(7);
                assert!(token > highest + 1_000, "{lock}: {token} beside {highest}");
                // Holders come and go.
                let fence = Fence { lock, token: token + 5 };
                assert_eq!(raise(&bed.documents, &fence).await.unwrap(), Raised::Known);
            }
            assert_eq!(bed.rows("SELECT name AS a, fence AS b FROM run_locks").await.len(), 2);
        }
    }
}
