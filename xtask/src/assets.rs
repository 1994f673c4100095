//! The front end's bundle: packages as locked, then the build, only when something is newer.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::{need, sh};

/// `cargo xtask assets [--force]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    need::node()?;
    let frontend = sh::root().join("frontend");
    packages(&frontend)?;
    // Building again would make cargo compile again whatever embeds the result.
    let force = arguments.iter().any(|argument| argument == "--force");
    if !force && is_fresh(&frontend)? {
        return Ok(());
    }
    sh::run(sh::command("npm").args(["run", "build"]).current_dir(&frontend))
}

/// Installs a folder's npm packages exactly as its lock file says, if that has not been done.
pub(crate) fn packages(folder: &Path) -> Result<()> {
    let lock = modified(&folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.package-lock.json");
    if installed.exists() && modified(&installed)? >= lock {
        return Ok(());
    }
    sh::run(sh::command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
}

fn is_fresh(frontend: &Path) -> Result<bool> {
    let manifest = frontend.join("dist/manifest.json");
    if !manifest.exists() {
        return Ok(false);
    }
    let built = modified(&manifest)?;
    for source in sources(frontend)? {
        if modified(&source)? > built {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Every file that the bundle may be made of.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if !entry.file_type()?.is_dir() {
            found.push(path);
        } else if entry.file_name() != "node_modules" && entry.file_name() != "dist" {
            found.push(path.clone());
            found.extend(sources(&path)?);
        }
    }
    Ok(found)
}

fn modified(path: &Path) -> Result<SystemTime> {
    let metadata = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(metadata.modified()?)
}
