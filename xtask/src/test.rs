//! Every check and every test, in the order in which they fail fastest.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::{alerts, assets, check, need, sh, supply};

/// The browser's tests take three minutes; a runner that does not end must not hold the whole of it.
const BROWSER_LIMIT: Duration = Duration::from_mins(15);

type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("format", || sh::call("cargo", &["fmt", "--all", "--check"])),
    ("what the machine needs", need::for_tests),
    ("front end: build", || assets::run(&[])),
    ("front end: types", || npm("frontend", "check")),
    ("front end: tests", || npm("frontend", "test")),
    ("lints", || {
        sh::call("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    }),
    ("build", || sh::call("cargo", &["build", "--workspace", "--locked"])),
    ("documents", || check::run(&[])),
    ("alerts", || alerts::run(&[])),
    ("supply chain", || supply::run(&[])),
    ("tests", rust_tests),
    ("browser", browser),
];

/// `cargo xtask test`
pub(crate) fn run(_: &[String]) -> Result<()> {
    let begin = Instant::now();
    for (name, step) in STEPS {
        let begin = Instant::now();
        eprintln!("\n== {name}");
        step().with_context(|| format!("step \"{name}\" failed"))?;
        eprintln!("== {name}: {} s", begin.elapsed().as_secs());
    }
    eprintln!("\nall passed in {} s", begin.elapsed().as_secs());
    Ok(())
}

fn npm(folder: &str, script: &str) -> Result<()> {
    sh::run(sh::command("npm").args(["run", "--silent", script]).current_dir(sh::root().join(folder)))
}

fn rust_tests() -> Result<()> {
    if !sh::works("cargo", &["nextest", "--version"]) {
        return sh::call("cargo", &["test", "--workspace", "--locked"]);
    }
    sh::call("cargo", &["nextest", "run", "--workspace", "--locked"])?;
    sh::call("cargo", &["test", "--workspace", "--locked", "--doc"])
}

fn browser() -> Result<()> {
    let folder = sh::root().join("e2e/browser");
    assets::packages(&folder)?;
    let binary = sh::target().join("debug/t5g");
    sh::run_within(
        BROWSER_LIMIT,
        sh::command("npm").arg("test").env("T5G_BINARY", binary).current_dir(folder),
    )
}
