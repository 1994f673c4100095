//! What 100,000 cards cost: time to fetch, to start and to answer; memory; disk. Prints `name<TAB>value<TAB>unit`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use t5g_e2e::many::{import, quiet, took, up};
use t5g_e2e::{Product, World, figure, process};
use t5g_testkit::Redis;
use tokio::time::{Duration, sleep};

/// Made-up cases, such that the team has at least so many cards for them.
const CASES: u32 = 107_000;
const CARDS: usize = 100_000;
/// How often each address is asked for.
const ASKED: usize = 20;
/// Pages, and what their figure is called.
const PAGES: [(&str, &str); 9] = [
    ("/home", "/home"),
    ("/table/all", "/table/all"),
    ("/stats", "/stats"),
    ("/accounts", "/accounts"),
    ("/updates/all", "/updates/all"),
    ("/table/all?sev=High&is=open&sort=-days", "rows, facets"),
    ("/table/all?q=sev:>=high%20age:>14d", "rows, condition"),
    ("/table/all?q=panic+ethtool", "rows, words"),
    ("/table/all?sort=account,-days,summary", "rows, sorted by three"),
];
/// The largest answers, each asked for once.
const WHOLE: [&str; 3] = ["/api/cards", "/table/all.csv", "/table/all.ndjson"];
/// How long a process is left alone before it counts as at rest.
const REST: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<()> {
    fetched().await?;
    shown().await?;
    on_redis().await
}

/// Everything fetched from upstreams that answer at once.
async fn fetched() -> Result<()> {
    let world = World::start(1, CASES).await?;
    let (environment, home) = (world.environment(), tempfile::tempdir()?);
    for (name, arguments) in
        [("full", &["sync", "all", "--full"][..]), ("incremental, nothing changed", &["sync", "all"])]
    {
        let (seconds, peak) = took(home.path(), &environment, arguments).await?;
        figure(&format!("sync all, {name}"), seconds, "s");
        figure(&format!("sync all, {name}: at its peak"), peak, "MB");
    }
    figure("SQLite file after that", megabytes(home.path()).await?, "MB");
    Ok(())
}

/// `up` over documents in a SQLite file.
async fn shown() -> Result<()> {
    let home = tempfile::tempdir()?;
    let start = Instant::now();
    import(home.path(), CASES, 1).await?;
    figure("making up and importing", start.elapsed().as_secs_f64(), "s");
    tokio::fs::remove_file(home.path().join("made-up.json")).await?;
    figure("SQLite file, imported", megabytes(home.path()).await?, "MB");
    let start = Instant::now();
    let up = up(home.path()).await?;
    figure("up: from its start until it shows the cards", start.elapsed().as_secs_f64(), "s");
    memory("up, started", &up).await?;
    // Indexes for the first search are made when it comes.
    let start = Instant::now();
    up.text("/table/all?q=panic+ethtool").await?;
    figure("the first search after a change", start.elapsed().as_secs_f64() * 1e3, "ms");
    for (address, name) in PAGES {
        let mut times = Vec::new();
        for _ in 0..ASKED {
            let start = Instant::now();
            let answer = up.get(address).await?;
            ensure!(answer.status() == 200, "{address} answered {}", answer.status());
            times.push(start.elapsed().as_secs_f64() * 1e3);
            answer.bytes().await?;
        }
        times.sort_by(f64::total_cmp);
        let of = |share: usize| times.get(times.len() * share / 100).copied().context("nothing was measured");
        figure(&format!("{name}: first byte, median"), of(50)?, "ms");
        figure(&format!("{name}: first byte, 95th percentile"), of(95)?, "ms");
    }
    for address in WHOLE {
        let start = Instant::now();
        let text = up.text(address).await?;
        figure(&format!("{address}, whole"), start.elapsed().as_secs_f64(), "s");
        figure(&format!("{address}, size"), text.len() as f64 / 1e6, "MB");
        let cards = if address == "/api/cards" { text.matches("\"case_number\"").count() } else { CARDS };
        ensure!(cards >= CARDS, "only {cards} cards");
    }
    memory("up, pages looked at", &up).await?;
    import(home.path(), CASES, 2).await?;
    up.text("/table/all?q=panic+ethtool").await?;
    memory("up, documents replaced", &up).await?;
    ensure!(up.terminate().await?.success(), "t5g up did not end well");
    Ok(())
}

/// `serve` over the same documents in Redis.
async fn on_redis() -> Result<()> {
    let (home, redis) = (tempfile::tempdir()?, Redis::start().await?);
    let file = home.path().join("made-up.json").to_string_lossy().into_owned();
    let mut environment = quiet();
    environment.push(("T5G_DOCUMENTS_URL".into(), redis.url()));
    let cases = CASES.to_string();
    took(home.path(), &environment, &["fake", "-n", &cases, "-o", &file]).await?;
    let (seconds, peak) = took(home.path(), &environment, &["import", &file]).await?;
    figure("Redis: importing", seconds, "s");
    figure("Redis: importing, at its peak", peak, "MB");
    let told = redis.cli(&["INFO", "memory"]).await?;
    let used = |name: &str| -> Result<f64> {
        let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        Ok(line.with_context(|| format!("Redis tells no {name}"))?.trim().parse::<f64>()? / 1e6)
    };
    figure("Redis: used memory", used("used_memory")?, "MB");
    figure("Redis: used memory, at its peak", used("used_memory_peak")?, "MB");
    let start = Instant::now();
    let serve = Product::start(home.path(), &environment, &["serve"]).await?;
    while serve.get("/readyz").await?.status() != 200 {
        ensure!(start.elapsed() < Duration::from_mins(5), "serve shows nothing:\n{}", serve.log());
        sleep(Duration::from_millis(50)).await;
    }
    figure("Redis: serve, from its start until it shows the cards", start.elapsed().as_secs_f64(), "s");
    memory("Redis: serve, started", &serve).await?;
    ensure!(serve.terminate().await?.success(), "t5g serve did not end well");
    Ok(())
}

/// At rest, and the peak so far.
async fn memory(name: &str, product: &Product) -> Result<()> {
    sleep(REST).await;
    let memory = process::memory(product.pid().context("it runs")?)?;
    figure(&format!("{name}: resident"), memory.resident, "MB");
    figure(&format!("{name}: peak so far"), memory.peak, "MB");
    Ok(())
}

/// What the files of the store in the folder take together.
async fn megabytes(folder: &Path) -> Result<f64> {
    let mut sum = 0;
    let mut listed = tokio::fs::read_dir(folder.join(".local/share/t5g")).await?;
    while let Some(entry) = listed.next_entry().await? {
        if entry.file_name().to_string_lossy().starts_with("t5g.db") {
            sum += entry.metadata().await?.len();
        }
    }
    ensure!(sum > 0, "no file of the store is in {}", folder.display());
    Ok(sum as f64 / 1e6)
}
