//! How long synchronising 2,000 cases takes with upstreams that answer after 100 ms: at the default
//! concurrency, and the same calls one after another. Prints `name<TAB>value<TAB>unit`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use t5g_e2e::{World, figure, run};
use t5g_model::names::Source;

const SEED: u64 = 7;
const CASES: u32 = 2_000;
const LATENCY_MS: u64 = 100;
/// How often the incremental synchronisation is measured; the median counts.
const INCREMENTAL: usize = 5;
/// One call at a time, at each upstream.
const ONE_BY_ONE: [&str; 3] = ["T5G_PORTAL_CONCURRENCY", "T5G_JIRA_CONCURRENCY", "T5G_BUGZILLA_CONCURRENCY"];

#[tokio::main]
async fn main() -> Result<()> {
    let world = World::start(SEED, CASES).await?;
    world.control("latency", &json!({ "ms": LATENCY_MS, "spread_ms": 0 })).await?;
    let home = tempfile::tempdir()?;

    let usual = world.environment();
    let full = sync(&world, home.path(), &usual, &["all"]).await?;
    figure("full, concurrency 8", full.seconds, "s");
    figure("full, concurrency 8: requests", full.requests, "requests");
    for (source, seconds) in &full.sources {
        figure(&format!("of it {source}"), *seconds, "s");
    }

    let slow = one_by_one(&world).await?;
    figure("full, one after another", slow.seconds, "s");
    figure("full, one after another: requests", slow.requests, "requests");
    figure("full, times as fast as one after another", slow.seconds / full.seconds, "times");

    let mut again = Vec::new();
    for _ in 0..INCREMENTAL {
        again.push(sync(&world, home.path(), &usual, &["all"]).await?);
    }
    again.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    let median = again.get(INCREMENTAL / 2).context("measured")?;
    figure("incremental, nothing changed", median.seconds, "s");
    figure("incremental, nothing changed: requests", median.requests, "requests");
    Ok(())
}

/// One command that ended well.
struct Took {
    seconds: f64,
    requests: f64,
    /// Name of a source, seconds.
    sources: Vec<(String, f64)>,
}

async fn sync(
    world: &World,
    home: &Path,
    environment: &[(String, String)],
    sources: &[&str],
) -> Result<Took> {
    let arguments: Vec<&str> = ["sync", "--json"].into_iter().chain(sources.iter().copied()).collect();
    let before = requests(world).await?;
    let start = Instant::now();
    let done = run(home, environment, &arguments).await?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(done.status.success(), "t5g sync {sources:?} failed:\n{}\n{}", done.stdout, done.stderr);
    let requests = requests(world).await? - before;
    let runs: Vec<Value> = serde_json::from_str(&done.stdout).context("the runs are JSON")?;
    let sources = runs.iter().map(run_time).collect::<Result<_>>()?;
    Ok(Took { seconds, requests, sources })
}

/// Every source by itself, in the order in which they need each other, each with one call at a time.
async fn one_by_one(world: &World) -> Result<Took> {
    let home = tempfile::tempdir()?;
    let mut environment = world.environment();
    environment.extend(ONE_BY_ONE.map(|name| (name.to_owned(), "1".to_owned())));
    let mut all = Took { seconds: 0.0, requests: 0.0, sources: Vec::new() };
    for source in Source::ALL {
        let one = sync(world, home.path(), &environment, &[source.name()]).await?;
        all.seconds += one.seconds;
        all.requests += one.requests;
    }
    Ok(all)
}

/// How many requests the upstreams have seen so far.
async fn requests(world: &World) -> Result<f64> {
    let counted = world.ask("requests").await?;
    let counted = counted.as_object().context("counters by route")?;
    let upstreams = counted.iter().filter(|(route, _)| !route.contains("/_sim/"));
    Ok(upstreams.filter_map(|(_, count)| count.as_f64()).sum())
}

fn run_time(run: &Value) -> Result<(String, f64)> {
    let time = |name: &str| -> Result<_> {
        let text = run.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {run}"))?;
        Ok(t5g_model::time::read(text)?)
    };
    let took = time("finished")? - time("started")?;
    let source = run.pointer("/result/source").and_then(Value::as_str).context("its source")?;
    Ok((source.to_owned(), took.num_milliseconds() as f64 / 1000.0))
}
