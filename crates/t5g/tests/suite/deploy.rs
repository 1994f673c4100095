//! What `deploy/` watches is what a running program tells: every metric by exactly its name.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use t5g_testkit::saml::{Algorithm, KeyPair};

use crate::living::{Server, get};
use crate::program::Program;

/// Every `t5g_…` in a text that is followed by no colon: labels and rules have other shapes.
fn names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in text.split("t5g_").skip(1) {
        let rest: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        names.insert(format!("t5g_{}", rest.trim_end_matches('_')));
    }
    names
}

/// The parts of a histogram.
const PARTS: [&str; 3] = ["_bucket", "_sum", "_count"];

/// What a demo has no reason to tell: what people did, calls that fail, traces that are off.
const EVENTS: [&str; 3] = ["t5g_audit_entries_total", "t5g_trace_spans_total", "t5g_upstream_retries_total"];

fn read(path: &str) -> String {
    std::fs::read_to_string(t5g_testkit::repository().join(path)).unwrap()
}

#[test]
fn dashboards_and_alerts_use_the_names_that_there_are() {
    let program = Program::new();
    let demo = Server::start(&program, &["demo", "--listen", "127.0.0.1:0", "-n", "60"]);
    let deadline = Instant::now() + Duration::from_mins(1);
    let told = loop {
        let metrics = get(&demo.url, "/metrics");
        // The last of the cold start's tasks has ended, and what the ledger says of it was taken up.
        if metrics.contains("t5g_task_last_success_timestamp_seconds{task=\"cache_stats\"}") {
            break names(&metrics);
        }
        assert!(Instant::now() < deadline, "the cold start did not end: {metrics}");
        std::thread::yield_now();
    };
    let alerts = read("deploy/prometheus/t5g-alerts.yaml");
    let dashboards = ["deploy/grafana/t5g-tasks.json", "deploy/grafana/t5g-overview.json"].map(read);
    for dashboard in &dashboards {
        serde_json::from_str::<serde_json::Value>(dashboard).unwrap();
    }
    // What only tells where there is something to tell of.
    let other = EVENTS.map(str::to_owned).into_iter().filter(|name| !told.contains(name)).collect();
    let can_be_told = &told | &other;
    let watched = &(&names(&alerts) | &names(&dashboards[0])) | &names(&dashboards[1]);
    let unknown: Vec<_> = watched.difference(&can_be_told).collect();
    assert!(unknown.is_empty(), "watched, but told by nobody: {unknown:?}");
    let listed: BTreeSet<String> = t5g_telemetry::metrics::all().map(|one| one.name.to_owned()).collect();
    let plain = |name: &str| PARTS.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name).to_owned();
    let told_plain: BTreeSet<String> = told.iter().map(|name| plain(name)).collect();
    let unlisted: Vec<_> = told_plain.difference(&listed).collect();
    assert!(unlisted.is_empty(), "told, but in no list: {unlisted:?}");
    let untold: Vec<_> =
        listed.difference(&told_plain).filter(|name| !EVENTS.contains(&name.as_str())).collect();
    assert!(untold.is_empty(), "listed, but told by nobody: {untold:?}");
    let parts: BTreeSet<String> = watched.iter().map(|name| plain(name)).collect();
    let unwatched: Vec<_> = listed.difference(&parts).collect();
    assert!(unwatched.is_empty(), "listed, but watched by nobody: {unwatched:?}");
}

#[test]
fn a_cluster_with_the_secrets_that_are_made_is_one_that_starts() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    let root = t5g_testkit::repository();
    let make = || {
        let script = root.join("deploy/make-secrets.sh");
        let done = std::process::Command::new("sh").arg(script).arg(&secrets).output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    let (made, said) = make();
    assert!(made && said.contains("offline_token jira_pass saml_settings"), "{said}");
    let key = KeyPair::generate(Algorithm::P256, "idp.example.com").unwrap();
    let provider = serde_json::json!({
        "strict": true,
        "sp": {
            "entityId": "https://dashboard.example.com/saml/metadata",
            "assertionConsumerService": { "url": "https://dashboard.example.com/?acs" },
        },
        "idp": {
            "entityId": "https://idp.example.com/metadata",
            "singleSignOnService": { "url": "https://idp.example.com/sso" },
            "x509cert": key.certificate(),
        },
    });
    let provider = provider.to_string();
    for (yours, text) in
        [("offline_token", "made up"), ("jira_pass", "made up"), ("saml_settings", &*provider)]
    {
        std::fs::write(secrets.join(yours), text).unwrap();
    }
    let before = std::fs::read_to_string(secrets.join("secret_key")).unwrap();
    let (again, said) = make();
    assert!(again && said.contains("kept") && !said.contains("still"), "{said}");
    assert_eq!(std::fs::read_to_string(secrets.join("secret_key")).unwrap(), before, "what is there stays");

    let mut program = Program::new();
    for line in read("deploy/kubernetes/base/settings.env").lines() {
        let (name, value) = line.split_once('=').unwrap();
        let value = value.replace("/run/secrets/t5g", secrets.to_str().unwrap());
        program = program.with(name, &value);
    }
    let checked = program.run(&["config", "check"]);
    assert_eq!(
        (checked.code, checked.out.as_str()),
        (Some(0), "the settings are right\n"),
        "{}",
        checked.err
    );
    assert!(!checked.err.contains("not to fetch"), "{}", checked.err);
    let shown = program.run(&["config", "show", "--set"]).out;
    assert!(
        shown.contains("redis://***@cache:6379/0") && shown.contains("postgres://***@database:5432/t5g"),
        "{shown}"
    );

    std::fs::remove_file(secrets.join("redis_conf")).unwrap();
    let (halved, said) = make();
    assert!(!halved && said.contains("redis_conf is not: put it back"), "half a pair would not fit: {said}");
    let theirs = secrets.join("documents_url");
    std::fs::remove_file(&theirs).unwrap();
    std::fs::write(&theirs, "redis://redis.example.com:6379/0\n").unwrap();
    let (taken, said) = make();
    assert!(taken && said.contains("documents_url is of another server than cache"), "{said}");
    assert!(!secrets.join("redis_conf").exists(), "a server of somebody else's takes no password from here");
}
