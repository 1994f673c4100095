//! How soon a foreign write to Redis is on the live board, and how soon after a lost connection came back.
//! Times begin when `redis-cli` is started. Prints `name<TAB>value<TAB>unit`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};
use t5g_e2e::{Product, median_and_max, run};
use t5g_testkit::Redis;
use tokio::time::sleep;

/// Made-up cases, the cards that the team has at least for them, and how many writes are measured.
const SIZES: [(&str, usize, usize); 2] = [("1070", 1_000, 50), ("21400", 20_000, 10)];
const OUTAGES: usize = 5;
/// How long Redis is gone.
const OUTAGE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::main]
async fn main() -> Result<()> {
    for (cases, cards, writes) in SIZES {
        let mut bench = Bench::start(cases).await?;
        let held = bench.cards.len();
        ensure!(held >= cards, "only {held} cards");
        let mut times = Vec::with_capacity(writes);
        for _ in 0..writes {
            times.push(bench.write().await?.as_secs_f64() * 1000.0);
            // Not in step with anything that happens at fixed times.
            sleep(Duration::from_millis(137)).await;
        }
        median_and_max(&format!("foreign write of {cards} cards to the live board"), times, "ms")?;
        let mut times = Vec::with_capacity(OUTAGES);
        for _ in 0..OUTAGES {
            bench.redis.stop()?;
            sleep(OUTAGE).await;
            bench.redis.restart().await?;
            times.push(bench.write().await?.as_secs_f64());
        }
        median_and_max(&format!("Redis back to {cards} fresh cards on the live board"), times, "s")?;
        ensure!(bench.up.terminate().await?.success(), "t5g did not end well");
    }
    Ok(())
}

struct Bench {
    redis: Redis,
    up: Product,
    cards: Map<String, Value>,
    /// Counts the writes.
    count: usize,
    _home: tempfile::TempDir,
}

impl Bench {
    /// A Redis with made-up cards, and `t5g serve` that shows them.
    async fn start(cases: &str) -> Result<Self> {
        let redis = Redis::start().await?;
        let home = tempfile::tempdir()?;
        let fake = run(home.path(), &[], &["fake", "-n", cases]).await?;
        ensure!(fake.status.success(), "t5g fake failed: {}", fake.stderr);
        let mut documents: Map<String, Value> = serde_json::from_str(&fake.stdout)?;
        for (name, document) in &documents {
            redis.set(name, document.to_string().as_bytes()).await?;
        }
        let environment = [("T5G_DOCUMENTS_URL", redis.url()), ("FLASK_LOGIN_DISABLED", "true".to_owned())];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        let up = Product::start(home.path(), &environment, &["serve"]).await?;
        let Some(Value::Object(cards)) = documents.remove("cards") else {
            anyhow::bail!("t5g fake makes no cards");
        };
        let mut bench = Self { redis, up, cards, count: 0, _home: home };
        bench.write().await?;
        Ok(bench)
    }

    /// Writes all cards, one of them with an account that nobody has seen, and waits until it is counted.
    async fn write(&mut self) -> Result<Duration> {
        self.count += 1;
        let account = format!("Written by hand {}", self.count);
        let card = self.cards.values_mut().next().context("there are cards")?;
        card["account"] = account.clone().into();
        card["case_status"] = "Waiting on Red Hat".into();
        let json = serde_json::to_vec(&self.cards)?;
        let start = Instant::now();
        self.redis.set("cards", &json).await?;
        loop {
            let answer = self.up.get("/api/stats").await?;
            if answer.text().await?.contains(&account) {
                return Ok(start.elapsed());
            }
            ensure!(start.elapsed() < PATIENCE, "the write does not come:\n{}", self.up.log());
            sleep(Duration::from_millis(1)).await;
        }
    }
}
