//! The built binary as a child process: found, started, watched, stopped.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Response};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long anything may take before the test gives up: generous, because CI has two cores.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// The binary under test: `T5G_BINARY`, or the one that the same build left beside the tests.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("T5G_BINARY") {
        return Ok(path.into());
    }
    let tests = std::env::current_exe()?;
    let folder = tests.ancestors().nth(2).context("the test lies in target/<profile>/deps")?;
    let path = folder.join("t5g");
    if !path.is_file() {
        bail!("{} is missing: run `cargo build --workspace` first", path.display());
    }
    Ok(path)
}

/// What a finished command left.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its data.
    pub stdout: String,
    /// Its log and progress.
    pub stderr: String,
}

/// Runs a command to its end in an environment that holds only `environment`.
pub async fn run<A: AsRef<OsStr>>(
    home: &Path,
    environment: &[(String, String)],
    arguments: &[A],
) -> Result<Finished> {
    let output = timeout(PATIENCE * 5, command(home, environment)?.args(arguments).output())
        .await
        .context("the command did not end")??;
    Ok(Finished {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Starts a command whose output nobody reads.
pub fn spawn<A: AsRef<OsStr>>(
    home: &Path,
    environment: &[(String, String)],
    arguments: &[A],
) -> Result<Child> {
    spawn_as(&binary()?, home, environment, arguments)
}

/// The same with another binary.
pub fn spawn_as<A: AsRef<OsStr>>(
    program: &Path,
    home: &Path,
    environment: &[(String, String)],
    arguments: &[A],
) -> Result<Child> {
    started(command_of(program, home, environment).args(arguments), Stdio::null())
}

/// Starts a command; its log goes into that file.
pub fn spawn_logged<A: AsRef<OsStr>>(
    home: &Path,
    environment: &[(String, String)],
    arguments: &[A],
    log: &Path,
) -> Result<Child> {
    let file = std::fs::File::create(log).with_context(|| log.display().to_string())?;
    started(command(home, environment)?.args(arguments), file.into())
}

fn started(command: &mut Command, log: Stdio) -> Result<Child> {
    Ok(command.stdout(Stdio::null()).stderr(log).spawn()?)
}

/// The binary with nothing of the caller's environment but the path to other programs.
pub(crate) fn command(home: &Path, environment: &[(String, String)]) -> Result<Command> {
    Ok(command_of(&binary()?, home, environment))
}

fn command_of(program: &Path, home: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).current_dir(home).kill_on_drop(true).stdin(Stdio::null());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// A running server process with an address.
pub struct Product {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    log: Arc<Mutex<Vec<String>>>,
    http: Client,
}

impl Product {
    /// Starts `t5g <arguments>` on a free port of the loopback and waits until it answers `/healthz`.
    pub async fn start(home: &Path, environment: &[(String, String)], arguments: &[&str]) -> Result<Self> {
        Self::start_as(&binary()?, home, environment, arguments).await
    }

    /// The same by a program that becomes `t5g` in the end.
    pub async fn start_as(
        program: &Path,
        home: &Path,
        environment: &[(String, String)],
        arguments: &[&str],
    ) -> Result<Self> {
        let listen = free_address()?;
        let mut environment = environment.to_vec();
        environment.retain(|(name, _)| name != "T5G_LISTEN");
        environment.push(("T5G_LISTEN".into(), listen.clone()));
        let mut child = command_of(program, home, &environment)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("start t5g")?;
        let log = Arc::new(Mutex::new(Vec::new()));
        keep(child.stdout.take(), &log);
        keep(child.stderr.take(), &log);
        let mut product = Self { child, url: format!("http://{listen}"), log, http: crate::client()? };
        product.wait_until_it_answers().await?;
        Ok(product)
    }

    async fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                sleep(Duration::from_millis(100)).await;
                bail!("t5g ended with {status} before it answered:\n{}", self.log());
            }
            if self.get("/healthz").await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("t5g does not answer on {}:\n{}", self.url, self.log());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// `GET` of a path.
    pub async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.http.get(format!("{}{path}", self.url)).send().await?)
    }

    /// The text of a page or an answer, which must be 200.
    pub async fn text(&self, path: &str) -> Result<String> {
        let answer = self.get(path).await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status != 200 {
            bail!("{path} answered {status}: {text}\n{}", self.log());
        }
        Ok(text)
    }

    /// A JSON answer, which must be 200.
    pub async fn json(&self, path: &str) -> Result<serde_json::Value> {
        serde_json::from_str(&self.text(path).await?).with_context(|| format!("{path} is not JSON"))
    }

    /// `POST` without a body, from the product's own origin.
    pub async fn post(&self, path: &str) -> Result<Response> {
        let request = self.http.post(format!("{}{path}", self.url)).header("Sec-Fetch-Site", "same-origin");
        Ok(request.header("Origin", &self.url).send().await?)
    }

    /// Polls until `holds` says yes of the text of `path`.
    pub async fn wait_for(&self, path: &str, what: &str, holds: impl Fn(&str) -> bool) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text(path).await?;
            if holds(&text) {
                return Ok(text);
            }
            if Instant::now() > deadline {
                bail!("{path}: {what}: not within {PATIENCE:?}; it last said:\n{text}\n{}", self.log());
            }
            sleep(Duration::from_millis(25)).await;
        }
    }

    /// The process id, for signals and `/proc`.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Everything that it has printed, both streams.
    pub fn log(&self) -> String {
        self.log.lock().map(|lines| lines.join("\n")).unwrap_or_default()
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        let pid = self.pid().context("it has ended")?.to_string();
        // The shell's own: the program of that name is missing on a bare machine.
        let sent = Command::new("/bin/sh").args(["-c", "kill -TERM \"$1\"", "sh", &pid]).status().await?;
        anyhow::ensure!(sent.success(), "SIGTERM could not be sent to {pid}");
        Ok(timeout(PATIENCE, self.child.wait()).await.context("it ignores SIGTERM")??)
    }

    /// SIGKILL.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// An address nobody listens on now.
pub(crate) fn free_address() -> Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn keep(stream: Option<impl AsyncRead + Unpin + Send + 'static>, log: &Arc<Mutex<Vec<String>>>) {
    let Some(stream) = stream else { return };
    let log = Arc::clone(log);
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Ok(mut log) = log.lock() {
                log.push(line);
            }
        }
    });
}
