//! How many requests a second one `t5g up` answers at 20,000 cards, asked by `wrk` from outside, on the same machine:
//! pages as browsers take them, packed; unpacked; and again by a reader who has them. Prints
//! `name<TAB>value<TAB>unit`.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use t5g_e2e::many::{CASES_OF_20_000, import, up};
use t5g_e2e::{Product, figure};
use tokio::process::Command;

/// What is asked for.
const PATHS: [&str; 4] = ["/home", "/table/all", "/stats", "/api/cards"];
/// Connections at once, and for how long each address is asked for.
const CONNECTIONS: &str = "16";
const SECONDS: &str = "8s";
/// How often a measurement may be spoilt.
const TRIES: u32 = 4;

#[tokio::main]
async fn main() -> Result<()> {
    let home = tempfile::tempdir()?;
    import(home.path(), CASES_OF_20_000, 1).await?;
    let up = up(home.path()).await?;
    for path in PATHS {
        let url = format!("{}{path}", up.url);
        told(path, "packed", &ask(&url, Some("Accept-Encoding: gzip")).await?);
        told(path, "unpacked", &ask(&url, None).await?);
        told(path, "again", &again(&up, path).await?);
    }
    ensure!(up.terminate().await?.success(), "t5g up did not end well");
    Ok(())
}

fn told(path: &str, how: &str, found: &Found) {
    figure(&format!("{path}, {how}"), found.rate, "requests/s");
    figure(&format!("{path}, {how}: 99 % within"), found.slowest, "ms");
}

/// Asked by a reader who has it. Pages say as of which minute they are, so the minute must not end meanwhile.
async fn again(up: &Product, path: &str) -> Result<Found> {
    for _ in 0..TRIES {
        let before = tag(up, path).await?;
        let found = ask(&format!("{}{path}", up.url), Some(&format!("If-None-Match: {before}"))).await?;
        if tag(up, path).await? == before {
            return Ok(found);
        }
    }
    bail!("{path} is another one each time")
}

async fn tag(up: &Product, path: &str) -> Result<String> {
    let answer = up.get(path).await?;
    ensure!(answer.status() == 200, "{path} answered {}", answer.status());
    Ok(answer.headers().get("etag").with_context(|| format!("{path} has no tag"))?.to_str()?.to_owned())
}

/// What the tool found.
struct Found {
    /// Requests a second.
    rate: f64,
    /// The time within which 99 of 100 were answered, in milliseconds.
    slowest: f64,
}

async fn ask(url: &str, header: Option<&str>) -> Result<Found> {
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--connections", CONNECTIONS, "--duration", SECONDS, "--latency"]);
    // A document has ten megabytes, and the tool has the same two cores.
    command.args(["--timeout", "30s"]);
    if let Some(header) = header {
        command.args(["--header", header]);
    }
    let output = command.arg(url).stdin(Stdio::null()).output().await;
    let output = output.context("wrk cannot be started; Debian has it: apt-get install wrk")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "wrk: {}: {said}", output.status);
    if said.contains("Non-2xx or 3xx responses") || said.contains("Socket errors") {
        bail!("{url} was not answered well: {said}");
    }
    let after = |name: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
        line.map(str::trim).with_context(|| format!("wrk says nothing of {name}: {said}"))
    };
    Ok(Found { rate: after("Requests/sec:")?.parse()?, slowest: milliseconds(after("99%")?)? })
}

/// `1.23ms`, `870.00us`, `1.02s`, `1.20m`
fn milliseconds(text: &str) -> Result<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0), ("m", 60_000.0)];
    let read = |(unit, factor): (&str, f64)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor);
    units.into_iter().find_map(read).with_context(|| format!("{text} is no time"))
}
