//! How many runs a second the queue takes in and does, how soon a run begins after it was asked for, what an engine
//! costs that has nothing to do, and what people's pages cost with 100,000 runs in the ledger; on a SQLite file and on
//! a PostgreSQL that writes to the disk. Prints `name<TAB>value<TAB>unit`. Run it by `cargo xtask bench queue`.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use serde_json::{Value, json};
use t5g_model::clock::Clock;
use t5g_model::names::Role as Person;
use t5g_queue::{
    Asker, Engine, Fencing, Launcher, MissedTick, Page, Registry, Retry, Role, RunContext, RunFilter, RunId,
    Settings, Task, TaskDefinition,
};
use t5g_store::documents::{Fence, Raised};
use t5g_store::ledger::Ledger;
use t5g_testkit::Postgres;
use tokio::io::AsyncReadExt as _;
use tokio::time::sleep;

/// Runs whose throughput is measured.
const RUNS: usize = 1_000;
/// Runs whose beginning is measured.
const BEGINNINGS: usize = 200;
/// How long an engine is watched that has nothing to do.
const IDLE: Duration = Duration::from_secs(20);
/// Runs of the past in a ledger that has seen something.
const PAST: usize = 100_000;
/// What tells this program to be the other process, on that ledger.
const OTHER: &str = "T5G_BENCH_QUEUE_WORKER";

#[tokio::main]
async fn main() -> Result<()> {
    if let Ok(address) = std::env::var(OTHER) {
        return other_process(&address).await;
    }
    let folder = tempfile::tempdir()?;
    let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    all("SQLite", [file("a"), file("b"), file("c"), file("d"), file("e")]).await?;
    let server = Postgres::durable().await?;
    let mut addresses = Vec::new();
    for _ in 0..5 {
        addresses.push(server.database().await?.url().to_owned());
    }
    all("PostgreSQL", addresses.try_into().ok().context("five databases")?).await
}

async fn all(place: &str, addresses: [String; 5]) -> Result<()> {
    let [one, four, beginnings, idle, past] = addresses;
    throughput(&format!("{place}: done with 1 slot"), Some(&format!("{place}: asked for")), &one, 1).await?;
    throughput(&format!("{place}: done with 4 slots"), None, &four, 4).await?;
    begin_here(place, &beginnings).await?;
    begin_elsewhere(place, &beginnings).await?;
    do_nothing(place, &idle).await?;
    look_back(place, &past).await
}

/// Notes when it began, and that is all.
#[derive(Default)]
struct Nothing(Mutex<Option<Instant>>);

#[async_trait]
impl Task for Nothing {
    async fn run(&self, _: RunContext) -> Result<Value> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(Value::Null)
    }
}

#[derive(Debug)]
struct NoFencing;

#[async_trait]
impl Fencing for NoFencing {
    async fn raise(&self, _: &Fence) -> Result<Raised> {
        Ok(Raised::Known)
    }
}

async fn engine(address: &str, slots: u32, task: &Arc<Nothing>) -> Result<(Engine, Ledger)> {
    let definition = |name, schedule: Option<&str>| TaskDefinition {
        name,
        description: "for a benchmark",
        queue: "benchmark",
        schedule: schedule.map(str::to_owned),
        retry: Retry { attempts: 3, first_pause: Duration::from_secs(30) },
        exclusive: None,
        timeout: Duration::from_mins(1),
        missed: MissedTick::Skip,
        role: Person::Operator,
    };
    let mut registry = Registry::default();
    registry.add(definition("nothing", None), task.clone());
    registry.add(definition("daily", Some("0 0 1 1 *")), task.clone());
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures in real time")]
    let clock = Clock::new(chrono::Utc::now);
    let settings = Settings { slots, ..Settings::new(clock, 1, Arc::new(NoFencing)) };
    let ledger = Ledger::open(address).await?;
    ledger.db().await?;
    Ok((Engine::new(ledger.clone(), registry, settings)?, ledger))
}

async fn ask(launcher: &Launcher, number: usize) -> Result<RunId> {
    let started =
        launcher.start("nothing", json!({ "number": number }), &Asker::program("benchmark")).await?;
    ensure!(!started.joined, "the same was asked for twice");
    Ok(started.run)
}

/// Asks for many, then does them.
async fn throughput(done: &str, asked: Option<&str>, address: &str, slots: u32) -> Result<()> {
    let (engine, ledger) = engine(address, slots, &Arc::default()).await?;
    let launcher = engine.launcher();
    let begun = Instant::now();
    for number in 0..RUNS {
        ask(&launcher, number).await?;
    }
    if let Some(asked) = asked {
        show(asked, RUNS as f64 / begun.elapsed().as_secs_f64(), "runs/s");
    }
    let begun = Instant::now();
    engine.begin(&[Role::Work]).await;
    let open = "SELECT COUNT(*) AS n FROM runs WHERE state IN ('pending', 'retrying', 'running')";
    while ledger.db().await?.fetch(open, &[]).await?.first().context("a count")?.get::<i64>("n")? > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    show(done, RUNS as f64 / begun.elapsed().as_secs_f64(), "runs/s");
    leave(&engine, &ledger).await
}

async fn leave(engine: &Engine, ledger: &Ledger) -> Result<()> {
    ensure!(engine.shutdown(Duration::from_secs(10)).await.handed_back == 0, "something still worked");
    ledger.close().await;
    Ok(())
}

/// From asking to the task's first instruction, in one process.
async fn begin_here(place: &str, address: &str) -> Result<()> {
    let task = Arc::new(Nothing::default());
    let (engine, ledger) = engine(address, 4, &task).await?;
    engine.begin(&[Role::Work]).await;
    let launcher = engine.launcher();
    let mut times = Vec::with_capacity(BEGINNINGS);
    for number in 0..BEGINNINGS {
        let asked = Instant::now();
        let run = ask(&launcher, number).await?;
        launcher.wait(run).await?;
        let began = *task.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.push((began.context("it never began")? - asked).as_secs_f64() * 1000.0);
    }
    spread(&format!("{place}: from asking to beginning, same process"), times)?;
    leave(&engine, &ledger).await
}

/// The same with the work in another process, which is told nothing: as the ledger noted it.
async fn begin_elsewhere(place: &str, address: &str) -> Result<()> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .env(OTHER, address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut ready = [0];
    child.stdout.take().context("its output is piped")?.read_exact(&mut ready).await?;
    let (engine, ledger) = engine(address, 4, &Arc::default()).await?;
    let launcher = engine.launcher();
    let mut times = Vec::with_capacity(BEGINNINGS);
    for number in 0..BEGINNINGS {
        let run = ask(&launcher, BEGINNINGS + number).await?;
        let view = launcher.wait(run).await?.context("it is kept")?;
        times.push((view.started.context("it began")? - view.requested).as_seconds_f64() * 1000.0);
        // Not in step with the other's looks.
        sleep(Duration::from_millis(17 * (number as u64 % 30))).await;
    }
    spread(&format!("{place}: from asking to beginning, other process"), times)?;
    drop(child.stdin.take());
    ensure!(child.wait().await?.success(), "the other process did not end well");
    leave(&engine, &ledger).await
}

async fn other_process(address: &str) -> Result<()> {
    let (engine, ledger) = engine(address, 4, &Arc::default()).await?;
    engine.begin(&[Role::Work]).await;
    print!(".");
    std::io::Write::flush(&mut std::io::stdout())?;
    let read = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(read).await??;
    leave(&engine, &ledger).await
}

/// What this process costs while it looks for work and ticks that do not come.
async fn do_nothing(place: &str, address: &str) -> Result<()> {
    let (engine, ledger) = engine(address, 4, &Arc::default()).await?;
    engine.begin(&[Role::Work, Role::Schedule]).await;
    sleep(Duration::from_secs(2)).await;
    let (before, begun) = (processor()?, Instant::now());
    sleep(IDLE).await;
    let share = processor()?.saturating_sub(before).as_secs_f64() / begun.elapsed().as_secs_f64();
    show(&format!("{place}: an engine with nothing to do"), share * 100.0, "% of a core");
    leave(&engine, &ledger).await
}

/// How long this process has kept processors busy; the kernel counts in hundredths of a second.
fn processor() -> Result<Duration> {
    let stat = std::fs::read(Path::new("/proc/self/stat")).context("asking for this process's times")?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    let (_, fields) = stat.rsplit_once(')').context("a stat has a name")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks =
        |place: usize| fields.get(place).context("a stat has times")?.parse::<u64>().context("a time");
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// What is asked most, in a ledger with many runs of the past.
async fn look_back(place: &str, address: &str) -> Result<()> {
    let (engine, ledger) = engine(address, 4, &Arc::default()).await?;
    fill(&ledger).await?;
    let launcher = engine.launcher();
    let page = Page { number: 1, size: 50 };
    for filter in ["", "state:failed", "state:open", "task:nothing asked:<2d", "\"not to be found\""] {
        let filter_read = RunFilter::parse(filter)?;
        let name = if filter.is_empty() { "all" } else { filter };
        measure(&format!("{place}, {PAST} runs: page of {name}"), async || {
            launcher.list(&filter_read, page).await.map(drop).map_err(Into::into)
        })
        .await?;
    }
    measure(&format!("{place}, {PAST} runs: tasks"), async || {
        launcher.tasks().await.map(drop).map_err(Into::into)
    })
    .await?;
    measure(&format!("{place}, {PAST} runs: metrics"), async || Ok(launcher.measure().await?)).await?;
    drop(engine);
    begin_here(&format!("{place}, {PAST} runs"), address).await?;
    ledger.close().await;
    Ok(())
}

/// A month of runs, each with its attempt, events and some lines.
async fn fill(ledger: &Ledger) -> Result<()> {
    let numbers = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})",
        PAST - 1
    );
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures in real time")]
    let now = chrono::Utc::now().timestamp_millis();
    // An id of the usual form, in the order of time.
    let id = "'019ab5c0-0000-7000-8000-' || SUBSTR('000000000000' || n, LENGTH('000000000000' || n) - 11)";
    let at = format!("{now} - CAST(({PAST} - n) AS BIGINT) * 25000");
    let task = "CASE WHEN n % 3 = 0 THEN 'nothing' ELSE 'daily' END";
    let state = "CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'done' END";
    let mut tx = ledger.db().await?.begin().await?;
    for insert in [
        format!(
            "INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, attempt, spent, allowed, \
             requested, due, started, finished, worker, result) SELECT {id}, {task}, 'benchmark', \
             '{{\"full\":false}}', 'schedule', 'tick of a minute', {state}, 1, 1, 3, {at}, {at}, {at}, {at} + 900, \
             'worker-1', '{{\"entries\":1000,\"added\":3,\"changed\":5,\"removed\":1}}' FROM numbers"
        ),
        format!(
            "INSERT INTO run_attempts (run, attempt, worker, started, finished, outcome) \
             SELECT {id}, 1, 'worker-1', {at}, {at} + 900, 'done' FROM numbers"
        ),
        format!(
            "INSERT INTO run_events (run, number, at, state, note) SELECT {id}, 1, {at}, 'done', 'done' FROM numbers"
        ),
        format!(
            "INSERT INTO run_logs (run, attempt, line, at, level, message) SELECT {id}, 1, 1, {at}, 'INFO', \
             'fetched 1000 entries of the upstream in 3 pages' FROM numbers"
        ),
    ] {
        tx.execute(t5g_store::ledger::OwnSql(format!("{numbers} {insert}")), &[]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The median of some calls.
async fn measure(name: &str, mut call: impl AsyncFnMut() -> Result<()>) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..7 {
        let begun = Instant::now();
        call().await?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    show(name, times.get(times.len() / 2).copied().context("times")?, "ms");
    Ok(())
}

fn spread(name: &str, mut times: Vec<f64>) -> Result<()> {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().context("nothing was measured");
    show(&format!("{name}, median of {}", times.len()), at(50)?, "ms");
    show(&format!("{name}, 95 % within"), at(95)?, "ms");
    Ok(())
}

fn show(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}
