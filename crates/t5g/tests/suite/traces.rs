//! Traces as a collector gets them from the built program: parents, names, attributes; and that nothing is sent,
//! slowed or lost where there is none.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};

use crate::collector::{Collected, Taker, assert_link, hex, texts};
use crate::living::{Server, get_with, post_with, simulated};
use crate::program::Program;

fn post(url: &str, path: &str) -> String {
    post_with(url, path, "", "")
}

#[test]
fn a_request_goes_on_with_the_trace_of_whoever_asks() {
    let collector = Taker::start("200 OK");
    let program = Program::new()
        .with("FLASK_LOGIN_DISABLED", "true")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .with("OTEL_EXPORTER_OTLP_HEADERS", "x-team=field%20support")
        .with("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        .with("OTEL_SERVICE_NAME", "dashboard")
        .with("T5G_LOG_LEVEL", "debug");
    let log = program.home.path().join("log");
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let server = Server::start_logging(&program, &serve, std::fs::File::create(&log).unwrap());
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    get_with(&server.url, "/monitor?secret=word", &format!("traceparent: 00-{trace}-{parent}-01\r\n"));
    let started = post(&server.url, "/api/monitor/tasks/case_sync/runs");
    get_with(&server.url, "/home", &format!("traceparent: 00-{trace}-{parent}-00\r\n"));
    get_with(&server.url, "/no/such/place", "traceparent: nonsense\r\n");
    get_with(&server.url, "/healthz", "");
    assert_eq!(server.terminate(), Some(0));

    let asked = collector.asked();
    assert!(asked.iter().all(|asked| asked.headers["x-team"] == "field support"));
    assert!(asked.iter().all(|asked| !asked.headers.contains_key("traceparent")));
    let collected = Collected::of(&collector);
    let resource = |name: &str| collected.resource.get(name).map(String::as_str);
    assert_eq!(resource("service.name"), Some("dashboard"));
    assert_eq!(resource("service.version"), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(resource("deployment.environment.name"), Some("test"));

    let monitor = collected.named("GET /monitor");
    assert_eq!((hex(&monitor.trace_id).as_str(), hex(&monitor.parent_span_id).as_str()), (trace, parent));
    assert_eq!(monitor.kind, SpanKind::Server as i32);
    let told = texts(&monitor.attributes);
    assert_eq!((told["http.request.method"].as_str(), told["http.route"].as_str()), ("GET", "/monitor"));
    assert_eq!(told["http.response.status_code"], "200");
    assert!(monitor.end_time_unix_nano > monitor.start_time_unix_nano);
    let read =
        collected.spans.iter().find(|span| span.parent_span_id == monitor.span_id).expect("a question of it");
    assert_eq!(texts(&read.attributes)["db.system.name"], "sqlite");
    assert_eq!((read.kind, &read.trace_id), (SpanKind::Client as i32, &monitor.trace_id));

    let start = collected.named("POST /api/monitor/tasks/{name}/runs");
    let asked = collected.named("ask case_sync");
    assert!(started.contains(&texts(&asked.attributes)["t5g.run.id"]), "{started}");
    assert_eq!((&asked.parent_span_id, asked.kind), (&start.span_id, SpanKind::Producer as i32));
    let nowhere = collected.named("GET (none)");
    assert!(
        nowhere.parent_span_id.is_empty() && hex(&nowhere.trace_id) != trace,
        "what cannot be read is ignored"
    );
    assert!(
        collected.spans.iter().all(|span| span.name != "GET /home"),
        "whoever asked did not want it kept"
    );
    assert!(collected.spans.iter().all(|span| !span.name.contains("healthz")));
    let roots = collected.spans.iter().filter(|span| span.parent_span_id.is_empty());
    assert!(roots.clone().all(|span| span.kind != SpanKind::Client as i32), "{roots:?}");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains(&format!("route=/monitor trace_id={trace}}}"))
            || log.contains(&format!("trace_id=\"{trace}\"")),
        "{log}"
    );
}

#[test]
fn a_run_is_a_trace_with_the_calls_that_it_makes_and_they_carry_it_on() {
    let (collector, bugzilla) = (Taker::start("200 OK"), Taker::start("401 Unauthorized"));
    let (program, simulator) = simulated();
    let secrets = ["offline_token", "jira_pass", "bz_key"].map(|name| program.variable(name).unwrap());
    let program = program
        .with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &format!("{}/v1/traces", collector.url))
        .with("T5G_BUGZILLA_BASE_URL", &bugzilla.url);
    assert_eq!(program.run(&["sync", "cases", "details"]).code, Some(0));
    assert_eq!(program.run(&["sync", "bugs"]).code, Some(1));
    assert_eq!(simulator.terminate(), Some(0));

    let collected = Collected::of(&collector);
    assert_eq!(collected.resource["service.name"], "t5g");
    let run = collected.named("run case_sync");
    assert!(run.parent_span_id.is_empty());
    assert_eq!(run.kind, SpanKind::Consumer as i32);
    let told = texts(&run.attributes);
    assert_eq!((told["t5g.task"].as_str(), told["t5g.outcome"].as_str()), ("case_sync", "done"));
    assert_eq!((told["t5g.run.attempt"].as_str(), told["t5g.run.id"].len()), ("1", 36));
    let asked = collected.about_run("ask case_sync", &told["t5g.run.id"], "asked");
    assert!(asked.parent_span_id.is_empty(), "a command is the beginning of what it asks for");
    assert_link(run, asked);

    let of_run = |span: &&Span| collected.above(span).last().is_some_and(|root| root.span_id == run.span_id);
    let call = |upstream: &str| {
        let found = collected.spans.iter().find(|span| {
            of_run(span) && texts(&span.attributes).get("t5g.upstream").is_some_and(|name| name == upstream)
        });
        found.unwrap_or_else(|| panic!("no call of {upstream} in the run"))
    };
    for upstream in ["portal", "sso"] {
        let call = call(upstream);
        let told = texts(&call.attributes);
        assert_eq!((call.kind, &call.trace_id), (SpanKind::Client as i32, &run.trace_id));
        assert_eq!(
            (told["http.response.status_code"].as_str(), told["server.address"].as_str()),
            ("200", "127.0.0.1")
        );
        assert!(told["url.template"].len() > 1 && call.name.ends_with(&told["url.template"]), "{told:?}");
    }
    let wrote = collected.spans.iter().filter(of_run).any(|span| span.name == "replace documents sqlite");
    assert!(wrote, "what it stored is a part of it");
    assert_ne!(collected.named("run details_sync").trace_id, run.trace_id);

    let failed = collected.named("run bugs_sync");
    assert_eq!(texts(&failed.attributes)["t5g.outcome"], "failed");
    assert_eq!(failed.status.as_ref().unwrap().code, 2);
    let asked = bugzilla.asked();
    let carried = asked.first().expect("Bugzilla was asked").headers["traceparent"].clone();
    let parts: Vec<&str> = carried.split('-').collect();
    let call = collected.spans.iter().find(|span| hex(&span.span_id) == parts[2]).expect("the call's span");
    assert_eq!((parts[0], parts[1], parts[3]), ("00", hex(&call.trace_id).as_str(), "01"));
    assert_eq!(call.trace_id, failed.trace_id);
    let told = texts(&call.attributes);
    assert_eq!(
        (told["http.response.status_code"].as_str(), told["error.type"].as_str()),
        ("401", "credential_rejected")
    );

    let all = Collected::words(&collector);
    assert!(secrets.iter().all(|secret| !all.contains(secret.as_str())));
}

#[test]
fn without_a_collector_nothing_is_connected_to_and_nothing_is_told_to_others() {
    let (collector, bugzilla) = (Taker::start("200 OK"), Taker::start("401 Unauthorized"));
    let (program, simulator) = simulated();
    let program = program.with("T5G_BUGZILLA_BASE_URL", &bugzilla.url);
    assert_eq!(program.run(&["sync", "cases", "details"]).code, Some(0));
    assert_eq!(program.run(&["sync", "bugs"]).code, Some(1));
    let off = program.with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url).with("OTEL_SDK_DISABLED", "true");
    assert_eq!(off.run(&["sync", "bugs"]).code, Some(1));
    assert_eq!(simulator.terminate(), Some(0));
    assert!(collector.asked().is_empty());
    let asked = bugzilla.asked();
    assert!(
        asked.len() >= 2 && asked.iter().all(|asked| !asked.headers.contains_key("traceparent")),
        "{asked:?}"
    );
}

#[test]
fn a_collector_that_is_down_or_hangs_loses_no_run_and_holds_nobody_up() {
    // Takes connections, and never answers: nobody accepts them.
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (program, simulator) = simulated();
    let mut program = program;
    for endpoint in [hangs.local_addr().unwrap(), down] {
        program = program.with("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{endpoint}"));
        let began = Instant::now();
        let synced = program.run(&["sync", "cases"]);
        assert_eq!(synced.code, Some(0), "{}{}", synced.out, synced.err);
        assert!(
            synced.err.contains("traces were lost") || synced.err.contains("the last traces were not sent"),
            "{}",
            synced.err
        );
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    }
    assert_eq!(simulator.terminate(), Some(0));
}
