//! A certificate for servers on the loopback interface, from an authority that nobody trusts unless told to.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use crate::program::program;

const AUTHORITY: &str =
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=t5g-test-authority";
const SERVER: &str = "req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 2 \
                      -subj /CN=localhost -CA ca.crt -CAkey ca.key \
                      -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
                      -addext basicConstraints=critical,CA:FALSE";

/// The files of a certificate; they go with this value.
#[derive(Debug)]
pub struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    /// Makes an authority, and a certificate of it for `localhost` and `127.0.0.1`.
    pub async fn for_loopback() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("t5g-tls-").tempdir().context("making a folder")?;
        let made = Self { folder };
        openssl(made.folder.path(), AUTHORITY).await?;
        openssl(made.folder.path(), SERVER).await?;
        Ok(made)
    }

    /// The authority's certificate, for whoever shall trust it.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// The server's private key.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }
}

async fn openssl(folder: &Path, arguments: &str) -> anyhow::Result<()> {
    let output = Command::new(program("openssl", "openssl")?)
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("running openssl")?;
    ensure!(output.status.success(), "openssl failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
