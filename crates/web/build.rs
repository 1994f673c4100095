//! Makes sure that the folder of built assets exists, so that a check of this crate needs no Node.js, and has
//! the crate built again when its content changes. It builds no asset, `cargo xtask assets` does; it says so when what
//! would be embedded is not there, or older than what it is made of.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

/// What the assets are made of, in `frontend`.
const SOURCES: [&str; 5] = ["src", "styles", "static", "build.mjs", "package-lock.json"];

fn main() -> io::Result<()> {
    // Told at run time: this program may have been compiled for another clone with the same target directory.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let frontend = Path::new(&package).join("../../frontend");
    let dist = frontend.join("dist");
    if !dist.is_dir() {
        fs::create_dir_all(&dist)?;
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=templates");
    let sources = SOURCES.map(|name| frontend.join(name));
    for source in &sources {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    let built = fs::metadata(dist.join("manifest.json")).and_then(|manifest| manifest.modified());
    let Ok(built) = built else {
        println!(
            "cargo::warning=pages will have no styles and scripts: first cargo xtask assets, then build again"
        );
        return Ok(());
    };
    if let Some(newer) = newer(&sources, built)? {
        let newer = newer.strip_prefix(&frontend).unwrap_or(&newer).display();
        println!(
            "cargo::warning=frontend/dist is older than frontend/{newer}: first cargo xtask assets, then build again"
        );
    }
    Ok(())
}

/// The first file among these that was changed after that.
fn newer(paths: &[PathBuf], than: SystemTime) -> io::Result<Option<PathBuf>> {
    for path in paths {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            let within =
                fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            if let Some(found) = newer(&within, than)? {
                return Ok(Some(found));
            }
        } else if metadata.modified()? > than {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}
