//! What a real Prometheus makes of a running program: every question of the dashboards and of the alerts is asked there, as
//! Grafana asks it. Each has to be understood, to name what there is, and to find something.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use t5g_e2e::{Found, Product, Prometheus, World};

/// How soon every question has to find something: rates need two values, percentiles two events.
const LIMIT: Duration = Duration::from_secs(50);

/// What Grafana puts in, with a question a second: four times that for rates.
const INTERVALS: [(&str, &str); 3] = [("$__rate_interval", "4s"), ("$__interval", "1s"), ("$__range", "1m")];

/// Questions that find nothing in a world where all goes well enough, each with the reason.
const SILENT: [(&str, &str); 0] = [];

/// One question of a panel.
#[derive(Debug)]
struct Question {
    place: String,
    expression: String,
    legend: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_panel_and_every_alert_asks_what_prometheus_understands_and_finds() -> Result<()> {
    let (home, folder) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let world = World::start(21, 60).await?;
    let mut environment = world.environment();
    // Nobody takes traces there: they are lost, and counted.
    environment.push(("OTEL_EXPORTER_OTLP_ENDPOINT".into(), "http://127.0.0.1:9".into()));
    let product = Product::start(home.path(), &environment, &["up"]).await?;
    let rules = t5g_testkit::repository().join("deploy/prometheus/t5g-alerts.yaml");
    let prometheus =
        Prometheus::start(folder.path(), &rules, product.url.trim_start_matches("http://")).await?;
    product
        .wait_for("/metrics", "the cold start ends", |metrics| {
            metrics.contains("t5g_task_last_success_timestamp_seconds{task=\"cache_stats\"}")
        })
        .await?;
    let unavailable = json!({ "kind": "status", "status": 503 });
    world.control("faults", &json!({ "route": "*", "fault": unavailable, "probability": 0.3 })).await?;

    let dashboards = [dashboard("t5g-overview").await?, dashboard("t5g-tasks").await?];
    let begin = Instant::now();
    let questions = loop {
        something_happens(&world, &product).await?;
        let mut questions = Vec::new();
        for dashboard in &dashboards {
            questions.extend(asked_by(&prometheus, dashboard).await?);
        }
        ensure!(questions.len() > 50, "the dashboards ask only {} questions", questions.len());
        let missing = without_an_answer(&prometheus, &questions).await?;
        let unexpected: Vec<_> = missing.iter().filter(|place| !is_silent(place)).collect();
        if unexpected.is_empty() {
            break questions;
        }
        ensure!(begin.elapsed() < LIMIT, "these found nothing: {unexpected:#?}\n{}", product.log());
    };

    let missing = without_an_answer(&prometheus, &questions).await?;
    let found: Vec<_> = SILENT.iter().filter(|(place, _)| !missing.contains(*place)).collect();
    ensure!(found.is_empty(), "these find something, so they have to leave the list: {found:?}");
    let alerts = the_alerts_are_understood(&prometheus).await?;
    let known: BTreeSet<String> = prometheus.names().await?.into_iter().collect();
    let named: BTreeSet<String> =
        questions.iter().map(|one| &one.expression).chain(&alerts).flat_map(|text| names(text)).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    ensure!(named.len() > 50 && unknown.is_empty(), "of {} names nobody tells {unknown:?}", named.len());
    Ok(())
}

/// The world lives on, sources are fetched while a third of all answers fails, and somebody looks at pages.
async fn something_happens(world: &World, product: &Product) -> Result<()> {
    world.control("advance", &json!({ "hours": 1 })).await?;
    for source in ["cases", "cards"] {
        let started = product.post(&format!("/api/refresh/{source}")).await?;
        ensure!(started.status().is_success(), "{source}: {}", started.status());
    }
    product.text("/home").await?;
    product.text("/table/").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(())
}

/// Each alert's rule was read and is played without an error, and none of the critical ones holds in a world that is well
/// enough. Answers what they ask.
async fn the_alerts_are_understood(prometheus: &Prometheus) -> Result<Vec<String>> {
    let (rules, mut expressions) = (prometheus.rules().await?, Vec::new());
    let text =
        |rule: &Value, name: &str| rule.pointer(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for rule in &rules {
        let (name, expression) = (text(rule, "/name"), text(rule, "/query"));
        ensure!(text(rule, "/health") == "ok", "{name}: {rule}");
        let found = prometheus.ask(&expression).await?;
        let critical = text(rule, "/labels/severity") == "critical";
        ensure!(!critical || found.is_empty(), "{name} holds: {found:?}");
        expressions.push(expression);
    }
    let in_the_file =
        tokio::fs::read_to_string(t5g_testkit::repository().join("deploy/prometheus/t5g-alerts.yaml"))
            .await?;
    ensure!(rules.len() == in_the_file.matches("- alert: ").count(), "{} rules were read", rules.len());
    Ok(expressions)
}

/// Where nothing was found that is a number.
async fn without_an_answer(prometheus: &Prometheus, questions: &[Question]) -> Result<BTreeSet<String>> {
    let mut missing = BTreeSet::new();
    for question in questions {
        let found = prometheus.ask(&question.expression).await.with_context(|| question.place.clone())?;
        lines_have_names(question, &found)?;
        if !found.iter().any(|one| one.value.is_finite()) {
            missing.insert(question.place.clone());
        }
    }
    Ok(missing)
}

/// What a line is called comes from labels, which it has to have; and two lines are not called the same.
fn lines_have_names(question: &Question, found: &[Found]) -> Result<()> {
    let mut called = BTreeSet::new();
    for one in found {
        let mut name = question.legend.clone();
        for label in question.legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let value = one.labels.get(label.trim()).and_then(Value::as_str);
            let value = value.with_context(|| format!("{}: no label {label}: {one:?}", question.place))?;
            name = name.replace(&format!("{{{{{label}}}}}"), value);
        }
        ensure!(called.insert(name.clone()), "{}: two lines are called {name}", question.place);
    }
    Ok(())
}

fn is_silent(place: &str) -> bool {
    SILENT.iter().any(|(known, _)| *known == place)
}

/// Every question of a dashboard, with the values of its variables put in.
async fn asked_by(prometheus: &Prometheus, dashboard: &Value) -> Result<Vec<Question>> {
    let mut values = Vec::new();
    for variable in list(dashboard, "/templating/list") {
        let (name, kind) = (text(variable, "/name")?, text(variable, "/type")?);
        if kind == "query" {
            let all = prometheus.label_values(text(variable, "/query/query")?).await?;
            ensure!(!all.is_empty(), "the variable {name} has no values");
            values.push((format!("${name}"), all.join("|")));
        } else {
            ensure!(kind == "datasource", "{name}: variables of the kind {kind} are not known here");
        }
    }
    let title = text(dashboard, "/title")?;
    let mut questions = Vec::new();
    for panel in list(dashboard, "/panels") {
        ensure!(list(panel, "/panels").is_empty(), "{title}: panels that are folded away are not asked here");
        for target in list(panel, "/targets") {
            let place = format!("{title}: {}: {}", text(panel, "/title")?, text(target, "/refId")?);
            let mut expression = text(target, "/expr")?.to_owned();
            let fixed = INTERVALS.map(|(name, value)| (name.to_owned(), value.to_owned()));
            for (name, value) in fixed.iter().chain(&values) {
                expression = expression.replace(name, value);
            }
            ensure!(!expression.contains('$'), "{place}: a variable that is not known: {expression}");
            questions.push(Question { place, expression, legend: text(target, "/legendFormat")?.to_owned() });
        }
    }
    Ok(questions)
}

/// The names of our metrics in an expression.
fn names(expression: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in expression.split("t5g_").skip(1) {
        let rest: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        names.push(format!("t5g_{rest}"));
    }
    names
}

async fn dashboard(name: &str) -> Result<Value> {
    let file = t5g_testkit::repository().join(format!("deploy/grafana/{name}.json"));
    Ok(serde_json::from_str(&tokio::fs::read_to_string(&file).await?)?)
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("{pointer} is missing in {value}"))
}
