//! Traces of what was asked for by somebody and done later by somebody else, and of what is not told over HTTP: runs that
//! link to their askers, letters, parts of files.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use serde_json::{Value, json};

use crate::collector::{Collected, Taker, assert_link, hex, texts};
use crate::living::{Server, get, post_with, simulated};
use crate::program::Program;

/// Does these statements in the ledger of a program that is not up.
fn in_ledger(address: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(t5g_testkit::ledgers::script(address, sql)).unwrap();
}

/// Waits until there are so many runs in that state.
fn until(program: &Program, state: &str, runs: u64) {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let listed = program.run(&["jobs", "list", "--json", state]);
        let told: Value = serde_json::from_str(&listed.out).unwrap();
        if told["total"] == runs {
            return;
        }
        assert!(Instant::now() < deadline, "not {runs} runs are {state}: {told}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A program with a collector whose tasks start only when somebody asks for them, and which has its documents.
fn quiet(collector: &Taker) -> (Program, Server, String) {
    let (mut program, simulator) = simulated();
    for task in ["CASE_SYNC", "CARD_SYNC", "DETAILS_SYNC", "ISSUES_SYNC", "BUGS_SYNC", "ESCALATIONS_SYNC"]
        .into_iter()
        .chain(["CACHE_STATS", "PORTAL2JIRA_SYNC", "PRIORITY_SYNC", "TAG_BZ"])
    {
        program = program.with(&format!("T5G_SCHEDULES_{task}"), "off");
    }
    let ledger = format!("sqlite:{}", program.path("ledger.db"));
    let program = program
        .with("T5G_LEDGER_URL", &ledger)
        .with("READ_ONLY", "false")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    assert_eq!(program.run(&["sync", "all"]).code, Some(0));
    (program, simulator, ledger)
}

#[test]
fn a_run_links_to_where_it_was_asked_for_first_whoever_asked() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let collector = Taker::start("200 OK");
    let (program, simulator, ledger) = quiet(&collector);
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    let ask = |task: &str, traceparent: &str| -> (String, bool) {
        let headers = format!("traceparent: {traceparent}\r\n");
        let answer = post_with(&server.url, &format!("/api/monitor/tasks/{task}/runs"), &headers, "");
        let told: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        (told["run"].as_str().unwrap().to_owned(), told["joined"].as_bool().unwrap())
    };
    let (first, joined) = ask("case_sync", &format!("00-{TRACE}-b7ad6b7169203331-01"));
    assert!(!joined);
    let again = ask("case_sync", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assert_eq!(again, (first.clone(), true), "the same is asked for once");
    let unkept = "5bf92f3577b34da6a3ce929d0e0e4737";
    let (of_unkept, _) = ask("escalations_sync", &format!("00-{unkept}-00f067aa0ba902b7-00"));
    assert_eq!(server.terminate(), Some(0));

    // As a process of the version before asks, and as nobody does; and a tick that fell while nobody was up.
    let ids = ["01a21b64-7c64-75db-bc0e-c98e492b98b1", "01a21b64-7c64-75db-bc0e-c98e492b98b2"];
    for (id, task, lock) in [(ids[0], "bugs_sync", "bugs"), (ids[1], "issues_sync", "issues")] {
        let row = format!(
            "'{id}', '{task}', 'sync', 'null', 'person', 'ada', 'pending', '{task} {lock}', '{lock}'"
        );
        in_ledger(
            &ledger,
            &format!(
                "INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, twin, exclusive, allowed, \
                 requested, due) VALUES ({row}, 5, 1, 1)"
            ),
        );
    }
    in_ledger(
        &ledger,
        &format!("UPDATE runs SET traceparent = '00-{TRACE}-nonsense' WHERE id = '{}'", ids[1]),
    );
    let nightly = "*/20 * * * *";
    let known =
        format!("INSERT INTO schedules (task, schedule, since) VALUES ('cache_stats', '{nightly}', 1)");
    in_ledger(&ledger, &known);
    let program = program.with("T5G_SCHEDULES_CACHE_STATS", nightly);
    let server = Server::start(&program, &["up", "--listen", "127.0.0.1:0"]);
    let by_hand = program.run(&["schedule", "run", "details_sync", "--wait"]);
    assert_eq!(by_hand.code, Some(0), "{}", by_hand.err);
    until(&program, "state:open", 0);
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(simulator.terminate(), Some(0));

    let collected = Collected::of(&collector);
    let asked = collected.about_run("ask case_sync", &first, "asked");
    assert_eq!(hex(&asked.trace_id), TRACE);
    assert_eq!(asked.kind, SpanKind::Producer as i32);
    let request = collected.above(asked).next().unwrap();
    assert_eq!(
        (request.name.as_str(), hex(&request.parent_span_id).as_str()),
        ("POST /api/monitor/tasks/{name}/runs", "b7ad6b7169203331")
    );
    assert_link(collected.about_run("run case_sync", &first, "done"), asked);
    let second = collected.about_run("ask case_sync", &first, "joined");
    assert_eq!(hex(&second.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");

    // Whoever asked is not kept; the run is, by its own right.
    let run = collected.about_run("run escalations_sync", &of_unkept, "done");
    let links: Vec<_> = run.links.iter().map(|link| (hex(&link.trace_id), link.flags & 1)).collect();
    assert_eq!(links, [(unkept.to_owned(), 0)]);
    assert!(collected.spans.iter().all(|span| hex(&span.trace_id) != unkept));
    for (id, name) in ids.iter().zip(["run bugs_sync", "run issues_sync"]) {
        assert!(collected.about_run(name, id, "done").links.is_empty(), "{name}");
    }

    // Every other run, from a tick, from another process, together with others.
    let (mut of_ticks, mut of_hand) = (0, 0);
    for run in collected.spans.iter().filter(|span| span.name.starts_with("run ") && span.links.len() == 1) {
        let told = texts(&run.attributes);
        if told["t5g.run.id"] == of_unkept {
            continue;
        }
        let asked = collected.about_run(&run.name.replace("run ", "ask "), &told["t5g.run.id"], "asked");
        assert_link(run, asked);
        of_ticks += usize::from(run.name == "run cache_stats" && asked.parent_span_id.is_empty());
        of_hand += usize::from(run.name == "run details_sync" && asked.parent_span_id.is_empty());
    }
    assert!(of_ticks >= 2, "one by `sync`, one by its schedule: {of_ticks}");
    assert_eq!(of_hand, 2, "one by `sync`, one by `schedule run`");
}

#[test]
fn letters_and_parts_of_files_are_spans_that_hold_nothing_of_them() {
    let collector = Taker::start("200 OK");
    let (program, simulator, _) = quiet(&collector);
    let body =
        |answer: String| serde_json::from_str::<Value>(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let exported: Value = serde_json::from_str(&program.run(&["export", "--only", "cases"]).out).unwrap();
    let cases = exported["cases"].as_object().unwrap();
    let case = cases.keys().next().unwrap();
    let control = |path: &str, wanted: &Value| {
        let answer =
            post_with(&simulator.url, path, "Content-Type: application/json\r\n", &wanted.to_string());
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    };
    let files = json!([{"name": "Ada Lovelace's notes.txt", "size": 300_000}, {"name": "small.log", "size": 7},
        {"name": "elsewhere.log", "size": 7, "link": "http://ada.lovelace.example:9/x"}]);
    control("/_sim/attachments", &json!({"case": case, "files": files}));
    let cut = json!({"kind": "cut_after", "bytes": 100_000});
    control("/_sim/faults", &json!({"route": "*/attachments/*-0", "fault": cut, "times": 1}));
    assert_eq!(program.run(&["attachments", case]).code, Some(1), "the third lies nowhere");
    let refuse = json!({"kind": "status", "status": 451});
    control("/_sim/faults", &json!({"route": "/smtp/end", "fault": refuse, "times": 1}));
    let server = Server::start(&program, &["up", "--listen", "127.0.0.1:0"]);
    let tag = ["schedule", "run", "tag_bz"];
    assert_eq!(program.run(&tag).code, Some(0));
    until(&program, "state:retrying", 1);
    assert_eq!(program.run(&tag).code, Some(0), "it is tried again at once");
    until(&program, "state:open", 0);
    assert_eq!(server.terminate(), Some(0));
    let letters = body(get(&simulator.url, "/_sim/mail"));
    assert_eq!(letters["letters"].as_array().unwrap().len(), 1, "{letters}");
    let mail_port = program.variable("smtp_server").unwrap().rsplit(':').next().unwrap().to_owned();
    let portal_port = simulator.url.rsplit(':').next().unwrap().to_owned();
    let texts_of_people: Vec<String> = cases
        .values()
        .flat_map(|case| ["account", "problem", "owner"].map(|name| case[name].as_str().map(str::to_owned)))
        .flatten()
        .filter(|text| text.len() > 5)
        .collect();
    assert!(texts_of_people.len() > 60, "{}", texts_of_people.len());
    assert_eq!(simulator.terminate(), Some(0));

    let collected = Collected::of(&collector);
    let told: Vec<_> = collected
        .spans
        .iter()
        .filter(|span| span.name == "send mail")
        .map(|span| (span, texts(&span.attributes)))
        .collect();
    let outcomes: Vec<_> = told
        .iter()
        .map(|(_, told)| (told["t5g.outcome"].as_str(), told.get("error.type").map(String::as_str)))
        .collect();
    assert_eq!(outcomes, [("failed", Some("deferred")), ("sent", None)]);
    for (span, told) in &told {
        assert_eq!(span.kind, SpanKind::Client as i32);
        assert_eq!((told["server.address"].as_str(), &told["server.port"]), ("127.0.0.1", &mail_port));
        assert_eq!((told["network.protocol.name"].as_str(), told["t5g.upstream"].as_str()), ("smtp", "mail"));
        let above: Vec<_> = collected.above(span).map(|span| span.name.as_str()).collect();
        assert_eq!(above, ["write mail", "run tag_bz"]);
    }

    // One asking, two attempts, each linked to it.
    let id = |span: &Span| texts(&span.attributes)["t5g.run.id"].clone();
    let run = id(collected.named("run tag_bz"));
    let asked = collected.about_run("ask tag_bz", &run, "asked");
    for outcome in ["failed", "done"] {
        assert_link(collected.about_run("run tag_bz", &run, outcome), asked);
    }
    assert_ne!(collected.about_run("ask tag_bz", &run, "joined").trace_id, asked.trace_id);

    let mut parts: Vec<&Span> =
        collected.spans.iter().filter(|span| span.name == "GET link of an attachment").collect();
    parts.sort_by_key(|span| span.start_time_unix_nano);
    let told: Vec<_> = parts.iter().map(|span| texts(&span.attributes)).collect();
    let of = |name: &str| told.iter().map(|told| told.get(name).map(String::as_str)).collect::<Vec<_>>();
    let first = told[0]["http.response.body.size"].clone();
    assert!((1..=100_000).contains(&first.parse::<u32>().unwrap()), "{first}");
    let rest = (300_000 - first.parse::<u32>().unwrap()).to_string();
    assert_eq!(of("t5g.part.from"), [Some("0"), Some(first.as_str()), Some("0"), Some("0")]);
    assert_eq!(
        of("http.response.body.size"),
        [Some(first.as_str()), Some(rest.as_str()), Some("7"), Some("0")]
    );
    assert_eq!(of("http.response.status_code"), [Some("200"), Some("206"), Some("200"), None]);
    assert_eq!(of("error.type"), [Some("unreachable"), None, None, Some("refused")]);
    let here = Some("127.0.0.1");
    assert_eq!(of("server.address"), [here, here, here, None], "a name that only outside text says");
    assert_eq!(told[0]["server.port"], portal_port);
    for part in &parts {
        let above: Vec<_> = collected.above(part).collect();
        assert_eq!(above.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["t5g attachments"]);
        assert_eq!(texts(&above[0].attributes)["t5g.outcome"], "failed");
        assert_eq!(part.kind, SpanKind::Client as i32);
    }

    let all = Collected::words(&collector);
    for word in ["Lovelace", "lovelace", "notes.txt", "small.log", "Of the bugs", case.as_str()] {
        assert!(!all.contains(word), "{word}");
    }
    let mut told = collected.spans.iter().flat_map(|span| texts(&span.attributes).into_values());
    assert!(told.all(|text| !text.contains('@')), "no address of mail");
    let found: BTreeSet<&String> =
        texts_of_people.iter().filter(|text| all.contains(text.as_str())).collect();
    assert!(found.is_empty(), "{found:?}");
}
