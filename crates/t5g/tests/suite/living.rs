//! Commands that talk to upstreams, against the simulator.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::program::Program;

/// A server of ours that runs until it is stopped or forgotten.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits until it has told its address.
    pub(crate) fn start(program: &Program, arguments: &[&str]) -> Self {
        Self::start_logging(program, arguments, Stdio::null())
    }

    /// The same; its log goes there.
    pub(crate) fn start_logging(program: &Program, arguments: &[&str], log: impl Into<Stdio>) -> Self {
        let mut child = program.command(arguments).stderr(log).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let url = out.lines().next().unwrap().unwrap().trim_end_matches('/').to_owned();
        Self { child, url }
    }

    fn ask_to_end(&self) {
        let id = self.child.id().to_string();
        let kill = ["-c", "kill -TERM \"$1\"", "sh", &id];
        assert!(std::process::Command::new("/bin/sh").args(kill).status().unwrap().success());
    }

    pub(crate) fn terminate(mut self) -> Option<i32> {
        self.ask_to_end();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

pub(crate) fn get(url: &str, path: &str) -> String {
    get_with(url, path, "")
}

/// The same with these lines among the headers, each ended.
pub(crate) fn get_with(url: &str, path: &str, headers: &str) -> String {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    // An answer that comes in pieces may be cut within a character.
    String::from_utf8_lossy(&answer).into_owned()
}

/// Posts, as a page of ours does, with these lines among the headers, each ended, and that body.
pub(crate) fn post_with(url: &str, path: &str, headers: &str, body: &str) -> String {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n{headers}");
    write!(stream, "{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A program that is pointed at a simulator, and the simulator.
pub(crate) fn simulated() -> (Program, Server) {
    let mut program = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    let server = Server::start(&program, &["simulate", "--listen", "127.0.0.1:0", "-n", "60"]);
    let answer = get(&server.url, "/_sim/environment");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let environment: std::collections::BTreeMap<String, String> = serde_json::from_str(body).unwrap();
    for (name, value) in environment {
        program = program.with(&name, &value);
    }
    (program, server)
}

#[test]
fn a_demo_comes_up_with_data_and_stops_when_told() {
    let program = Program::new();
    let demo = Server::start(&program, &["demo", "--listen", "127.0.0.1:0", "-n", "60"]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !get(&demo.url, "/api/cards").contains("\"case_number\"") {
        assert!(std::time::Instant::now() < deadline, "no cards on {}", &demo.url);
        std::thread::yield_now();
    }
    assert!(get(&demo.url, "/home").starts_with("HTTP/1.1 200"));
    assert_eq!(demo.terminate(), Some(0));
    assert_eq!(std::fs::read_dir(program.home.path()).unwrap().count(), 0, "a demo leaves nothing behind");
}

#[test]
fn a_demo_without_login_is_not_offered_to_the_network() {
    let answer = Program::new().run(&["demo", "--listen", "0.0.0.0:0"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("loopback"), "{}", answer.err);
}

#[test]
fn sync_fills_the_store_and_doctor_finds_all_well() {
    let (program, simulator) = simulated();
    let synced = program.run(&["sync", "all"]);
    assert_eq!(synced.code, Some(0), "{}{}", synced.out, synced.err);
    assert_eq!(synced.out.lines().filter(|line| line.contains(" done ")).count(), 7, "{}", synced.out);
    assert!(synced.err.contains("cases: "), "progress is told line by line: {}", synced.err);
    let doctor = program.run(&["doctor"]);
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    assert!(doctor.out.contains("Field"), "{}", doctor.out);
    assert_eq!(simulator.terminate(), Some(0));

    let failed = program.run(&["sync", "escalations", "--json"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.out.contains("\"failed\"") && failed.out.contains("Jira"), "{}", failed.out);
    let doctor = program.run(&["doctor"]);
    assert_eq!(doctor.code, Some(1));
    assert!(doctor.out.contains("WRONG   Jira") && doctor.out.contains("→"), "{}", doctor.out);
}

#[test]
fn doctor_looks_for_every_field_whose_id_is_set() {
    let (program, simulator) = simulated();
    for (name, id) in [("STORY_POINTS", "987654"), ("SPRINT", "987655")] {
        let told = program.run_with(&[(&format!("T5G_JIRA_FIELDS_{name}"), id)], &["doctor"]);
        let line = format!("field {}", name.to_lowercase());
        let found = told.out.lines().find(|told| told.contains(&line)).unwrap_or_default();
        assert!(
            found.starts_with("WRONG") && found.contains(&format!("no customfield_{id}")),
            "{}",
            told.out
        );
    }
    drop(simulator);
}

#[test]
fn a_shrink_that_was_held_back_goes_through_when_a_person_says_so() {
    let (program, simulator) = simulated();
    assert_eq!(program.run(&["sync", "cases"]).code, Some(0));
    let cases = |program: &Program| {
        let exported = program.run(&["export", "--only", "cases"]);
        serde_json::from_str::<serde_json::Value>(&exported.out).unwrap()["cases"].as_object().unwrap().len()
    };
    let all = cases(&program);
    let narrow = program.with("case_query", "case_sbrGroups:\"nobody\"");
    let held = narrow.run(&["sync", "cases"]);
    assert_eq!((held.code, cases(&narrow)), (Some(1), all), "{}", held.out);
    let command = "t5g sync cases --approve-shrink";
    assert!(held.out.contains(command), "{}", held.out);
    let doctor = narrow.run(&["doctor"]).out;
    assert!(doctor.contains("held shrink of cases") && doctor.contains(command), "{doctor}");
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    let approved = narrow.run(&arguments);
    assert_eq!((approved.code, cases(&narrow)), (Some(0), 0), "{}{}", approved.out, approved.err);
    assert!(narrow.run(&arguments).err.contains("nothing is held back"));
    drop(simulator);
}

#[test]
fn stores_that_are_down_stop_no_start() {
    let (program, simulator) = simulated();
    // Nobody listens on port 1.
    let postgres = "postgres://t5g:secret@127.0.0.1:1/t5g";
    let program = program.with("T5G_LEDGER_URL", postgres).with("fake_data", "false");
    for command in ["up", "serve"] {
        let server = Server::start(&program, &[command, "--listen", "127.0.0.1:0"]);
        let page = get(&server.url, "/sources");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("ledger cannot be read"), "{page}");
        assert_eq!(server.terminate(), Some(0));
    }
    let program = program.with("T5G_DOCUMENTS_URL", "redis://127.0.0.1:1/0");
    for command in ["up", "serve"] {
        let server = Server::start(&program, &[command, "--listen", "127.0.0.1:0"]);
        assert!(get(&server.url, "/api/cards").starts_with("HTTP/1.1 503"), "{command}");
        assert_eq!(server.terminate(), Some(0));
    }
    drop(simulator);
}

#[test]
fn monitoring_can_have_a_listener_of_its_own() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true").with("T5G_OPS_LISTEN", &free);
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(get(&server.url, "/metrics").starts_with("HTTP/1.1 404"));
    assert!(get(&server.url, "/healthz").starts_with("HTTP/1.1 200"));
    for path in ["/metrics", "/healthz"] {
        assert!(get(&format!("http://{free}"), path).starts_with("HTTP/1.1 200"), "{path}");
    }
    let figures = get(&format!("http://{free}"), "/metrics");
    assert!(figures.contains("t5g_cases"), "{figures}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn half_a_question_to_monitoring_keeps_no_process_from_ending() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = Program::new().with("T5G_OPS_LISTEN", &free);
    let child = program.command(&["scheduler"]).stderr(Stdio::null()).spawn().unwrap();
    let mut server = Server { child, url: format!("http://{free}") };
    let wait = |limit: u64, done: &mut dyn FnMut() -> bool| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(limit);
        while !done() {
            assert!(std::time::Instant::now() < deadline, "not within {limit} s");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    wait(30, &mut || TcpStream::connect(&free).is_ok());
    let mut half = TcpStream::connect(&free).unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").unwrap();
    assert!(get(&server.url, "/healthz").starts_with("HTTP/1.1 200"), "the half one is there by then");
    server.ask_to_end();
    wait(20, &mut || server.child.try_wait().unwrap().is_some());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    drop(half);
}
