//! Commands that only read: from the store, and from a running dashboard, with the same result.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::Value;

use crate::living::{Server, get, simulated};
use crate::program::Program;

const BUNDLE: &str = r#"{
"cases": {
  "01234567": {"owner": "A", "severity": "1 (Urgent)", "account": "Acme", "problem": "node \u001b[2J <b>| x", "status": "Closed",
    "createdate": "2026-01-01T00:00:00Z", "last_update": "2026-01-01T00:00:00Z", "closeddate": "2026-02-01T00:00:00Z",
    "description": "d", "product": "P 1", "product_version": "1"},
  "01234568": {"owner": "A", "severity": "3 (Normal)", "account": "Bank", "problem": "p", "status": "Waiting on Red Hat",
    "createdate": "2026-02-01T00:00:00Z", "last_update": "2026-02-01T00:00:00Z",
    "description": "d", "product": "P 1", "product_version": "1"}
},
"cards": {
  "FIELD-1": {"case_number": "01234567", "account": "Acme", "summary": "s", "case_status": "Closed", "severity": "Urgent",
    "card_status": "Debugging", "assignee": {"displayName": "Ana\u001b[31m", "accountId": "1", "emailAddress": null}},
  "FIELD-2": {"case_number": "01234567", "account": "Acme", "summary": "s", "case_status": "Closed", "severity": "Urgent",
    "card_status": "Done", "assignee": {"displayName": "Ana\u001b[31m", "accountId": "1", "emailAddress": null}},
  "FIELD-3": {"case_number": "01234568", "account": "Bank", "summary": "s", "case_status": "Waiting on Red Hat",
    "severity": "Normal", "card_status": "New", "assignee": {"displayName": null, "accountId": null, "emailAddress": null}}
}
}"#;

fn filled() -> Program {
    let program = Program::new()
        .with("FLASK_LOGIN_DISABLED", "true")
        .with("jira_server", "https://jira.example.com")
        .with("team", r#"[{"name": "Ana", "jira_account_id": "1"}, {"name": "Bo"}]"#);
    let imported = program.run_with_input(&["import", "-"], BUNDLE.as_bytes());
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    program
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn cards_that_could_be_closed_are_listed() {
    let program = filled();
    let listed = program.run(&["cards", "closable"]);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    let lines: Vec<&str> = listed.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", listed.out);
    for part in ["FIELD-1", "Debugging", "01234567", "https://jira.example.com/browse/FIELD-1"] {
        assert!(lines[1].contains(part), "{part}: {}", listed.out);
    }
    assert!(!listed.out.contains('\u{1b}') && listed.err.contains("1 card is not done"), "{}", listed.err);
    let told = json(&program.run(&["cards", "closable", "--json"]).out);
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(told[0]["url"], "https://jira.example.com/browse/FIELD-1");
    let without = Program::new();
    let imported = without.run_with_input(&["import", "-"], b"{\"escalations\": null}");
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let none = without.run(&["cards", "closable", "--json"]);
    assert_eq!(
        (none.code, none.out.as_str()),
        (Some(1), ""),
        "nobody knows of no card yet: that is not none"
    );
    assert!(none.err.contains("t5g sync cards"), "{}", none.err);
}

#[test]
fn a_week_is_told_in_every_form() {
    let program = filled();
    let week = |format: &str| {
        let told = program.run(&["report", "week", "--since", "2025-12-01", "--format", format]);
        assert_eq!(told.code, Some(0), "{}", told.err);
        told.out
    };
    let programs = json(&week("json"));
    assert_eq!((programs["from"].as_str(), programs["open"].as_u64()), (Some("2025-12-01"), Some(1)));
    let numbers = |list: &str| -> Vec<String> {
        let rows = programs[list].as_array().unwrap().iter();
        rows.map(|row| row["case"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (numbers("opened"), numbers("closed")),
        (vec!["01234567".into(), "01234568".into()], vec!["01234567".into()])
    );
    let text = week("text");
    assert!(text.contains("2 opened, 1 closed; 1 open now") && text.contains("Closed (1)"), "{text}");
    let (markdown, html) = (week("markdown"), week("html"));
    assert!(markdown.contains("&lt;b&gt;\\| x | Closed | 2026-01-01 |"), "{markdown}");
    assert!(html.contains("&lt;b&gt;| x") && !html.contains("<b>"), "{html}");
    for form in [text, markdown, html] {
        assert!(!form.contains('\u{1b}'), "{form}");
    }
    let recent = json(&program.run(&["report", "week", "--format", "json"]).out);
    assert!(recent["opened"].as_array().unwrap().is_empty(), "{recent}");
    assert_eq!(program.run(&["report", "week", "--since", "soon"]).code, Some(2));
    let without = Program::new();
    assert_eq!(without.run_with_input(&["import", "-"], b"{\"escalations\": null}").code, Some(0));
    assert!(without.run(&["report", "week"]).err.contains("t5g sync cases"));
}

#[test]
fn a_running_dashboard_tells_the_same_as_its_store() {
    let program = filled();
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !get(&server.url, "/api/cards").contains("FIELD-1") {
        assert!(std::time::Instant::now() < deadline, "no cards on {}", server.url);
        std::thread::yield_now();
    }
    // Somebody else's machine: no store, no settings.
    let laptop = Program::new().with("jira_server", "https://elsewhere.example.com");
    for command in [
        ["cards", "closable", "--json"].as_slice(),
        &["report", "week", "--since", "2025-12-01"],
        &["export", "--only", "cards,cases"],
        &["schedule", "list", "--json"],
        &["jobs", "list", "--json"],
    ] {
        let here = program.run(command);
        let there = laptop.run(&[command, &["--server", &server.url]].concat());
        assert_eq!((here.code, there.code), (Some(0), Some(0)), "{command:?}: {}{}", here.err, there.err);
        assert_eq!(here.out, there.out, "{command:?}");
    }
    let current = laptop.run(&["report", "sprint", "--current", "--format", "json", "--server", &server.url]);
    assert_eq!(current.code, Some(0), "{}", current.err);
    assert_eq!(json(&current.out)["people"][0]["done"][0], "FIELD-2");
    let whole = laptop.run(&["export", "--server", &server.url]);
    assert!(whole.err.contains("left out") && whole.err.contains("stats"), "{}", whole.err);
    let missing = laptop.run(&["jobs", "show", "019ab5c0", "--server", &server.url]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("no run whose id begins with"), "{}", missing.err);
}

#[test]
fn a_dashboard_that_cannot_be_asked_is_told_in_words() {
    let program = Program::new();
    let listed = |server: &str| {
        let answer = program.run(&["jobs", "list", "--server", server]);
        assert_eq!(answer.code, Some(1), "{server}: {}", answer.out);
        answer.err
    };
    assert!(listed("http://127.0.0.1:1").contains("does not answer"));
    assert!(listed("ftp://127.0.0.1").contains("not an http or https address"));
    assert!(listed("https://me:pw@dashboard.example.com").contains("holds a name or password"));
    let unreadable = ["jobs", "list", "--server", "http://127.0.0.1:1", "--token-file", "/nowhere"];
    assert!(program.run(&unreadable).err.contains("/nowhere cannot be read"));
    assert_eq!(program.run(&["jobs", "list", "--token-file", "/nowhere"]).code, Some(2));
    let last = program.run(&["report", "sprint", "--server", "http://127.0.0.1:1"]);
    assert!(last.err.contains("add --current"), "{}", last.err);
}

/// Somebody who answers one request so, and tells what was asked.
fn answering(answer: &str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.to_owned();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut piece = [0; 1024];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut piece).unwrap();
            assert!(read > 0, "the request ends early");
            request.extend_from_slice(piece.get(..read).unwrap());
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (url, asked)
}

fn whole(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn the_token_goes_to_the_dashboard_and_nowhere_else() {
    let runs = r#"{"runs": [], "total": 0, "unreadable": []}"#;
    let program = Program::new();
    std::fs::write(program.path("token"), "t5g_from_file\n").unwrap();
    let file = program.path("token");
    for (name, value, expected) in [
        ("T5G_API", "t5g_ours", "t5g_ours"),
        ("DASH_API", "t5g_old", "t5g_old"),
        ("DASH_API_FILE", file.as_str(), "t5g_from_file"),
    ] {
        let (url, asked) = answering(&whole("200 OK", "", runs));
        let program = Program::new().with(name, value);
        let server = format!("{url}/t5g/");
        let listed = program.run(&["jobs", "list", "--rows", "7", "--server", &server, "task:card_sync"]);
        assert_eq!(listed.code, Some(0), "{}", listed.err);
        let asked = asked.join().unwrap().to_lowercase();
        assert!(asked.starts_with("get /t5g/api/monitor/runs?q=task%3acard_sync&page=1&size=7 "), "{asked}");
        assert!(asked.contains(&format!("authorization: bearer {expected}")), "{name}: {asked}");
    }
    let swallowed = Program::new().run(&["jobs", "list", "task:card_sync", "--server", "http://127.0.0.1:1"]);
    assert!(swallowed.err.contains("stand before the filter"), "{}", swallowed.err);
    // A place that it is sent to does not get it: nobody is asked there.
    let (elsewhere, _never_asked) = answering(&whole("200 OK", "", runs));
    let (url, asked) = answering(&whole("302 Found", &format!("Location: {elsewhere}/\r\n"), ""));
    let listed = Program::new().with("T5G_API", "t5g_ours").run(&["jobs", "list", "--server", &url]);
    asked.join().unwrap();
    assert!(listed.code == Some(1) && listed.err.contains("leads elsewhere"), "{}", listed.err);
}

#[test]
fn what_a_dashboard_answers_is_told_and_obeyed_by_no_terminal() {
    let told = |answer: &str| {
        let (url, asked) = answering(answer);
        let listed = Program::new().run(&["jobs", "list", "--server", &url]);
        asked.join().unwrap();
        assert_eq!(listed.code, Some(1), "{}", listed.out);
        assert!(!listed.err.contains('\u{1b}'), "{}", listed.err);
        listed.err
    };
    assert!(told(&whole("401 Unauthorized", "", "{}")).contains("wants a token"));
    let problem = r#"{"title": "Forbidden", "detail": "For operators.\u001b[2J", "requestId": "r1"}"#;
    assert!(
        told(&whole("403 Forbidden", "", problem))
            .contains("403 Forbidden: For operators.\u{fffd}[2J (request r1)")
    );
    assert!(
        told(&whole("200 OK", "", "<html>")).contains("does not answer as a dashboard of this version does")
    );
}

#[test]
fn the_last_sprint_is_asked_of_jira() {
    let (program, simulator) = simulated();
    let told = program.run(&["report", "sprint", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let report = json(&told.out);
    assert_eq!(report["sprint"], "Field Sprint 41");
    let people = report["people"].as_array().unwrap();
    let done: usize = people.iter().map(|one| one["done"].as_array().unwrap().len()).sum();
    assert!(done > 0, "{report}");
    let text = program.run(&["report", "sprint"]).out;
    assert!(
        text.starts_with("Field Sprint 41 (") && text.contains(&format!("{done} cards completed")),
        "{text}"
    );
    drop(simulator);
}
