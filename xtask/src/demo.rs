//! From a clean clone to a page with data.

use anyhow::Result;

use crate::{assets, need, sh};

/// `cargo xtask demo [ARGUMENTS OF t5g demo]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    eprintln!(
        "Building the front end, then the program (the first time takes some minutes), then starting it."
    );
    need::for_builds()?;
    assets::run(&[])?;
    sh::call("cargo", &["build", "--workspace", "--bin", "t5g"])?;
    sh::run(sh::command(&sh::target().join("debug/t5g").to_string_lossy()).arg("demo").args(arguments))
}
