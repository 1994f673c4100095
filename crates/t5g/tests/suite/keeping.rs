//! Backup and restore, and the question whether a process is well, as somebody at a terminal uses them.

use std::os::unix::fs::PermissionsExt as _;

use crate::living::{Server, get};
use crate::program::Program;

const BUNDLE: &str = "{\n\"cases\": {\"01234567\": {\"account\": \"Acme\"}},\n\"escalations\": null\n}\n";

#[test]
fn a_backup_is_checked_and_restored() {
    let program = Program::new();
    assert_eq!(program.run_with_input(&["import", "-"], BUNDLE.as_bytes()).code, Some(0));
    assert_eq!(program.run(&["token", "create", "--name", "nightly", "--scope", "read"]).code, Some(0));
    let file = program.path("a.backup");
    let made = program.run(&["backup", &file]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(made.out.contains("document cases") && made.out.contains("ledger api_tokens"), "{}", made.out);
    for half in ["documents from", "ledger from"] {
        let line = made.out.lines().find(|line| line.starts_with(half));
        assert!(line.is_some_and(|line| line.contains("t5g.db")), "{half}: {}", made.out);
    }
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let left: Vec<String> = std::fs::read_dir(program.home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("a.backup"))
        .collect();
    assert_eq!(left, ["a.backup"], "nothing half is left beside it");

    let again = program.run(&["backup", &file]);
    assert!(again.code == Some(1) && again.err.contains("is there already"), "{}", again.err);
    let other = Program::new();
    let checked = other.run(&["restore", "--verify", &file, "--json"]);
    assert!(checked.code == Some(0) && checked.out.contains("\"ledger_schema\""), "{}", checked.err);
    assert_eq!(std::fs::read_dir(other.home.path()).unwrap().count(), 0, "a check makes nothing");
    assert_eq!(other.run(&["restore", &file]).code, Some(0));
    assert_eq!(other.run(&["export"]).out, BUNDLE);
    assert!(other.run(&["token", "list"]).out.contains("nightly"));
    let refused = other.run(&["restore", &file]);
    assert!(refused.code == Some(1) && refused.err.contains("is not empty"), "{}", refused.err);
    assert_eq!(other.run(&["restore", "--force", &file]).code, Some(0));

    std::fs::write(program.path("b.backup"), b"no backup").unwrap();
    let broken = other.run(&["restore", "--verify", &program.path("b.backup")]);
    assert!(broken.code == Some(1) && broken.err.contains("cannot be used"), "{}", broken.err);
    assert_eq!(other.run(&["restore", &program.path("gone.backup")]).code, Some(1));
}

#[test]
fn a_backup_is_made_while_a_worker_writes_and_not_restored_under_it() {
    let program = Program::new();
    let data = program.path("data");
    let demo = Server::start(&program, &["demo", "--listen", "127.0.0.1:0", "-n", "60", "--data", &data]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !get(&demo.url, "/api/cards").contains("\"case_number\"") {
        assert!(std::time::Instant::now() < deadline, "no cards on {}", &demo.url);
        std::thread::yield_now();
    }
    let program = program.with("T5G_DATA_DIR", &data);
    let file = program.path("live.backup");
    let made = program.run(&["backup", &file]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(made.out.contains("document cards"), "{}", made.out);
    let refused = program.run(&["restore", "--force", &file]);
    assert!(refused.code == Some(1) && refused.err.contains("at work"), "{}", refused.err);
    // Two leases of 30 s, as it is judged.
    assert!(refused.err.contains("counts as gone after 60 s"), "{}", refused.err);
    let program = program.with("T5G_JOBS_LEASE", "45s");
    let refused = program.run(&["restore", "--force", &file]);
    assert!(refused.err.contains("counts as gone after 90 s"), "{}", refused.err);
    assert_eq!(demo.terminate(), Some(0));
    let restored = program.run(&["restore", "--force", &file]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
}

/// A server that works on nothing, in a process of its own.
#[test]
fn a_backup_is_not_restored_under_a_server() {
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    assert_eq!(program.run_with_input(&["import", "-"], BUNDLE.as_bytes()).code, Some(0));
    assert_eq!(program.run(&["token", "create", "--name", "nightly", "--scope", "read"]).code, Some(0));
    let file = program.path("a.backup");
    assert_eq!(program.run(&["backup", &file]).code, Some(0));
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(2);
    // It serves before it has told the ledger.
    let refused = || loop {
        let restored = program.run(&["restore", "--force", &file]);
        if restored.code != Some(0) {
            break restored.err;
        }
        assert!(std::time::Instant::now() < deadline, "restored under a server");
    };
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    let address = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let said = refused();
    assert!(said.contains(&address) && said.contains("stop them first"), "who, and what to do: {said}");
    assert_eq!(program.run(&["restore", "--verify", &file]).code, Some(0), "looking is allowed");
    assert_eq!(server.terminate(), Some(0));
    let restored = program.run(&["restore", "--force", &file]);
    assert_eq!(restored.code, Some(0), "who ended well is gone at once: {}", restored.err);

    // One that was killed is silent after a while.
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    refused();
    drop(server);
    while program.run(&["restore", "--force", &file]).code != Some(0) {
        assert!(std::time::Instant::now() < deadline, "who was killed is taken for alive");
        std::thread::yield_now();
    }
}

#[test]
fn health_asks_the_process_with_the_same_settings() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true").with("T5G_OPS_LISTEN", &free);
    let down = program.run(&["health"]);
    assert!(down.code == Some(1) && down.err.contains("does not answer"), "{}", down.err);
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    for arguments in [&["health"][..], &["health", "--ready"], &["health", "--url", &server.url]] {
        let answer = program.run(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (Some(0), "ok\n"), "{arguments:?}: {}", answer.err);
    }
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(program.run(&["health", "--url", "nowhere"]).code, Some(2));

    // It lives, and has nothing to answer from.
    let program = program.with("T5G_DOCUMENTS_URL", "redis://127.0.0.1:1/0");
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(program.run(&["health"]).code, Some(0));
    let ready = program.run(&["health", "--ready"]);
    assert!(ready.code == Some(1) && ready.err.contains("503"), "{}", ready.err);
    drop(server);
}
