//! Makes sure that the folder of built assets exists, so that a check of this crate needs no Node.js, and has
//! the crate built again when its content changes. It builds no asset: `cargo xtask assets` does.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend/dist");
    if !dist.is_dir() {
        fs::create_dir_all(&dist)?;
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=templates");
    Ok(())
}
