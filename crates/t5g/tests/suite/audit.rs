//! What is done at the terminal stands in the audit log, as what is done on pages does.

use serde_json::{Value, json};

use crate::living::{Server, get};
use crate::program::{Answer, Program};

fn program() -> Program {
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true").with("USER", "ada");
    // A server makes the stores.
    assert_eq!(Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]).terminate(), Some(0));
    program
}

/// The lines on what was done at the command line, oldest first: action, object, outcome, detail.
pub(crate) fn audited(program: &Program) -> Vec<(String, String, String, Value)> {
    let server = Server::start(program, &["serve", "--listen", "127.0.0.1:0"]);
    let export = get(&server.url, "/audit/export");
    assert!(export.starts_with("HTTP/1.1 200"), "{export}");
    assert_eq!(server.terminate(), Some(0));
    let entries = export.lines().filter(|line| line.starts_with('{'));
    let entries: Vec<Value> = entries.map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut ours: Vec<&Value> = entries.iter().filter(|entry| entry["via"] == "command").collect();
    ours.sort_by_key(|entry| entry["seq"].as_i64());
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let told = ours.into_iter().map(|entry| {
        assert_eq!(entry["actor"], "command line (ada)");
        (word(entry, "action"), word(entry, "object"), word(entry, "outcome"), entry["detail"].clone())
    });
    told.collect()
}

fn well(answer: &Answer) {
    assert_eq!(answer.code, Some(0), "{}", answer.err);
}

#[test]
fn every_deed_at_the_terminal_leaves_its_line() {
    let program = program();
    well(&program.run(&["jobs", "pause", "sync"]));
    well(&program.run(&["jobs", "resume", "sync"]));
    well(&program.run(&["schedule", "pause", "case_sync"]));
    well(&program.run(&["schedule", "resume", "case_sync"]));
    let asked = program.run(&["schedule", "run", "case_sync", "--arguments", r#"{"full": true}"#]);
    well(&asked);
    let run = asked.err.split(' ').nth(1).unwrap();
    well(&program.run(&["jobs", "cancel", run]));
    well(&program.run(&["jobs", "retry", run]));
    assert_eq!(program.run(&["jobs", "retry", run]).code, Some(1), "it waits already");
    // What is not there is not acted on.
    for unknown in
        [["jobs", "pause", "nothing"], ["schedule", "run", "nothing"], ["jobs", "cancel", "ffffffff"]]
    {
        assert_eq!(program.run(&unknown).code, Some(1), "{unknown:?}");
    }
    let told = audited(&program);
    let line = |action: &str, object: &str, detail: Value| {
        (action.to_owned(), object.to_owned(), "done".to_owned(), detail)
    };
    let task = json!({ "task": "case_sync" });
    assert_eq!(
        told[..8],
        [
            line("queue.change", "sync", json!({ "paused": true })),
            line("queue.change", "sync", json!({ "paused": false })),
            line("schedule.change", "case_sync", json!({ "paused": true })),
            line("schedule.change", "case_sync", json!({ "paused": false })),
            line("job.run", "case_sync", json!({ "arguments": { "full": true } })),
            line("job.cancel", run, task.clone()),
            line("job.retry", run, task.clone()),
            line("job.retry", run, task),
        ]
    );
    let [(action, object, outcome, detail)] = &told[8..] else { panic!("{told:?}") };
    assert_eq!((action.as_str(), object.as_str(), outcome.as_str()), ("job.retry", run, "failed"));
    assert!(detail["why"].as_str().is_some_and(|why| !why.is_empty()), "{detail}");
}

#[test]
fn a_token_that_is_not_made_or_not_ended_is_not_said_to_be() {
    let program = program();
    let made = program.run(&["token", "create", "--name", "nightly", "--scope", "read", "--json"]);
    let id = serde_json::from_str::<Value>(&made.out).unwrap()["id"].as_str().unwrap().to_owned();
    well(&program.run(&["token", "revoke", &id]));
    assert_eq!(program.run(&["token", "revoke", &id]).code, Some(1));
    assert_eq!(program.run(&["token", "create", "--name", " ", "--scope", "read"]).code, Some(1));
    let told = audited(&program);
    let told: Vec<_> = told
        .iter()
        .map(|(action, object, outcome, _)| (action.as_str(), object.as_str(), outcome.as_str()))
        .collect();
    assert_eq!(
        told,
        [("token.create", &*id, "done"), ("token.revoke", &*id, "done"), ("token.revoke", &*id, "failed")]
    );
}
