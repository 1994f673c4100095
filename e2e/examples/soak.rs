//! Traffic on `t5g up` with 1,000 cards for a while: from an empty folder, with a read-only root, not as root, under 128
//! MB. Fails if a request fails, memory grows, or the limit is passed. `soak MINUTES`; `cargo xtask soak` runs it. Prints
//! `name<TAB>value<TAB>unit`; what this machine does not allow to be shown is said beside that.

#![expect(clippy::print_stderr, reason = "a program for people: it says what it found")]

#[path = "support/confined.rs"]
mod confined;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use t5g_e2e::{Product, World, figure, process};
use tokio::time::{Instant, interval, sleep};

const CASES: u32 = 1_070;
const CARDS: usize = 1_000;
/// The memory limit, in bytes.
const LIMIT: u64 = 128 * 1024 * 1024;
/// Requests at once.
const READERS: usize = 4;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_secs(2);
/// How much the memory at the end may be above that at the beginning: a tenth, and a little that short runs need.
const GROWTH: (f64, f64) = (1.10, 4.0);
const PATHS: [&str; 9] = [
    "/home",
    "/table/all",
    "/table/all?q=is:open&sort=-days",
    "/updates/all",
    "/weekly/",
    "/stats",
    "/api/cards",
    "/api/v1/cards?q=sev:urgent",
    "/sources",
];
/// As often as in a demo, so that documents are replaced all the time.
const SCHEDULES: [&str; 6] =
    ["CASE_SYNC", "CARD_SYNC", "DETAILS_SYNC", "BUGS_SYNC", "ISSUES_SYNC", "ESCALATIONS_SYNC"];

#[tokio::main]
async fn main() -> Result<()> {
    let minutes: f64 = std::env::args().nth(1).context("how many minutes?")?.parse()?;
    let world = World::start(1, CASES).await?;
    let home = tempfile::tempdir()?;
    let confined = confined::Confined::new(home.path(), LIMIT).await?;
    let mut environment = world.environment();
    environment.push(("T5G_DATA_DIR".into(), home.path().display().to_string()));
    environment.extend(SCHEDULES.map(|name| (format!("T5G_SCHEDULES_{name}"), "* * * * *".to_owned())));
    let program = match confined.program() {
        Some(program) => program.to_owned(),
        None => t5g_e2e::binary()?,
    };
    let product = Arc::new(Product::start_as(&program, home.path(), &environment, &["up"]).await?);
    let has_cards = |text: &str| text.matches("\"case_number\"").count() >= CARDS;
    product.wait_for("/api/cards", "the first cards", has_cards).await?;
    eprintln!("{}", confined.told());

    let (asked, deadline) =
        (Arc::new(AtomicU64::new(0)), Instant::now() + Duration::from_secs_f64(minutes * 60.0));
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..READERS {
        readers.spawn(read(Arc::clone(&product), Arc::clone(&asked), deadline, reader));
    }
    let pid = product.pid().context("it has ended")?;
    let (mut looks, mut ticks, mut day) = (Vec::new(), interval(LOOK), Instant::now());
    while Instant::now() < deadline {
        ticks.tick().await;
        looks.push(process::memory(pid)?.resident);
        if day.elapsed() > Duration::from_secs(30) {
            // The world goes on, so that something changes.
            world.control("advance", &json!({ "hours": 1 })).await?;
            day = Instant::now();
        }
    }
    while let Some(reader) = readers.join_next().await {
        reader??;
    }
    let peak = process::memory(pid)?.peak;
    let (first, last) = ends(&looks)?;
    figure("minutes", minutes, "min");
    // One that fails ends all.
    figure("requests, none of which failed", asked.load(Ordering::Relaxed) as f64, "requests");
    figure("resident in the first quarter, median", first, "MB");
    figure("resident in the last quarter, median", last, "MB");
    figure("resident at its peak", peak, "MB");
    ensure!(peak * 1e6 <= LIMIT as f64, "its peak is above the limit of {} MB", LIMIT / 1_048_576);
    ensure!(last <= first * GROWTH.0 + GROWTH.1, "it grows: from {first:.1} to {last:.1} MB");
    let product = Arc::into_inner(product).context("a reader is left")?;
    ensure!(product.terminate().await?.success(), "it did not end well");
    eprintln!("it ended well");
    Ok(())
}

async fn read(product: Arc<Product>, asked: Arc<AtomicU64>, deadline: Instant, reader: usize) -> Result<()> {
    for path in PATHS.iter().cycle().skip(reader) {
        if Instant::now() >= deadline {
            break;
        }
        product.text(path).await?;
        asked.fetch_add(1, Ordering::Relaxed);
        // People read.
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The middle of the first quarter and of the last one.
fn ends(looks: &[f64]) -> Result<(f64, f64)> {
    let quarter = looks.len() / 4;
    let middle = |part: Option<&[f64]>| {
        let mut part = part.unwrap_or_default().to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied().context("too short to say anything")
    };
    Ok((middle(looks.get(..quarter))?, middle(looks.get(looks.len() - quarter..))?))
}
