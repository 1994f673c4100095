//! What `deploy/` watches is what a running program tells: every metric by exactly its name.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

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

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    std::fs::read_to_string(root.join(path)).unwrap()
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
    let (alerts, dashboard) =
        (read("deploy/prometheus/t5g-alerts.yaml"), read("deploy/grafana/t5g-tasks.json"));
    serde_json::from_str::<serde_json::Value>(&dashboard).unwrap();
    let watched = &names(&alerts) | &names(&dashboard);
    let unknown: Vec<_> = watched.difference(&told).collect();
    assert!(unknown.is_empty(), "watched, but told by nobody: {unknown:?}");
    let of_tasks = told.iter().filter(|name| {
        let part = ["_bucket", "_sum", "_count"].iter().any(|end| name.ends_with(end));
        (name.starts_with("t5g_task_") || name.starts_with("t5g_queue_")) && !part
    });
    let unwatched: Vec<_> = of_tasks
        .filter(|name| !watched.contains(*name) && !watched.contains(&format!("{name}_bucket")))
        .collect();
    assert!(unwatched.is_empty(), "told, but watched by nobody: {unwatched:?}");
}
