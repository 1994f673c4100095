//! What the ledger must do with the audit log, on every database.

use std::collections::BTreeSet;

use serde_json::json;
use t5g_store::ledger::{Action, AuditEntry, AuditFilter, AuditOutcome, Ledger};

use super::{entry, minute};

pub(crate) async fn the_audit_log_is_filtered_and_paged(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    for at in 0..25 {
        let (actor, action) =
            if at % 5 == 0 { ("Öznur_100%", Action::Login) } else { ("bob", Action::TokenCreate) };
        let outcome = if at == 10 { AuditOutcome::Refused } else { AuditOutcome::Done };
        ledger.audit(&AuditEntry { outcome, ..entry(at, actor, action) }).await.unwrap();
    }
    let ask = async |filter: AuditFilter| -> Vec<i64> {
        let found = ledger.audit_entries(&filter, 100).await.unwrap();
        found.iter().map(|record| record.detail["at"].as_i64().unwrap()).collect()
    };
    let all = || AuditFilter::default();
    assert_eq!(ask(all()).await, (0..25).rev().collect::<Vec<_>>(), "newest first");
    assert_eq!(ask(AuditFilter { action: Some(Action::Login), ..all() }).await, [20, 15, 10, 5, 0]);
    assert_eq!(ask(AuditFilter { outcome: Some(AuditOutcome::Refused), ..all() }).await, [10]);
    assert_eq!(ask(AuditFilter { text: "öZNUR_100%".into(), ..all() }).await.len(), 5);
    assert_eq!(ask(AuditFilter { text: "Öznur!".into(), ..all() }).await.len(), 0);
    assert_eq!(ask(AuditFilter { text: "%".into(), ..all() }).await.len(), 5, "a sign is itself");
    assert_eq!(ask(AuditFilter { text: "192.0.2.7".into(), ..all() }).await.len(), 25);
    let (from, until) = (Some(minute(3)), Some(minute(6)));
    assert_eq!(ask(AuditFilter { from, until, ..all() }).await, [5, 4, 3]);

    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = ledger.audit_entries(&AuditFilter { before, ..all() }, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        seen.extend(page.iter().map(|record| record.seq));
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by(|one, next| one > next));
    let first = &ledger.audit_entries(&AuditFilter { text: "öznur".into(), ..all() }, 1).await.unwrap()[0];
    assert_eq!(
        (first.via.as_str(), first.action.as_str(), first.outcome.as_str()),
        ("session", "login", "done")
    );
    assert_eq!((first.at, first.address.as_deref()), (minute(20), Some("192.0.2.7")));
}

pub(crate) async fn the_audit_log_keeps_hostile_text_harmless(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let hostile = "x\0'; DROP TABLE audit_log; --\u{1b}[2J\n\u{202e}";
    let entry = AuditEntry {
        object: "語".repeat(1_000_000),
        detail: json!({ "text": "é\0\"".repeat(1_000_000) }),
        ..entry(0, hostile, Action::Denied)
    };
    ledger.audit(&entry).await.unwrap();
    let kept = &ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap()[0];
    assert_eq!(kept.actor, "x\u{fffd}'; DROP TABLE audit_log; --\u{fffd}[2J\u{fffd}\u{fffd}");
    assert!(kept.object.len() < 400 && kept.detail.to_string().len() < 20_000);
}

pub(crate) async fn audit_entries_of_many_writers_have_one_order(address: &str) {
    let writing = (0..4).map(|writer| {
        let address = address.to_owned();
        tokio::spawn(async move {
            let ledger = Ledger::open(&address).await.unwrap();
            for _ in 0..20 {
                ledger.audit(&entry(writer, "bob", Action::Login)).await.unwrap();
            }
        })
    });
    for writer in writing.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let ledger = Ledger::open(address).await.unwrap();
    let all = ledger.audit_entries(&AuditFilter::default(), 1_000).await.unwrap();
    assert_eq!(all.iter().map(|record| record.seq).collect::<BTreeSet<_>>(), (1..=80).collect());
}
