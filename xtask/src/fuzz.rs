//! Fuzz targets, with cargo-fuzz and a nightly compiler.

use anyhow::{Result, bail};

use crate::sh;

/// How long each target runs if nobody says.
const SECONDS: u64 = 60;

/// `cargo xtask fuzz [SECONDS] [TARGET…]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (seconds, chosen) = match arguments.split_first() {
        Some((first, rest)) => match first.parse::<u64>() {
            Ok(seconds) => (seconds, rest),
            Err(_) => (SECONDS, arguments),
        },
        None => (SECONDS, arguments),
    };
    if !sh::works("cargo", &["fuzz", "--version"]) {
        bail!(
            "cargo-fuzz is missing; install it: cargo install cargo-fuzz, and rustup toolchain install nightly"
        );
    }
    let listed = sh::output(sh::command("rustup").args(["run", "nightly", "cargo", "fuzz", "list"]))?;
    for target in
        listed.lines().filter(|target| chosen.is_empty() || chosen.iter().any(|name| name == target))
    {
        let limit = format!("-max_total_time={seconds}");
        let (found, seeds) = (format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}"));
        std::fs::create_dir_all(&found)?;
        let cargo_fuzz = ["run", "nightly", "cargo", "fuzz", "run", target, &found, &seeds, "--", &limit];
        sh::call("rustup", &cargo_fuzz)?;
    }
    Ok(())
}
