//! Never good data for none: held shrinks, and a history that is never lost.

use serde_json::json;
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_queue::RunState;
use t5g_store::ledger::{Decision, ShrinkState};

use crate::ground::{Ground, Setup, done, start, sync};

#[tokio::test]
async fn a_shrink_is_held_until_a_person_approves_it() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let before = ground.document(Document::Cases).await;
    let narrow =
        Setup { rules: |rules| rules.case_query = r#"case_sbrGroups:"nobody""#.into(), ..Setup::default() };
    let ctx = ground.with(&narrow);
    for _ in 0..2 {
        let view = sync(&ctx, &[Source::Cases], false).await.remove(0);
        let error = view.error.unwrap();
        assert_eq!(view.state, RunState::Failed);
        assert!(
            error.contains("0 rows for cases, where there were 60") && error.contains("--approve-shrink"),
            "{error}"
        );
        assert_eq!(ground.document(Document::Cases).await, before);
    }
    let held = ctx.ledger.held_shrinks().await.unwrap();
    assert_eq!(
        (held.len(), held[0].state, held[0].old_count, held[0].new_count),
        (1, ShrinkState::Held, 60, 0)
    );
    assert_eq!(ground.freshness(Source::Cases).await.failure.unwrap().times, 2);

    assert!(ctx.ledger.decide_shrink(Document::Cases, Decision::Approve, "ada", start()).await.unwrap());
    done(&sync(&ctx, &[Source::Cases], false).await[0]);
    assert_eq!(ground.document(Document::Cases).await, json!({}));
    assert!(ctx.ledger.held_shrinks().await.unwrap().is_empty(), "an approval counts once");
}

#[tokio::test]
async fn a_torn_document_does_not_open_the_door_to_an_empty_one() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    ground.put(Document::Cases, "[]").await;
    let narrow =
        Setup { rules: |rules| rules.case_query = r#"case_sbrGroups:"nobody""#.into(), ..Setup::default() };
    let views = sync(&ground.with(&narrow), &[Source::Cases], false).await;
    let error = views[0].error.clone().unwrap();
    assert!(error.contains("0 rows for cases, where there were 60"), "{error}");
    assert_eq!(ground.document(Document::Cases).await, json!([]));

    done(&ground.sync(&[Source::Cases], false).await[0]);
    assert_eq!(ground.document(Document::Cases).await.as_object().unwrap().len(), 60);
}

#[tokio::test]
async fn the_history_is_added_to_and_never_lost() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let today = ground.document(Document::Stats).await["2026-11-23"].clone();
    ground.put(Document::Stats, r#"{"2026-11-21": {"open_cases": 3, "old": [1]}, "2026-11-23": {}}"#).await;
    done(&ground.sync(&[Source::Stats], false).await[0]);
    let history = ground.document(Document::Stats).await;
    assert_eq!(history, json!({ "2026-11-21": { "open_cases": 3, "old": [1] }, "2026-11-23": today }));

    ground.put(Document::Stats, "[1, 2]").await;
    let error = ground.fails(Source::Stats).await;
    assert!(error.contains("would be lost"), "{error}");
    assert_eq!(ground.document(Document::Stats).await, json!([1, 2]));
}

#[tokio::test]
async fn nothing_is_computed_from_what_is_missing_or_torn() {
    let ground = Ground::new(Setup::default()).await;
    let error = ground.fails(Source::Stats).await;
    assert!(error.contains("document cards is missing"), "{error}");
    let error = ground.fails(Source::Cards).await;
    assert!(error.contains("document cases is missing"), "{error}");
    ground.sync_all(false).await;
    let before = ground.document(Document::Stats).await;
    ground.put(Document::Cards, "[]").await;
    let error = ground.fails(Source::Stats).await;
    assert!(error.contains("`cards` cannot be read"), "{error}");
    assert_eq!(ground.document(Document::Stats).await, before);
}
