//! READ_ONLY: whatever is started, by whatever way, nothing reaches an upstream.

use serde_json::{Value, json};
use t5g_clients::Writes;
use t5g_model::documents::Document;
use t5g_queue::RunState;
use t5g_sync::{WriteRules, WriteTask, registry, registry_of_writing};

use crate::ground::{Ground, Setup, start_in};

/// Other priorities than the cards have.
fn shut(rules: &mut WriteRules) {
    rules.read_only = true;
    let others = [("Urgent", "Minor"), ("High", "Minor"), ("Normal", "Critical"), ("Low", "Critical")];
    rules.priorities = others.map(|(severity, jira)| (severity.to_owned(), jira.to_owned())).into();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_task_writes_while_read_only() {
    let ground = Ground::new(Setup { auto_cards: false, ..Setup::default() }).await;
    ground.advance(72);
    ground.sync_all(true).await;
    // There is something to write of every kind: cards, priorities, tags, and a step to be undone.
    let written = ground.write("priority_sync").await;
    let undo = json!({ "plan": written["plans"][0]["plan"], "seq": 1 });
    ground.sync_all(true).await;
    let cases = ground.document(Document::Cases).await;
    let case = cases.as_object().unwrap().keys().next().unwrap();
    let watch = json!({ "change": "add", "users": ["ann"], "cases": [case] });
    let before = ground.ask("journal").await["total"].clone();
    assert_ne!(before, 0);

    let setup = Setup { auto_cards: false, writes: Writes::Refused, writing: shut, ..Setup::default() };
    let ctx = ground.with(&setup);
    let names: Vec<_> = registry(&ctx).definitions().iter().map(|one| one.name).collect();
    for task in WriteTask::ALL {
        assert!(!names.contains(&task.name()), "{} is offered", task.name());
    }
    for name in names {
        let ended = start_in(&ctx, registry(&ctx), name, Value::Null).await;
        assert_eq!(ended.state, RunState::Done, "{name}: {:?}", ended.error);
    }
    // Even the tasks' work, handed to a worker past the list, meets the clients' gate.
    for task in WriteTask::ALL {
        let arguments = match task {
            WriteTask::Undo => undo.clone(),
            WriteTask::Watchers => watch.clone(),
            WriteTask::Cards | WriteTask::Priorities | WriteTask::Tags => Value::Null,
        };
        let ended = start_in(&ctx, registry_of_writing(&ctx), task.name(), arguments).await;
        assert_eq!(ended.state, RunState::Failed, "{}: {:?}", task.name(), ended.result);
        assert!(ended.error.as_deref().unwrap().contains("READ_ONLY"), "{:?}", ended.error);
    }
    assert_eq!(ground.ask("journal").await["total"], before, "something got past");
    assert!(ground.ask("messages").await.as_array().unwrap().is_empty());
    assert_eq!(ground.ask("mail").await["total"], 0);
}
