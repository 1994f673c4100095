//! Upstreams that misbehave: single failures, whole outages, expired credentials, a fifth of all answers.

use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_model::names::{CaseNumber, Source};

use crate::ground::{Ground, SEED, Setup, differences, done, fault, status};

#[tokio::test]
async fn a_single_case_that_fails_keeps_its_entry_and_is_stale() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let before = ground.document(Document::Details).await;
    let unlucky = before.as_object().unwrap().keys().next().unwrap().clone();
    ground.faults(status(&format!("GET *cases/{unlucky}*"), 404)).await;
    for source in [Source::Details, Source::Issues] {
        let summary = done(&ground.sync(&[source], true).await[0]);
        assert_eq!(summary["stale"], 1, "{source}");
        let stale = ground.ctx.ledger.stale_entries(source).await.unwrap();
        assert_eq!(stale[0].entry.entry, unlucky);
        assert!(stale[0].entry.reason.starts_with("portal"), "{stale:?}");
    }
    assert_eq!(ground.document(Document::Details).await, before);
    ground.no_faults().await;
    let summary = done(&ground.sync(&[Source::Details], false).await[0]);
    assert_eq!((&summary["full"], &summary["stale"]), (&json!(false), &json!(0)), "it is asked for again");
}

#[tokio::test]
async fn an_upstream_that_is_down_is_named_and_harms_nobody_else() {
    let ground = Ground::new(Setup { attempts: 2, ..Setup::default() }).await;
    ground.sync_all(false).await;
    let before = ground.documents().await;
    for (route, sources, name) in [
        ("*/portal/*", &[Source::Cases, Source::Details, Source::Issues][..], "portal"),
        ("*/jira/*", &[Source::Issues, Source::Escalations, Source::Cards][..], "Jira"),
        ("*/bugzilla/*", &[Source::Bugs][..], "Bugzilla"),
    ] {
        ground.faults(status(route, 503)).await;
        for source in Source::ALL {
            let view = ground.sync(&[*source], true).await.remove(0);
            if sources.contains(source) {
                let error = view.error.clone().unwrap_or_default();
                assert!(error.starts_with(&format!("{source} not refreshed: ")), "{error}");
                assert!(error.contains(name), "{error}");
                assert_eq!(ground.freshness(*source).await.failure.map(|failure| failure.error), view.error);
            } else {
                done(&view);
                assert_eq!(ground.freshness(*source).await.failure, None, "{source}");
            }
        }
        assert_eq!(ground.documents().await, before, "while {name} was down");
        ground.no_faults().await;
        ground.sync_all(false).await;
    }
}

#[tokio::test]
async fn an_expired_jira_credential_empties_nothing() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let before = ground.documents().await;
    ground.faults(fault("*/jira/*", &json!({ "kind": "anonymous" }))).await;
    for source in [Source::Issues, Source::Escalations, Source::Cards] {
        let error = ground.fails(source).await;
        assert!(error.contains("Jira") && error.contains("jira_pass"), "{error}");
    }
    assert_eq!(ground.documents().await, before);
}

/// `T5G_TEST_CASES=2000` for the long form.
#[tokio::test]
async fn with_a_fifth_of_all_answers_failing_every_document_is_complete() {
    let cases = std::env::var("T5G_TEST_CASES").map_or(300, |text| text.parse().unwrap());
    let calm = Ground::new(Setup { cases, ..Setup::default() }).await;
    calm.sync_all(false).await;
    let stormy = Ground::new(Setup { cases, attempts: 12, ..Setup::default() }).await;
    stormy.faults(json!({ "everything": 0.2 })).await;
    stormy.sync_all(false).await;
    for source in Source::ALL {
        let stale = stormy.ctx.ledger.stale_entries(*source).await.unwrap();
        assert!(stale.is_empty(), "{source}: {stale:?} (seed {SEED})");
    }
    let (expected, mut found) = (calm.documents().await, stormy.documents().await);
    // One of the faults adds members that nobody knows; watchers are kept as they come.
    found.values_mut().for_each(without_unknown_members);
    for (document, value) in expected {
        let differences = differences(&value, &found[&document]);
        assert!(found[&document] == value, "{document} (seed {SEED}): {differences:#?}");
    }
    let number: CaseNumber =
        found[&Document::Details].as_object().unwrap().keys().next().unwrap().parse().unwrap();
    assert_eq!(
        calm.ctx.ledger.comments(&number).await.unwrap(),
        stormy.ctx.ledger.comments(&number).await.unwrap()
    );
}

fn without_unknown_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("zzUnknownMember");
            members.values_mut().for_each(without_unknown_members);
        }
        Value::Array(items) => items.iter_mut().for_each(without_unknown_members),
        _ => {}
    }
}
