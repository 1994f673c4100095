//! How much memory `t5g up` and `t5g sync all` hold at 1,000 and at 20,000 cards, and how much of a core an
//! idle `t5g up` takes. Each process measured is one of its own. Prints `name<TAB>value<TAB>unit`.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use t5g_e2e::many::{CASES_OF_20_000, import, took, up as up_with};
use t5g_e2e::{Product, World, figure, process};
use tokio::time::{Instant, sleep};

/// Made-up cases, and the cards that the team has at least for them.
const SIZES: [(u32, usize); 2] = [(1_070, 1_000), (CASES_OF_20_000, 20_000)];
/// What is asked for: every kind of page and answer, such that every index is made.
const ADDRESSES: [&str; 12] = [
    "/home",
    "/table/all",
    "/table/all?page=9",
    "/table/all?sort=account",
    "/table/all?sort=-comment",
    "/table/all?sort=summary",
    "/table/all?sev=High&is=open&sort=-days",
    "/table/all?q=panic+ethtool",
    "/api/cards",
    "/api/cases",
    "/api/issues",
    "/api/stats",
];
/// How often each of them is asked for.
const ROUNDS: usize = 5;
/// How often all documents are replaced.
const REPLACEMENTS: u64 = 3;
/// How long a process is left alone before it counts as at rest.
const REST: Duration = Duration::from_secs(3);
/// How long idleness is measured.
const IDLE: Duration = Duration::from_secs(30);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(20);

#[tokio::main]
async fn main() -> Result<()> {
    for (cases, cards) in SIZES {
        shown(cases, cards).await?;
        fetched(cases, cards).await?;
    }
    Ok(())
}

/// `up` over documents that somebody imports.
async fn shown(cases: u32, cards: usize) -> Result<()> {
    let home = tempfile::tempdir()?;
    import(home.path(), cases, 1).await?;
    let up = up_with(home.path()).await?;
    let held = up.json("/api/cards").await?.as_object().map_or(0, serde_json::Map::len);
    ensure!(held >= cards, "only {held} cards");
    memory(&format!("up, {cards} cards, started"), &up).await?;
    look(&up).await?;
    memory(&format!("up, {cards} cards, pages looked at"), &up).await?;
    for seed in 1..=REPLACEMENTS {
        let before = etag(&up).await?;
        import(home.path(), cases, seed + 1).await?;
        changed(&up, &before).await?;
        look(&up).await?;
    }
    memory(&format!("up, {cards} cards, documents replaced {REPLACEMENTS} times"), &up).await?;
    figure(&format!("up, {cards} cards, idle"), idle(&up).await? * 100.0, "% of a core");
    ensure!(up.terminate().await?.success(), "t5g up did not end well");
    Ok(())
}

/// `sync all` and `up`, each fetching everything from upstreams.
async fn fetched(cases: u32, cards: usize) -> Result<()> {
    let world = World::start(1, cases).await?;
    let environment = world.environment();

    let home = tempfile::tempdir()?;
    for (name, arguments) in [
        ("full", &["sync", "all", "--full"][..]),
        ("full, again", &["sync", "all", "--full"]),
        ("incremental", &["sync", "all"]),
    ] {
        let (_, peak) = took(home.path(), &environment, arguments).await?;
        figure(&format!("sync all, {cards} cards, {name}: at its peak"), peak, "MB");
    }

    let home = tempfile::tempdir()?;
    let up = Product::start(home.path(), &environment, &["up"]).await?;
    all_fresh(&up).await?;
    look(&up).await?;
    memory(&format!("up, {cards} cards, fetched by itself"), &up).await?;
    ensure!(up.terminate().await?.success(), "t5g up did not end well");
    Ok(())
}

async fn look(up: &Product) -> Result<()> {
    for address in ADDRESSES.iter().cycle().take(ADDRESSES.len() * ROUNDS) {
        up.text(address).await?;
    }
    Ok(())
}

async fn etag(up: &Product) -> Result<String> {
    let answer = up.get("/api/cards").await?;
    Ok(answer.headers().get("etag").context("a document has a tag")?.to_str()?.to_owned())
}

async fn changed(up: &Product, before: &str) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while etag(up).await? == before {
        ensure!(Instant::now() < deadline, "the imported cards do not come:\n{}", up.log());
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// Until `up` has fetched every source once.
async fn all_fresh(up: &Product) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // The last source in the order of a cold start.
        let metrics = up.text("/metrics").await?;
        if metrics.contains("t5g_source_entries{source=\"stats\"}") {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "t5g up does not fetch all:\n{}", up.log());
        sleep(Duration::from_millis(200)).await;
    }
}

/// At rest, and the peak so far.
async fn memory(name: &str, up: &Product) -> Result<()> {
    sleep(REST).await;
    let memory = process::memory(up.pid().context("it runs")?)?;
    figure(&format!("{name}: resident"), memory.resident, "MB");
    figure(&format!("{name}: peak so far"), memory.peak, "MB");
    Ok(())
}

/// The share of one core that it takes when nobody asks it anything.
async fn idle(up: &Product) -> Result<f64> {
    let pid = up.pid().context("it runs")?;
    let (before, start) = (process::processor_time(pid)?, Instant::now());
    sleep(IDLE).await;
    Ok((process::processor_time(pid)? - before) / start.elapsed().as_secs_f64())
}
