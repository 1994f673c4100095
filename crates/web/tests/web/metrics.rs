//! `/metrics`: nothing but what the one list has, and each figure as the pages show it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use t5g_model::documents::Document;
use t5g_model::names::Source;
use t5g_store::ledger::{Counts, Pass, ProblemEntry, SourceRun};
use t5g_telemetry::metrics::{self, Kind};
use t5g_web::WebSettings;

use crate::common::{TestApp, card, case, now};
use crate::home::world;

/// One value: name, labels, number as it is written.
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: String,
}

fn samples(text: &str) -> Vec<Sample> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(sample).collect()
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) =
        series.split_once('{').map_or((series, ""), |(name, rest)| (name, &rest[..rest.len() - 1]));
    let pair = |part: &str| {
        let (label, value) = part.split_once("=\"").unwrap();
        (label.to_owned(), value.trim_end_matches('"').to_owned())
    };
    let labels = labels.split("\",").filter(|part| !part.is_empty()).map(pair).collect();
    Sample { name: name.to_owned(), labels, value: value.to_owned() }
}

async fn told(app: &TestApp) -> Vec<Sample> {
    samples(app.get("/metrics").await.text())
}

/// The value of the one series that has these labels; `None` if there is none.
fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> Option<i64> {
    let has = |sample: &&Sample| {
        sample.name == name
            && sample.labels.len() == labels.len()
            && labels
                .iter()
                .all(|(label, value)| sample.labels.get(*label).is_some_and(|found| found == value))
    };
    samples.iter().find(has).map(number)
}

fn number(sample: &Sample) -> i64 {
    sample.value.parse().unwrap()
}

fn sum(samples: &[Sample], name: &str) -> i64 {
    samples.iter().filter(|sample| sample.name == name).map(number).sum()
}

#[tokio::test]
async fn nothing_is_told_that_the_list_does_not_have() {
    let app = world().await;
    for path in ["/home", "/nowhere", "/api/cards"] {
        app.get(path).await;
    }
    app.get_until("/metrics", |answer| answer.text().contains("t5g_workers")).await;
    let text = app.get("/metrics").await.text().to_owned();
    let known: BTreeMap<_, _> = metrics::all().map(|one| (one.name, one)).collect();
    for line in text.lines().filter(|line| line.starts_with('#')) {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let one = known.get(words[2]).unwrap_or_else(|| panic!("{line}"));
        let right = if words[1] == "HELP" { one.help } else { one.kind.as_str() };
        assert_eq!(words[3], right, "{line}");
    }
    let told = samples(&text);
    assert!(told.len() > 100, "{text}");
    for sample in told {
        let parts =
            ["_bucket", "_sum", "_count"].map(|end| sample.name.strip_suffix(end).unwrap_or_default());
        let of_histogram =
            parts.iter().find_map(|name| known.get(name).filter(|one| one.kind == Kind::Histogram));
        let one =
            known.get(sample.name.as_str()).or(of_histogram).unwrap_or_else(|| panic!("{}", sample.name));
        let labels: BTreeSet<_> =
            sample.labels.keys().map(String::as_str).filter(|label| *label != "le").collect();
        assert_eq!(labels, one.labels.iter().copied().collect(), "{}", sample.name);
    }
}

#[tokio::test]
async fn figures_of_cases_and_cards_are_those_of_the_pages() {
    let app = world().await;
    app.write(Document::Issues, &json!({})).await;
    app.get_until("/metrics", |answer| answer.text().contains("bugs.unique")).await;
    let (told, stats) = (told(&app).await, app.get("/api/stats").await.json());
    for name in [
        "high_prio",
        "escalated",
        "crit_sit",
        "total_escalations",
        "no_bzs",
        "open_cases",
        "weekly_opened_cases",
    ]
    .into_iter()
    .chain(["daily_opened_cases", "weekly_closed_cases", "daily_closed_cases", "no_updates"])
    {
        assert_eq!(value(&told, "t5g_figure", &[("figure", name)]), stats[name].as_i64(), "{name}");
    }
    for name in ["unique", "no_target"] {
        let label = format!("bugs.{name}");
        assert_eq!(value(&told, "t5g_figure", &[("figure", &label)]), stats["bugs"][name].as_i64(), "{name}");
    }
    for (severity, count) in stats["by_severity"].as_object().unwrap() {
        assert_eq!(value(&told, "t5g_open_cards", &[("severity", severity)]), count.as_i64(), "{severity}");
    }
    assert_eq!(Some(sum(&told, "t5g_open_cases")), stats["open_cases"].as_i64());
    assert_eq!(value(&told, "t5g_open_cases", &[("severity", "Urgent")]), Some(2));
    let home = app.get("/home").await;
    for (reason, label) in [
        ("sla_breached", "SLA breached"),
        ("sla_warning", "SLA at risk"),
        ("escalated", "Escalated"),
        ("unassigned", "Unassigned"),
        ("closed_not_done", "To be closed"),
    ] {
        let (before, _) = home.text().split_once(&format!("</b><span>{label}</span>")).unwrap();
        let shown: i64 = before.rsplit("<b>").next().unwrap().parse().unwrap();
        assert_eq!(value(&told, "t5g_attention_cards", &[("reason", reason)]), Some(shown), "{reason}");
    }
}

#[tokio::test]
async fn what_the_portal_invents_shares_one_label() {
    let mut odd = case("2026-11-22T10:00:00Z");
    odd["severity"] = json!("5 (Made up)");
    let mut odder = odd.clone();
    odder["severity"] = json!("<b>");
    let cards = json!({ "K-1": card("00000001", "Made up"), "K-2": card("00000002", "x\"y") });
    let cases = json!({ "00000001": odd, "00000002": odder, "00000003": case("2026-11-22T10:00:00Z") });
    let app =
        TestApp::with(&[(Document::Cards, cards), (Document::Cases, cases)], WebSettings::default()).await;
    let told = told(&app).await;
    assert_eq!(value(&told, "t5g_open_cases", &[("severity", "other")]), Some(2));
    assert_eq!(value(&told, "t5g_open_cards", &[("severity", "other")]), Some(2));
    assert_eq!(told.iter().filter(|sample| sample.name == "t5g_open_cases").count(), 5);
}

#[tokio::test]
async fn what_was_never_fetched_is_not_told() {
    let cases = json!({ "00000001": case("2026-11-22T10:00:00Z") });
    let app = TestApp::with(&[(Document::Cases, cases)], WebSettings::default()).await;
    let told = told(&app).await;
    assert_eq!(sum(&told, "t5g_open_cases"), 1);
    for unknown in ["t5g_open_cards", "t5g_attention_cards", "t5g_source_age_seconds", "t5g_source_entries"] {
        assert!(told.iter().all(|sample| sample.name != unknown), "{unknown}");
    }
    assert_eq!(value(&told, "t5g_figure", &[("figure", "bugs.unique")]), None);
    assert_eq!(value(&told, "t5g_figure", &[("figure", "open_cases")]), Some(1));
}

fn run(source: Source, minutes_ago: i64, problems: usize) -> SourceRun {
    let finished = now() - TimeDelta::minutes(minutes_ago);
    let problem = |number| ProblemEntry {
        document: Document::Cards,
        entry: format!("K-{number}"),
        reason: "no case".to_owned(),
    };
    SourceRun {
        source,
        started: finished - TimeDelta::seconds(3),
        finished,
        pass: Pass::Full,
        counts: Counts { entries: 1234, ..Counts::default() },
        high_water: None,
        stale: Vec::new(),
        problems: (0..problems).map(problem).collect(),
    }
}

#[tokio::test]
async fn freshness_is_that_of_the_page_of_sources() {
    let intervals = Source::ALL.iter().map(|source| (*source, Duration::from_mins(10))).collect();
    let unconfigured = [Source::Bugs].into();
    let app = TestApp::with(&[], WebSettings { intervals, unconfigured, ..WebSettings::default() }).await;
    app.ledger.record_success(&run(Source::Cases, 25, 0)).await.unwrap();
    app.ledger.record_success(&run(Source::Cards, 1, 3)).await.unwrap();
    app.ledger.record_failure(Source::Issues, "portal: 500", now()).await.unwrap();
    app.ledger.hold_shrink(Source::Cards, Document::Cards, 100, 1, now()).await.unwrap();
    app.get_until("/metrics", |answer| answer.text().contains("t5g_source_held{source=\"cards\"} 1")).await;
    let (told, page) = (told(&app).await, app.get("/api/v1/sources").await.json());
    let rows = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    assert_eq!(rows.len(), Source::ALL.len());
    for row in rows {
        let source = row["name"].as_str().unwrap();
        let states =
            told.iter().filter(|one| one.name == "t5g_source_state" && one.labels["source"] == source);
        let now_in: Vec<_> =
            states.filter(|one| number(one) == 1).map(|one| one.labels["state"].clone()).collect();
        if row["state"] == "off" {
            assert!(now_in.is_empty() && source == "bugs", "{row}");
            continue;
        }
        assert_eq!(now_in, [row["state"].as_str().unwrap()], "{row}");
    }
    let of = |name: &str, source: &str| value(&told, name, &[("source", source)]);
    assert_eq!(of("t5g_source_age_seconds", "cases"), Some(1500));
    assert_eq!(of("t5g_source_age_seconds", "issues"), None, "it never succeeded");
    assert_eq!((of("t5g_source_held", "cases"), of("t5g_source_held", "cards")), (Some(0), Some(1)));
    assert_eq!(
        (of("t5g_source_entries", "cards"), of("t5g_source_data_problems", "cards")),
        (Some(1234), Some(3))
    );
    assert_eq!(of("t5g_source_failures", "issues"), Some(1));
    assert_eq!(value(&told, "t5g_ledger_up", &[]), Some(1));
}

#[tokio::test]
async fn runs_by_state_are_those_of_the_monitor() {
    let app = world().await;
    for _ in 0..2 {
        app.post("/api/monitor/tasks/refresh/runs").await;
        app.post("/api/monitor/tasks/card_sync/runs").await;
    }
    let working = "t5g_runs{state=\"running\"} 1\n";
    app.get_until("/metrics", |answer| {
        answer.text().contains(working) && answer.text().contains("t5g_runs{state=\"pending\"} 1\n")
    })
    .await;
    let told = told(&app).await;
    let list = app.get("/api/monitor/runs").await.json();
    assert_eq!(list["states"]["running"], 1, "{list}");
    for state in ["scheduled", "pending", "running", "retrying"] {
        let count = list["states"][state].as_i64().unwrap_or(0);
        assert_eq!(value(&told, "t5g_runs", &[("state", state)]), Some(count), "{state}");
    }
    app.permits.add_permits(4);
}
