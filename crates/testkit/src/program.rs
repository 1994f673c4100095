//! The programs that tests need besides Rust's.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// Finds a program on the search path, or says which Debian package brings it.
pub(crate) fn program(name: &str, package: &str) -> anyhow::Result<PathBuf> {
    let found = Command::new("/bin/sh").args(["-c", "command -v \"$1\"", "sh", name]).output();
    let found = found.context("running /bin/sh")?;
    ensure!(
        found.status.success(),
        "{name} is missing and this test needs it; install it with: apt-get install {package}"
    );
    Ok(PathBuf::from(String::from_utf8_lossy(&found.stdout).trim_end()))
}
