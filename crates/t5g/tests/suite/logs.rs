//! What the built program writes as its log: ids of requests and runs, one line an event, no secret, nothing that a
//! terminal obeys.

use std::fs::File;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::living::{Server, get, get_with, simulated};
use crate::program::Program;

/// Settings whose values must not be seen.
const SECRETS: [&str; 4] = ["offline_token", "jira_pass", "bz_key", "slack_token"];

/// Runs `t5g up` on made-up upstreams until every source was fetched and one request with an id was answered.
fn log_of(format: &str) -> (String, Vec<String>) {
    let (program, simulator) = simulated();
    let secrets = SECRETS.map(|name| program.variable(name).unwrap_or_default());
    // What is odd about the last one is found before the log begins.
    let program =
        program.with("T5G_LOG_FORMAT", format).with("T5G_LOG_LEVEL", "debug").with("READ_ONLY", "perhaps");
    let path = program.home.path().join("log");
    let up = ["up", "--listen", "127.0.0.1:0"];
    let server = Server::start_logging(&program, &up, File::create(&path).unwrap());
    let deadline = Instant::now() + Duration::from_mins(1);
    while !get(&server.url, "/metrics")
        .contains("t5g_task_last_success_timestamp_seconds{task=\"cache_stats\"}")
    {
        assert!(Instant::now() < deadline, "the cold start did not end");
        std::thread::yield_now();
    }
    let odd = "/card/%1b%5b31m%0a%7b%22level%22:%22forged%22%7d?x=%0d%0aforged";
    assert!(get_with(&server.url, odd, "X-Request-Id: asked-by-me-1\r\n").contains("asked-by-me-1"));
    // Not an id: it is not taken over.
    get_with(&server.url, "/home", "X-Request-Id: \u{1b}[31mforged\r\n");
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(simulator.terminate(), Some(0));
    (std::fs::read_to_string(path).unwrap(), secrets.into())
}

#[test]
fn a_log_of_json_is_one_object_a_line_with_the_ids_of_requests_and_runs() {
    let (log, secrets) = log_of("json");
    let lines: Vec<Map<String, Value>> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for line in &lines {
        for name in ["timestamp", "level", "target", "message"] {
            assert!(line.get(name).is_some_and(Value::is_string), "{name} in {line:?}");
        }
    }
    let find = |wanted: &dyn Fn(&Map<String, Value>) -> bool| lines.iter().find(|line| wanted(line));
    let answered = find(&|line| line.get("request_id").is_some_and(|id| id == "asked-by-me-1"));
    let answered = answered.expect("the request's line");
    assert_eq!((&answered["route"], &answered["method"]), (&"/card/{key}".into(), &"GET".into()));
    assert_eq!((&answered["message"], &answered["status"]), (&"answered".into(), &404.into()));
    let done =
        find(&|line| line.get("task").is_some_and(|task| task == "case_sync") && line["message"] == "done");
    let done = done.expect("the run's line");
    assert!(done["run_id"].is_string() && done["attempt"] == 1, "{done:?}");
    let call = find(&|line| line.get("route").is_some_and(|route| route == "POST token"));
    assert!(call.expect("a call's line")["run_id"].is_string(), "{call:?}");
    let notice = find(&|line| line["message"].as_str().is_some_and(|text| text.contains("READ_ONLY=")));
    assert_eq!(notice.expect("the notice's line")["level"], "WARN");
    harmless(&log);
    hidden(&log, &secrets);
}

#[test]
fn a_log_of_text_is_one_line_an_event_whatever_stands_in_it() {
    let (log, secrets) = log_of("text");
    // What is found before the log begins is told as any command tells it.
    for line in log.lines().filter(|line| !line.starts_with("note: ")) {
        let starts =
            line.as_bytes().get(..5).is_some_and(|start| start.starts_with(b"20") && start[4] == b'-');
        assert!(starts, "not the begin of an event: {line:?}");
    }
    let with = |parts: &[&str]| log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(with(&[
        "request{request_id=asked-by-me-1 method=\"GET\" route=/card/{key}}",
        "answered status=404"
    ]));
    assert!(with(&["run{task=\"case_sync\" run_id=", " attempt=1}", "done"]));
    harmless(&log);
    hidden(&log, &secrets);
}

#[test]
fn what_ends_a_server_is_in_its_log_of_json() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true").with("T5G_LOG_FORMAT", "json");
    let ended = program.run(&["serve", "--listen", &address]);
    assert_eq!(ended.code, Some(1));
    let last: Value = serde_json::from_str(ended.err.lines().last().unwrap()).unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(last["message"].as_str().unwrap().contains("cannot be listened on"), "{last}");
    for line in ended.err.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    // A folder below a file, whose name would break lines, colour them, and turn them around.
    let odd = program.path("odd\n\u{1b}[31m\u{9b}1m\u{202e}name");
    std::fs::write(&odd, "").unwrap();
    let ended =
        program.with("T5G_DATA_DIR", &format!("{odd}/below")).run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1));
    let last: Value = serde_json::from_str(ended.err.lines().last().unwrap()).unwrap();
    let message = last["message"].as_str().unwrap();
    assert!(
        message.contains("odd\n\u{1b}[31m\\u{9b}1m\\u{202e}name"),
        "JSON keeps what it can write: {message}"
    );
    harmless(&ended.err);
}

#[test]
fn settings_that_end_a_server_are_in_its_log_of_json() {
    let lines = |program: &Program, arguments: &[&str]| -> Vec<Value> {
        let ended = program.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        ended.err.lines().map(read).collect()
    };
    let wrong = || Program::new().with("T5G_TIME_ZONE", "Mars");
    let by_env_file = wrong().with("T5G_ENV_FILE", "json.env");
    std::fs::write(by_env_file.path("json.env"), "T5G_LOG_FORMAT=json\n").unwrap();
    let by_settings_file = wrong();
    std::fs::write(by_settings_file.path("t5g.toml"), "[log]\nformat = \"json\"\n").unwrap();
    for program in [wrong().with("T5G_LOG_FORMAT", "json"), by_env_file, by_settings_file] {
        for server in [&["serve"][..], &["up"], &["worker"], &["scheduler"]] {
            let told = lines(&program, server);
            let last = told.last().unwrap();
            assert_eq!(last["level"], "ERROR");
            assert!(last["message"].as_str().unwrap().contains("\"Mars\""), "{last}");
        }
        // People at a terminal read no JSON.
        let told = program.run(&["config", "check"]).err;
        assert!(told.starts_with("t5g: ") && told.contains("Mars"), "{told}");
    }
    let headers = Program::new()
        .with("FLASK_LOGIN_DISABLED", "true")
        .with("T5G_LOG_FORMAT", "json")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        .with("OTEL_EXPORTER_OTLP_HEADERS", "novalue");
    let told = lines(&headers, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(told[0]["message"].as_str().unwrap().contains("traces.headers"), "{told:?}");
}

#[test]
fn a_level_on_the_command_line_counts_more_than_the_old_switch() {
    let program = Program::new().with("t5g_debug", "true").with("FLASK_LOGIN_DISABLED", "true");
    // A server makes the stores.
    assert_eq!(Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]).terminate(), Some(0));
    assert!(!program.run(&["jobs", "list"]).err.is_empty(), "at debug the store says something");
    assert_eq!(program.run(&["--log", "error", "jobs", "list"]).err, "");
}

/// Nothing but line ends is a control character, and nothing turns the direction of writing.
fn harmless(log: &str) {
    let obeyed = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
    assert_eq!(log.chars().find(obeyed), None);
    assert!(!log.contains("forged"), "what anybody can write into an address or a header is not logged");
}

fn hidden(log: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(secret.len() > 5, "a secret to look for");
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
}
