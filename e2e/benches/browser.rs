//! What the pages cost a browser and its reader at 20,000 cards. The measuring is done by `e2e/browser/bench.mjs`, which
//! prints `name<TAB>value<TAB>unit`; here a product is started for it.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use t5g_e2e::many::{CASES_OF_20_000, import, up};
use tokio::process::Command;

#[tokio::main]
async fn main() -> Result<()> {
    let home = tempfile::tempdir()?;
    import(home.path(), CASES_OF_20_000, 1).await?;
    let up = up(home.path()).await?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let mut command = Command::new("node");
    command.arg("bench.mjs").current_dir(folder).env("T5G_E2E_URL", &up.url).stdin(Stdio::null());
    let status =
        command.status().await.context("node cannot be started; Debian has it: apt-get install nodejs")?;
    ensure!(status.success(), "bench.mjs: {status}");
    ensure!(up.terminate().await?.success(), "t5g up did not end well");
    Ok(())
}
