//! Two of each role on one Redis and one PostgreSQL, under load through a proxy that retries connects: each process is
//! replaced in turn, and no request may fail, no run be lost. `roll ROUNDS [OLD]`; `cargo xtask roll` runs it. With OLD, an
//! older version's program, all processes are of that version in the beginning, and the first round updates them.
//!
//! A server is told to stop, as a rolling update does; workers and schedulers are told to in one round and killed in the
//! next.

#![expect(clippy::print_stderr, reason = "a program for people: it says what it found")]

#[path = "support/proxy.rs"]
mod proxy;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use t5g_e2e::{Product, World, binary, figure, run, spawn, spawn_as};
use t5g_testkit::{Postgres, Redis};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use proxy::Behind;

/// Requests at once.
const READERS: usize = 8;
const PATHS: [&str; 6] =
    ["/home", "/table/all", "/stats", "/api/cards", "/api/v1/cases?limit=50", "/sources"];
/// Load between two replacements.
const BETWEEN: Duration = Duration::from_secs(2);
/// Roles without pages.
const ROLES: [&str; 2] = ["worker", "scheduler"];

type Variables = Vec<(String, String)>;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let rounds: u32 = arguments.next().context("how many rounds?")?.parse()?;
    let new = binary()?;
    let old = arguments.next().map_or_else(|| new.clone(), Into::into);
    let world = World::start(9, 300).await?;
    let (database, redis) = (Postgres::start().await?, Redis::start().await?);
    let home = tempfile::tempdir()?;
    let mut environment = world.environment();
    let own = [
        ("T5G_DOCUMENTS_URL", redis.url()),
        ("T5G_LEDGER_URL", database.url().to_owned()),
        ("T5G_JOBS_LEASE", "3s".to_owned()),
        ("T5G_SCHEDULES_CASE_SYNC", "* * * * *".to_owned()),
        ("T5G_SCHEDULES_CARD_SYNC", "* * * * *".to_owned()),
    ];
    environment.extend(own.map(|(name, value)| (name.to_owned(), value)));

    let behind = Behind::default();
    let mut servers = Vec::new();
    let mut others = Vec::new();
    for role in ROLES.into_iter().flat_map(|role| [role, role]) {
        others.push((role, spawn_as(&old, home.path(), &environment, &[role])?));
    }
    for _ in 0..2 {
        servers.push(serve(&old, home.path(), &environment, &behind).await?);
    }
    eprintln!("{}", versions(home.path(), &environment, [old.as_path(), new.as_path()]).await?);
    let url = proxy::start(behind.clone()).await?;
    let load = Load::start(&url);
    for round in 0..rounds {
        for place in 0..servers.len() {
            sleep(BETWEEN).await;
            // Still behind the proxy: who connects is refused, and goes to the other one.
            let old = servers.remove(0);
            let address = old.url.clone();
            ensure!(old.terminate().await?.success(), "a server did not end well");
            servers.push(serve(&new, home.path(), &environment, &behind).await?);
            behind.remove(&address);
            eprintln!("round {round}: server {place} replaced, {}", load.told());
        }
        for (role, child) in &mut others {
            sleep(BETWEEN).await;
            replace(child, round % 2 == 1).await.with_context(|| (*role).to_owned())?;
            *child = spawn(home.path(), &environment, &[*role])?;
            eprintln!("round {round}: {role} replaced, {}", load.told());
        }
    }
    let asked = load.end().await?;
    let failed = failed_runs(home.path(), &environment).await?;
    ensure!(failed == 0, "{failed} runs failed");
    figure("rounds, in each of which every process is replaced", f64::from(rounds), "rounds");
    // One that fails, request or run, ends all before.
    figure("requests, none of which failed", asked as f64, "requests");
    Ok(())
}

/// From which schema to which: an older program knows fewer steps.
async fn versions(home: &Path, environment: &Variables, programs: [&Path; 2]) -> Result<String> {
    let mut told = Vec::new();
    for (place, program) in programs.into_iter().enumerate() {
        // Of stores of its own, which commands make in the data folder.
        let home = home.join(format!("of-{place}"));
        tokio::fs::create_dir_all(&home).await?;
        let file = home.join("empty.backup");
        let alone: Variables =
            environment.iter().filter(|(name, _)| !name.ends_with("_URL")).cloned().collect();
        tokio::fs::write(home.join("none.json"), "{\"escalations\": null}").await?;
        let name = file.to_string_lossy();
        let token = ["token", "create", "--name", "roll", "--scope", "read"];
        for command in [&["import", "none.json"][..], &token, &["backup", name.as_ref()]] {
            let mut command = spawn_as(program, &home, &alone, command)?;
            ensure!(command.wait().await?.success(), "{} makes no backup", program.display());
        }
        let text = run(&home, &alone, &["restore", "--verify", "--json", &file.to_string_lossy()]).await?;
        let contents: Value = serde_json::from_str(&text.stdout).context(text.stderr)?;
        let schema = contents.pointer("/head/ledger_schema").and_then(Value::as_u64).context("no schema")?;
        told.push(format!("schema {schema}"));
    }
    Ok(format!("from {} to {}", told.first().context("none")?, told.last().context("none")?))
}

/// A server that can answer, behind the proxy.
async fn serve(program: &Path, home: &Path, environment: &Variables, behind: &Behind) -> Result<Product> {
    let server = Product::start_as(program, home, environment, &["serve"]).await?;
    server.wait_for("/api/cards", "cards", |text| text.contains("case_number")).await?;
    behind.add(&server.url);
    Ok(server)
}

async fn replace(child: &mut Child, kill: bool) -> Result<()> {
    if kill {
        return Ok(child.kill().await?);
    }
    let pid = child.id().context("it has ended by itself")?.to_string();
    ensure!(Command::new("/bin/sh").args(["-c", "kill -TERM \"$1\"", "sh", &pid]).status().await?.success());
    ensure!(child.wait().await?.success(), "it did not end well");
    Ok(())
}

async fn failed_runs(home: &Path, environment: &Variables) -> Result<u64> {
    let list = run(home, environment, &["jobs", "list", "--json", "state:failed"]).await?;
    ensure!(list.status.success(), "{}", list.stderr);
    let list: Value = serde_json::from_str(&list.stdout)?;
    list.get("total").and_then(Value::as_u64).context("no total")
}

/// Requests without end, each on a connection of its own.
struct Load {
    readers: tokio::task::JoinSet<Result<()>>,
    asked: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Load {
    fn start(url: &str) -> Self {
        let (asked, failed, over) = (Arc::default(), Arc::default(), Arc::new(AtomicBool::new(false)));
        let mut readers = tokio::task::JoinSet::new();
        for reader in 0..READERS {
            let counts = (Arc::clone(&asked), Arc::clone(&failed), Arc::clone(&over));
            readers.spawn(read(url.to_owned(), counts, reader));
        }
        Self { readers, asked, failed, over }
    }

    fn told(&self) -> String {
        format!(
            "{} requests, {} failed",
            self.asked.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed)
        )
    }

    /// How many requests there were; an error if one failed.
    async fn end(mut self) -> Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        while let Some(reader) = self.readers.join_next().await {
            reader??;
        }
        let (asked, failed) = (self.asked.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed));
        ensure!(failed == 0 && asked > 0, "{failed} of {asked} requests failed");
        Ok(asked)
    }
}

async fn read(
    url: String,
    (asked, failed, over): (Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicBool>),
    reader: usize,
) -> Result<()> {
    let client =
        reqwest::Client::builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(20)).build()?;
    for path in PATHS.iter().cycle().skip(reader) {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let answer = async {
            let answer = client.get(format!("{url}{path}")).send().await?.error_for_status()?;
            answer.bytes().await
        };
        if let Err(error) = answer.await {
            eprintln!("{path}: {error:?}");
            failed.fetch_add(1, Ordering::Relaxed);
        }
        asked.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
