//! Benchmarks: runs them and keeps their figures in docs/performance.md.
//!
//! A benchmark is a program in `benches/` of a crate (`harness = false`) that prints lines of
//! `name<TAB>value<TAB>unit`; anything else that it prints is passed on.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::performance::{Figure, Page};
use crate::{assets, need, sh};

/// `cargo xtask bench [NAME…]`
pub(crate) fn run(names: &[String]) -> Result<()> {
    let mut chosen = found()?;
    if let Some(unknown) = names.iter().find(|name| !chosen.iter().any(|(_, bench)| bench == *name)) {
        let known: Vec<&str> = chosen.iter().map(|(_, bench)| bench.as_str()).collect();
        bail!("there is no benchmark {unknown}; there are: {}", known.join(", "));
    }
    chosen.retain(|(_, bench)| names.is_empty() || names.contains(bench));
    let commit = commit()?;
    build(&chosen)?;
    for (package, bench) in chosen {
        let figures = figures(&bench)?;
        let mut page = Page::load()?;
        page.replace(
            &format!("{package}: {bench}"),
            &figures,
            &format!("{commit}; `cargo xtask bench {bench}`"),
        )?;
        page.save()?;
    }
    Ok(())
}

/// Benchmarks of the whole product start its binary, which cargo would not build for them. All of it at once and
/// with the features of the whole workspace, as when they are run: a part alone would be built differently.
fn build(benches: &[(String, String)]) -> Result<()> {
    need::for_builds()?;
    need::for_benchmarks(benches.iter().map(|(_, bench)| bench.as_str()))?;
    assets::run(&[])?;
    if benches.iter().any(|(_, bench)| bench == "browser") {
        assets::packages(&sh::root().join("e2e/browser"))?;
    }
    let mut command = sh::command("cargo");
    command.args(["build", "--release", "--workspace", "--bin", "t5g"]);
    sh::run(command.args(benches.iter().flat_map(|(_, bench)| ["--bench", bench])))
}

/// Package and name of every benchmark, by name of the package.
fn found() -> Result<Vec<(String, String)>> {
    let listed =
        sh::output(sh::command("git").args(["ls-files", "--", "crates/*/benches/*.rs", "e2e/benches/*.rs"]))?;
    let mut found = Vec::new();
    for file in listed.lines() {
        let mut parts = file.rsplit('/');
        let (bench, _, room) = (parts.next(), parts.next(), parts.next());
        let (Some(bench), Some(room)) = (bench.and_then(|name| name.strip_suffix(".rs")), room) else {
            continue;
        };
        let package = if room == "t5g" { room.to_owned() } else { format!("t5g-{room}") };
        found.push((package, bench.to_owned()));
    }
    found.sort();
    if let Some((_, twice)) =
        found.iter().find(|(_, bench)| found.iter().filter(|(_, b)| b == bench).count() > 1)
    {
        bail!("two benchmarks are called {twice}; rename one");
    }
    Ok(found)
}

fn figures(bench: &str) -> Result<Vec<Figure>> {
    let mut command = sh::command("cargo");
    command.args(["bench", "--workspace", "--bench", bench]).stdin(Stdio::null());
    eprintln!("$ cargo bench --workspace --bench {bench}");
    printed(bench, &sh::output(&mut command)?)
}

/// The figures in what a program printed; the rest is passed on.
pub(crate) fn printed(bench: &str, printed: &str) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for line in printed.lines() {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            [name, value, unit] => {
                value
                    .parse::<f64>()
                    .with_context(|| format!("{bench}: {name}: {value:?} is not a number"))?;
                figures.push(Figure { name: (*name).into(), value: (*value).into(), unit: (*unit).into() });
            }
            _ => eprintln!("{line}"),
        }
    }
    if figures.is_empty() {
        bail!("{bench} printed no figure");
    }
    Ok(figures)
}

/// The commit measured; says so if files differ from it.
pub(crate) fn commit() -> Result<String> {
    let commit = sh::output(sh::command("git").args(["rev-parse", "--short=12", "HEAD"]))?;
    let changed = sh::output(sh::command("git").args(["status", "--porcelain", "--untracked-files=no"]))?;
    let other = changed.lines().any(|line| !line.ends_with("docs/performance.md"));
    Ok(format!("{}{}", commit.trim(), if other { " and changes" } else { "" }))
}
