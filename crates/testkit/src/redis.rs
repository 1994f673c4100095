//! A real Redis.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::AsyncWriteExt as _;

use crate::guarded::{Guarded, Signal};
use crate::port::{free_port, listening};
use crate::program::program;

const PATIENCE: Duration = Duration::from_secs(20);

/// A Redis of its own for one test; it ends with this value.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    options: Vec<String>,
    // Before the folder: what is declared first is dropped first.
    server: Option<Guarded>,
    folder: tempfile::TempDir,
}

impl Redis {
    /// Starts one that writes nothing to disk.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts one with further options of `redis-server`, such as `["--requirepass", "secret"]`.
    pub async fn start_with(options: &[&str]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("t5g-redis-").tempdir().context("making a folder")?;
        let options = options.iter().map(ToString::to_string).collect();
        let mut redis = Self { port: 0, options, folder, server: None };
        for _ in 0..5 {
            redis.port = free_port()?;
            if redis.launch().await? {
                return Ok(redis);
            }
            // Somebody else was faster to take the port.
        }
        bail!("redis-server did not start; it says:\n{}", redis.log()?)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// The port it keeps over restarts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it: connections break, nothing listens.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        match self.server.take() {
            Some(mut server) => server.stop(),
            None => Ok(()),
        }
    }

    /// Stops it from doing anything, as a dead network would look; connections stay open.
    pub async fn freeze(&self) -> anyhow::Result<Frozen> {
        let info = self.cli(&["INFO", "server"]).await?;
        let process = info.lines().find_map(|line| line.trim().strip_prefix("process_id:"));
        let frozen = Frozen { process: process.context("Redis does not tell its process id")?.to_owned() };
        frozen.signal("STOP")?;
        Ok(frozen)
    }

    /// Starts it again on the same port, empty.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop()?;
        ensure!(self.launch().await?, "redis-server did not start again; it says:\n{}", self.log()?);
        Ok(())
    }

    /// Runs `redis-cli` with these arguments against it; what it prints, without the last line end.
    pub async fn cli(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = tokio::process::Command::new(program("redis-cli", "redis-tools")?);
        command.arg("-p").arg(self.port.to_string()).args(arguments).kill_on_drop(true);
        let output = command.output().await.context("running redis-cli")?;
        ensure!(output.status.success(), "redis-cli failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    }

    /// Sets a key to a value of any size with `redis-cli`, as a foreign writer would.
    pub async fn set(&self, key: &str, value: &[u8]) -> anyhow::Result<()> {
        let mut command = tokio::process::Command::new(program("redis-cli", "redis-tools")?);
        command.arg("-p").arg(self.port.to_string()).args(["-x", "SET", key]).kill_on_drop(true);
        let mut cli = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("redis-cli")?;
        let mut stdin = cli.stdin.take().context("its input is piped")?;
        stdin.write_all(value).await.context("writing to redis-cli")?;
        drop(stdin);
        let output = cli.wait_with_output().await.context("running redis-cli")?;
        // It ends well even when Redis refuses.
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success() && said.trim() == "OK", "redis-cli SET {key}: {said}");
        Ok(())
    }

    /// False if it ended at once, as it does when the port is taken.
    async fn launch(&mut self) -> anyhow::Result<bool> {
        let program = program("redis-server", "redis-server")?;
        let mut command = vec![
            program.display().to_string(),
            "--bind".into(),
            "127.0.0.1".into(),
            "--port".into(),
            self.port.to_string(),
            "--dir".into(),
            self.folder.path().display().to_string(),
            "--save".into(),
            String::new(),
            "--appendonly".into(),
            "no".into(),
        ];
        command.extend(self.options.iter().cloned());
        let mut server = Guarded::start(&command, Signal::Kill, self.folder.path(), &self.log_path())?;
        let up = listening(self.port, PATIENCE).await && !server.has_ended()?;
        self.server = up.then_some(server);
        Ok(up)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> anyhow::Result<String> {
        let bytes = std::fs::read(self.log_path()).context("reading the server's log")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A Redis that does nothing until this is thawed.
#[derive(Debug)]
pub struct Frozen {
    process: String,
}

impl Frozen {
    /// Lets it go on.
    pub fn thaw(self) -> anyhow::Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        let done =
            Command::new("/bin/sh").args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &self.process]).status();
        ensure!(done.context("running kill")?.success(), "sending SIG{name} to Redis failed");
        Ok(())
    }
}
