//! The `openssl` program, which does the arithmetic.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::program::program;

pub(super) fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program("openssl", "openssl")?)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting openssl")?;
    // What goes in is small enough for a pipe that nobody reads yet.
    child.stdin.take().context("openssl has no input")?.write_all(input).context("writing to openssl")?;
    let output = child.wait_with_output().context("waiting for openssl")?;
    ensure!(
        output.status.success(),
        "openssl {arguments:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

/// The digest of `input`; `algorithm` as OpenSSL calls it.
pub(super) fn digest(algorithm: &str, input: &[u8]) -> anyhow::Result<Vec<u8>> {
    run(Path::new("/"), &["dgst", &format!("-{algorithm}"), "-binary"], input)
}

/// A seal with a secret that both sides know: no signature, though some have taken it for one.
pub fn hmac_sha256(key: &[u8], input: &[u8]) -> anyhow::Result<Vec<u8>> {
    let option = format!("hexkey:{}", hex(key));
    run(Path::new("/"), &["dgst", "-sha256", "-mac", "HMAC", "-macopt", &option, "-binary"], input)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
