//! Where this repository lies, for tests that read files of it.

use std::path::{Path, PathBuf};

/// The repository's folder. Cargo tells at run time of which package a test is: with one target directory for several
/// clones, what was known when this was compiled may be another clone.
pub fn repository() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let root = package.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.map_or_else(|| package.clone(), Path::to_path_buf)
}
