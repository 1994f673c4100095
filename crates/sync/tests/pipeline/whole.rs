//! A cold start: everything is fetched, joined and stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Value, json};
use t5g_model::documents::{Document, read};
use t5g_model::names::{CaseNumber, Source};
use t5g_queue::RunId;
use t5g_simulator::{DocumentSettings, Flavour, documents};
use t5g_store::ledger::CaseComment;
use t5g_sync::{missing, source_of};

use crate::ground::{Face, Ground, Setup, differences, done, start, sync};

fn rows(document: &Value) -> usize {
    document.as_object().map_or_else(|| document.as_array().map_or(0, Vec::len), serde_json::Map::len)
}

#[tokio::test]
async fn a_cold_start_fills_every_document_in_order() {
    let ground = Ground::new(Setup::default()).await;
    let nothing = ground.ctx.all_unconfigured();
    let lacking = missing(&ground.ctx.documents, &nothing).await.unwrap();
    assert_eq!(lacking, Source::ALL);
    let views = ground.sync(&lacking, false).await;
    for view in &views {
        done(view);
    }
    assert!(views.iter().map(|view| source_of(&view.task).unwrap()).eq(Source::ALL.iter().copied()));
    let mut needs = BTreeMap::new();
    for view in &views {
        let detail = ground.launcher.detail(view.id).await.unwrap().unwrap();
        let of =
            |run: &RunId| views.iter().find(|view| view.id == *run).and_then(|view| source_of(&view.task));
        needs.insert(
            source_of(&view.task).unwrap(),
            detail.needs.iter().filter_map(of).collect::<BTreeSet<_>>(),
        );
        assert!(!detail.events.is_empty() && !detail.attempts.is_empty(), "{detail:?}");
    }
    assert!(needs[&Source::Details].contains(&Source::Cases), "{needs:?}");
    assert!(needs[&Source::Issues].contains(&Source::Cases), "{needs:?}");
    assert!(needs[&Source::Bugs].contains(&Source::Details), "{needs:?}");
    assert_eq!(needs[&Source::Cards].len(), 5, "all that cards are joined with: {needs:?}");
    assert!(needs[&Source::Stats].contains(&Source::Cards), "{needs:?}");
    assert!(missing(&ground.ctx.documents, &nothing).await.unwrap().is_empty());

    for source in Source::ALL {
        for document in source.documents() {
            let stored = ground.ctx.documents.read(*document).await.unwrap().unwrap();
            let problems = read::check(*document, &stored.bytes).unwrap();
            assert!(problems.is_empty(), "{document}: {problems:?}");
        }
        let freshness = ground.freshness(*source).await;
        assert_eq!(freshness.last_success, Some(start()), "{source}");
        assert_eq!((freshness.failure, freshness.stale), (None, 0), "{source}");
    }
    assert_eq!(rows(&ground.document(Document::Cases).await), 60);
    for document in [Document::Details, Document::CaseBz, Document::Bugs, Document::Issues, Document::Cards] {
        assert!(rows(&ground.document(document).await) > 0, "{document} is empty");
    }
    assert_eq!(ground.document(Document::Timestamp).await, json!("2026-11-23 12:00:00.000000+00:00"));
    assert_eq!(rows(&ground.document(Document::Stats).await), 1);
}

#[tokio::test]
async fn documents_refer_to_each_other() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let cases = ground.document(Document::Cases).await;
    let cards = ground.document(Document::Cards).await;
    let details = ground.document(Document::Details).await;
    let (bugs, issues) = (ground.document(Document::Bugs).await, ground.document(Document::Issues).await);
    let open = cases.as_object().unwrap().iter().filter(|(_, case)| case["status"] != "Closed");
    let open: Vec<_> = open.map(|(number, _)| number).collect();
    assert!(!open.is_empty() && open.len() == rows(&details));
    let (mut described, mut commented) = (0, 0);
    for (key, card) in cards.as_object().unwrap() {
        let number = card["case_number"].as_str().unwrap();
        let case = &cases[number];
        assert_eq!(card["account"], case["account"], "{key}");
        assert_eq!(card["summary"], case["problem"], "{key}");
        assert_eq!(card["bugzilla"], bugs[number], "{key}");
        assert_eq!(card["issues"], issues[number], "{key}");
        described += usize::from(!card["group_name"].is_null());
        commented += usize::from(card["comments"].as_array().is_some_and(|list| !list.is_empty()));
    }
    assert!(
        described > 0 && commented > 0,
        "{described} of {} in a group, {commented} commented",
        rows(&cards)
    );
    let number = open.first().unwrap().parse().unwrap();
    let mut kept = 0;
    for number in std::iter::once(number).chain(open.iter().map(|number| number.parse().unwrap())) {
        kept += ground.ctx.ledger.comments(&number).await.unwrap().len();
    }
    assert!(kept > 0, "no comment of any case was kept");
}

#[tokio::test]
async fn comments_of_cases_that_are_gone_are_forgotten_in_time() {
    let ground = Ground::new(Setup::default()).await;
    let gone: CaseNumber = "99999999".parse().unwrap();
    let comment = |id: &str, days| CaseComment {
        id: id.to_owned(),
        author: None,
        body: "what the customer wrote".to_owned(),
        created: Some(start() - TimeDelta::days(days)),
        public: true,
    };
    let written = vec![comment("old", 401), comment("recent", 399)];
    ground.ctx.ledger.keep_comments(&[(gone.clone(), written)]).await.unwrap();
    ground.sync_all(false).await;
    let left = ground.ctx.ledger.comments(&gone).await.unwrap();
    assert_eq!(left.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["recent"]);
}

#[tokio::test]
async fn data_center_tells_the_same_as_cloud() {
    let cloud = Ground::new(Setup::default()).await;
    let center = Ground::new(Setup { flavour: Flavour::DataCenter, ..Setup::default() }).await;
    cloud.sync_all(false).await;
    center.sync_all(false).await;
    let plain = |mut cards: Value| {
        for card in cards.as_object_mut().unwrap().values_mut() {
            for member in ["assignee", "contributor", "comments", "escalated_link", "issues"] {
                card.as_object_mut().unwrap().remove(member);
            }
        }
        cards
    };
    assert_eq!(plain(cloud.document(Document::Cards).await), plain(center.document(Document::Cards).await));
    assert_eq!(cloud.document(Document::Cases).await, center.document(Document::Cases).await);
}

#[tokio::test]
async fn what_is_not_configured_is_null_but_never_replaces_data() {
    let bare = |rules: &mut t5g_sync::SyncRules| rules.escalations.label = None;
    let ground = Ground::new(Setup { bugzilla: false, rules: bare, ..Setup::default() }).await;
    assert!(ground.launcher.catalog().get("bugs_sync").is_none());
    assert!(ground.launcher.catalog().get("escalations_sync").is_none());
    let lacking = missing(&ground.ctx.documents, &ground.ctx.all_unconfigured()).await.unwrap();
    assert!(!lacking.contains(&Source::Bugs) && !lacking.contains(&Source::Escalations));
    ground.sync(&lacking, false).await.iter().for_each(|view| drop(done(view)));
    assert_eq!(ground.document(Document::Bugs).await, Value::Null);
    assert_eq!(ground.document(Document::Escalations).await, Value::Null);
    assert!(rows(&ground.document(Document::Cards).await) > 0, "cards stay without escalations");

    ground.put(Document::Bugs, r#"{"01234567": []}"#).await;
    ground.sync(&[Source::Cards], true).await.iter().for_each(|view| drop(done(view)));
    assert_eq!(ground.document(Document::Bugs).await, json!({ "01234567": [] }));
}

/// The simulator writes documents straight from its world; over HTTP the same must come out.
#[tokio::test]
async fn what_is_fetched_is_what_the_world_holds() {
    let ground = Ground::new(Setup { cases: 200, ..Setup::default() }).await;
    ground.sync_all(false).await;
    let settings = DocumentSettings {
        jira_url: "http://simulator/jira".into(),
        now: start(),
        days: 0,
        ..DocumentSettings::at(start())
    };
    let expected = documents(&ground.sim.world(), &settings).unwrap();
    for (document, json) in expected {
        // Nobody logs in here, and nobody pressed a button; the world's history is another one.
        if matches!(document, Document::Users | Document::RefreshId | Document::Timestamp) {
            continue;
        }
        let expected: Value = serde_json::from_slice(&json).unwrap();
        let found = ground.document(document).await;
        let differences = differences(&expected, &found);
        assert!(found == expected, "{document}: {differences:#?}");
    }
}

/// The portal's newer faces tell less; what the first one told stays.
#[tokio::test]
async fn another_face_of_the_portal_takes_nothing_away() {
    let ground = Ground::new(Setup::default()).await;
    ground.sync_all(false).await;
    let before = ground.documents().await;
    for (face, name) in [(Face::Graphql, "graphql"), (Face::V3, "v3")] {
        let ctx = ground.with(&Setup { face, ..Setup::default() });
        let views = sync(&ctx, Source::ALL, true).await;
        for view in &views {
            done(view);
        }
        for document in [Document::Details, Document::CaseBz, Document::Bugs, Document::Issues] {
            let after = ground.document(document).await;
            assert!(
                before[&document] == after,
                "{name}: {document}: {:#?}",
                differences(&before[&document], &after)
            );
        }
        let after = ground.document(Document::Cases).await;
        for (number, case) in before[&Document::Cases].as_object().unwrap() {
            for member in
                ["owner", "account", "problem", "severity", "description", "bug", "tags", "createdate"]
            {
                assert_eq!(case.get(member), after[number].get(member), "{name}: {member} of {number}");
            }
        }
    }
}
