//! What is shown once for a release and takes its time: an hour of traffic under a memory limit, replacing every process
//! under load, and the pictures in the documents. The programs are in e2e/; this builds them and gives them the binary.

use anyhow::{Context as _, Result, bail};

use crate::{assets, need, sh};

/// Minutes of a whole soak.
const MINUTES: u32 = 60;
/// Rounds of a whole roll: every process is replaced in each.
const ROUNDS: u32 = 5;

/// `cargo xtask soak [MINUTES] [--debug]`
pub(crate) fn soak(arguments: &[String]) -> Result<()> {
    example("soak", arguments, MINUTES)
}

/// `cargo xtask roll [ROUNDS] [--debug]`
pub(crate) fn roll(arguments: &[String]) -> Result<()> {
    example("roll", arguments, ROUNDS)
}

fn example(name: &str, arguments: &[String], usual: u32) -> Result<()> {
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
    let mut command = sh::command(&program.to_string_lossy());
    sh::run(command.arg(number.to_string()).env("T5G_BINARY", built.join("t5g")))
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
