//! A real PostgreSQL. Making one takes about a second, so all tests of a process share one server, each with
//! a database of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::guarded::{Guarded, Signal};
use crate::port::free_port;

const PATIENCE: Duration = Duration::from_mins(1);
/// Debian's unprivileged user: PostgreSQL refuses to run as root.
const NOBODY: &str = "65534";

/// The server that the tests of this process share; the guard ends it with the process.
static SHARED: OnceCell<Postgres> = OnceCell::const_new();

/// A PostgreSQL server; it ends with this value.
pub struct Postgres {
    port: u16,
    /// Whether it waits for the disk, as one that must lose nothing does.
    durable: bool,
    programs: PathBuf,
    // Before the folder: what is declared first is dropped first.
    server: Option<Guarded>,
    folder: tempfile::TempDir,
    databases: AtomicU32,
}

/// An empty database.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
}

impl Database {
    /// Its address, user included.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Postgres {
    /// An empty database on the server that the tests of this process share.
    pub async fn start() -> anyhow::Result<Database> {
        SHARED.get_or_try_init(Self::alone).await?.database().await
    }

    /// A server of its own, for tests that stop it.
    pub async fn alone() -> anyhow::Result<Self> {
        Self::make_one(false).await
    }

    /// A server of its own that waits for the disk, for benchmarks.
    pub async fn durable() -> anyhow::Result<Self> {
        Self::make_one(true).await
    }

    async fn make_one(durable: bool) -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("t5g-postgres-").tempdir().context("making a folder")?;
        let mut server =
            Self { port: 0, durable, programs, folder, server: None, databases: AtomicU32::new(0) };
        server.make().await?;
        for _ in 0..5 {
            server.port = free_port()?;
            if server.launch().await? {
                return Ok(server);
            }
            // Somebody else was faster to take the port.
        }
        bail!("postgres did not start; it says:\n{}", server.log()?)
    }

    /// A new empty database on this server.
    pub async fn database(&self) -> anyhow::Result<Database> {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).await?;
        Ok(Database { url: format!("postgres://postgres@127.0.0.1:{}/{name}", self.port) })
    }

    /// The port it keeps over restarts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops it at once: connections break, nothing listens; what was committed stays.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        match self.server.take() {
            Some(mut server) => server.stop(),
            None => Ok(()),
        }
    }

    /// Starts it again on the same port with the same data.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop()?;
        ensure!(self.launch().await?, "postgres did not start again; it says:\n{}", self.log()?);
        Ok(())
    }

    /// Runs one statement with `psql`; what it prints, fields divided by `|`.
    pub async fn psql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-A", "-t", "-q", "-h", "127.0.0.1", "-U", "postgres", "-p"])
            .arg(self.port.to_string())
            .args(["-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("running psql")?;
        ensure!(output.status.success(), "psql failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    async fn make(&self) -> anyhow::Result<()> {
        if is_root()? {
            std::os::unix::fs::chown(self.folder.path(), Some(65534), Some(65534))
                .context("giving the folder away")?;
        }
        let mut command = unprivileged(&self.programs.join("initdb"))?;
        command.extend(["-D".into(), self.data().display().to_string()]);
        command.extend(
            ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust", "--username=postgres"]
                .map(String::from),
        );
        let (program, arguments) = command.split_first().context("an empty command")?;
        let output = Command::new(program)
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| format!("running {program}"))?;
        ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// False if it ended before it answered, as it does when the port is taken.
    async fn launch(&mut self) -> anyhow::Result<bool> {
        let mut command = unprivileged(&self.programs.join("postgres"))?;
        command.extend(["-D".into(), self.data().display().to_string(), "-p".into(), self.port.to_string()]);
        let careless: &[&str] =
            if self.durable { &[] } else { &["fsync=off", "full_page_writes=off", "shared_buffers=16MB"] };
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
        for setting in settings.iter().chain(careless) {
            command.extend(["-c".into(), (*setting).to_owned()]);
        }
        let mut server = Guarded::start(&command, Signal::Quit, self.folder.path(), &self.log_path())?;
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && !server.has_ended()? {
            if self.psql("postgres", "SELECT 1").await.is_ok() {
                self.server = Some(server);
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(false)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> anyhow::Result<String> {
        let bytes = std::fs::read(self.log_path()).context("reading the server's log")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL on port {}", self.port)
    }
}

/// The folder of the newest PostgreSQL's programs, where Debian puts them.
fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        for version in versions {
            let folder = version?.path();
            let number = folder.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let programs = folder.join("bin");
            if let Some(number) = number.filter(|_| programs.join("initdb").exists()) {
                found.push((number, programs));
            }
        }
    }
    found.sort();
    let newest = found.pop().map(|(_, programs)| programs);
    newest
        .context("PostgreSQL is missing and this test needs it; install it with: apt-get install postgresql")
}

fn is_root() -> anyhow::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(std::fs::metadata("/proc/self").context("asking for this process's user")?.uid() == 0)
}

/// The command, as a user that is not root.
fn unprivileged(program: &Path) -> anyhow::Result<Vec<String>> {
    let program = program.display().to_string();
    if !is_root()? {
        return Ok(vec![program]);
    }
    let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
    Ok(vec!["setpriv".into(), user, group, "--clear-groups".into(), "--".into(), program])
}
