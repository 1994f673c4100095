//! What changed is enough: an incremental refresh ends where a full one does, for a fraction of the calls.

use chrono::TimeDelta;
use t5g_model::documents::Document;
use t5g_model::names::Source;

use crate::ground::{Ground, Setup, differences, done};

#[tokio::test]
async fn nothing_changed_costs_few_calls() {
    let ground = Ground::new(Setup { cases: 200, ..Setup::default() }).await;
    ground.requests().await;
    ground.sync_all(false).await;
    let first = ground.requests().await;
    let before = ground.documents().await;
    // A later time may be another day of some case's age.
    ground.pass(TimeDelta::seconds(1));
    let summaries = ground.sync_all(false).await;
    let second = ground.requests().await;
    assert!(second * 5 < first, "{second} calls after {first}");
    assert_eq!(ground.documents().await, before);
    for task in ["case_sync", "details_sync", "issues_sync", "card_sync"] {
        let summary = &summaries[task];
        assert_eq!(summary["full"], false, "{task}");
        assert_eq!(
            (&summary["added"], &summary["changed"], &summary["removed"]),
            (&0.into(), &0.into(), &0.into())
        );
    }
}

#[tokio::test]
async fn step_by_step_it_ends_where_a_full_refresh_does() {
    let ground = Ground::new(Setup { cases: 120, ..Setup::default() }).await;
    ground.sync_all(false).await;
    let before = ground.documents().await;
    for hours in [1, 3, 8] {
        ground.advance(hours);
        let summaries = ground.sync_all(false).await;
        assert_eq!(summaries["case_sync"]["full"], false);
        assert_eq!(summaries["card_sync"]["full"], false);
    }
    let stepwise = ground.documents().await;
    assert_ne!(stepwise[&Document::Cases], before[&Document::Cases], "the world stood still");
    ground.sync_all(true).await;
    let whole = ground.documents().await;
    for (document, value) in &whole {
        let differences = differences(value, &stepwise[document]);
        assert!(value == &stepwise[document], "{document}: {differences:#?}");
    }
}

#[tokio::test]
async fn after_a_day_everything_is_read_again() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    ground.pass(TimeDelta::hours(22));
    ground.sync_all(false).await;
    let first = ground.freshness(Source::Cases).await.last_full;
    ground.pass(TimeDelta::hours(2));
    let summaries = ground.sync_all(false).await;
    for task in ["case_sync", "details_sync", "issues_sync", "card_sync"] {
        assert_eq!(summaries[task]["full"], true, "{task}");
    }
    assert_ne!(ground.freshness(Source::Cases).await.last_full, first);
}

#[tokio::test]
async fn a_document_that_somebody_else_wrote_is_read_as_a_whole() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let good = ground.documents().await;
    for (source, document) in [
        (Source::Cases, Document::Cases),
        (Source::Details, Document::Details),
        (Source::Issues, Document::Issues),
        (Source::Cards, Document::Cards),
    ] {
        for foreign in ["{}", "[]", r#"{"x": 5}"#] {
            ground.put(document, foreign).await;
            done(&ground.sync(&[source], false).await[0]);
            assert_eq!(ground.document(document).await, good[&document], "{document} after {foreign}");
        }
    }
}
