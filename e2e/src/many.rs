//! A product that shows many cards, for benchmarks: documents that it made up itself and took in; nothing is fetched.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::{Instant, sleep};

use crate::{Product, process, run, spawn};

/// Made-up cases, such that the team has at least 20,000 cards for them.
pub const CASES_OF_20_000: u32 = 21_400;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(20);

/// What such a product's environment holds: documents are there, so nothing is made up, and nothing is fetched.
pub fn quiet() -> Vec<(String, String)> {
    let all = [("fake_data", "true"), ("FLASK_LOGIN_DISABLED", "true")];
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Makes documents up and takes them in.
pub async fn import(home: &Path, cases: u32, seed: u64) -> Result<()> {
    let file = home.join("made-up.json");
    let (cases, seed) = (cases.to_string(), seed.to_string());
    let file = file.to_str().context("a temporary folder with a strange name")?;
    for arguments in [&["fake", "-n", &cases, "--seed", &seed, "-o", file][..], &["import", file]] {
        let done = run(home, &quiet(), arguments).await?;
        ensure!(done.status.success(), "t5g {arguments:?} failed: {}", done.stderr);
    }
    Ok(())
}

/// `t5g up` over documents that are there, once it shows them.
pub async fn up(home: &Path) -> Result<Product> {
    let up = Product::start(home, &quiet(), &["up"]).await?;
    let deadline = Instant::now() + PATIENCE;
    while up.get("/readyz").await?.status() != 200 {
        ensure!(Instant::now() < deadline, "t5g up shows nothing:\n{}", up.log());
        sleep(Duration::from_millis(50)).await;
    }
    Ok(up)
}

/// Seconds that a command took, and the most that it held, in MB, seen just before it ended.
pub async fn took(home: &Path, environment: &[(String, String)], arguments: &[&str]) -> Result<(f64, f64)> {
    let start = Instant::now();
    let mut child = spawn(home, environment, arguments)?;
    let pid = child.id().context("it runs")?;
    let mut peak: f64 = 0.0;
    while child.try_wait()?.is_none() {
        // Between its end and our noticing it there is nothing to read.
        if let Ok(memory) = process::memory(pid) {
            peak = peak.max(memory.peak);
        }
        sleep(Duration::from_millis(10)).await;
    }
    ensure!(child.wait().await?.success(), "t5g {arguments:?} failed");
    Ok((start.elapsed().as_secs_f64(), peak))
}
