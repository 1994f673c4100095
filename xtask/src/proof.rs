//! What is shown once for a release and takes its time: an hour of traffic under a memory limit, replacing every process
//! under load, and the pictures in the documents. The programs are in e2e/; this builds them and gives them the binary.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::performance::Page;
use crate::{assets, bench, need, sh};

/// Minutes of a whole soak.
const MINUTES: u32 = 60;
/// Rounds of a whole roll: every process is replaced in each.
const ROUNDS: u32 = 5;

/// `cargo xtask soak [MINUTES] [--debug]`
pub(crate) fn soak(arguments: &[String]) -> Result<()> {
    example("soak", arguments, MINUTES, None)
}

/// `cargo xtask roll [ROUNDS] [--debug] [--from PROGRAM]`
pub(crate) fn roll(arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.to_vec();
    let mut old = None;
    if let Some(place) = arguments.iter().position(|one| one == "--from") {
        let mut taken = arguments.drain(place..(place + 2).min(arguments.len())).skip(1);
        let program = taken.next().context("--from needs an older version's program")?;
        // The product is started in other folders.
        old = Some(std::fs::canonicalize(&program).with_context(|| format!("{program} is not there"))?);
    }
    example("roll", &arguments, ROUNDS, old.as_deref())
}

fn example(name: &str, arguments: &[String], usual: u32, other: Option<&Path>) -> Result<()> {
    let (flags, numbers): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|one| one.starts_with('-'));
    let is_debug = match flags.as_slice() {
        [] => false,
        [flag] if *flag == "--debug" => true,
        _ => bail!("of flags there is --debug alone: with the development build"),
    };
    let number = match numbers.as_slice() {
        [] => usual,
        [number] => number.parse().with_context(|| format!("{number} is no number"))?,
        _ => bail!("one number is expected"),
    };
    need::for_tests()?;
    assets::run(&[])?;
    let mut build = sh::command("cargo");
    build.args(["build", "--locked", "--workspace", "--bin", "t5g", "--example", name]);
    let profile = if is_debug { "debug" } else { "release" };
    if !is_debug {
        build.arg("--release");
    }
    sh::run(&mut build)?;
    let built = sh::target().join(profile);
    let program = built.join("examples").join(name);
    // Before it runs: files may change meanwhile.
    let commit = bench::commit()?;
    let mut command = sh::command(&program.to_string_lossy());
    command.arg(number.to_string()).args(other).env("T5G_BINARY", built.join("t5g"));
    eprintln!("$ {name} {number}");
    let figures = bench::printed(name, &sh::output(&mut command)?)?;
    if is_debug || number != usual {
        // Seen, but no figure to be kept.
        for one in &figures {
            eprintln!("{}: {} {}", one.name, one.value, one.unit);
        }
        return Ok(());
    }
    let (title, from) = match other {
        Some(_) => (format!("t5g-e2e: {name}, from the version before"), " --from …"),
        None => (format!("t5g-e2e: {name}"), ""),
    };
    let mut page = Page::load()?;
    page.replace(&title, &figures, &format!("{commit}; `cargo xtask {name} {number}{from}`"))?;
    page.save()
}

/// `cargo xtask pictures`
pub(crate) fn pictures(_: &[String]) -> Result<()> {
    need::for_tests()?;
    assets::run(&[])?;
    sh::call("cargo", &["build", "--workspace", "--bin", "t5g"])?;
    let folder = sh::root().join("e2e/browser");
    assets::packages(&folder)?;
    let binary = sh::target().join("debug/t5g");
    sh::run(sh::command("node").arg("pictures.mjs").env("T5G_BINARY", binary).current_dir(folder))
}
