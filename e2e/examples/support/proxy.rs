//! The simplest proxy before several servers: a connection that one does not take goes to the next one. Looks at nothing
//! that passes through it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// How long a connection waits for somebody who takes it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause after all have refused.
const PAUSE: Duration = Duration::from_millis(20);

/// Who is behind it: `127.0.0.1:PORT` each.
#[derive(Clone, Default)]
pub(crate) struct Behind(Arc<Mutex<Vec<String>>>);

impl Behind {
    /// One more.
    pub(crate) fn add(&self, url: &str) {
        self.with(|all| all.push(address(url)));
    }

    /// One less.
    pub(crate) fn remove(&self, url: &str) {
        self.with(|all| all.retain(|known| *known != address(url)));
    }

    /// All of them, beginning with another one each time.
    fn turned(&self, turn: usize) -> Vec<String> {
        self.with(|all| {
            let mut all = all.clone();
            let by = turn.checked_rem(all.len()).unwrap_or(0);
            all.rotate_left(by);
            all
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<String>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

/// Begins; where it listens.
pub(crate) async fn start(behind: Behind) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        for turn in 0.. {
            let Ok((client, _)) = listener.accept().await else { continue };
            let behind = behind.clone();
            tokio::spawn(async move {
                // What fails is seen by who asked.
                if let Err(error) = pass(client, &behind, turn).await {
                    eprintln!("proxy: {error:#}");
                }
            });
        }
    });
    Ok(url)
}

async fn pass(mut client: TcpStream, behind: &Behind, turn: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        for address in behind.turned(turn) {
            if let Ok(mut server) = TcpStream::connect(&address).await {
                tokio::io::copy_bidirectional(&mut client, &mut server)
                    .await
                    .with_context(|| format!("a connection to {address}"))?;
                return Ok(());
            }
        }
        sleep(PAUSE).await;
    }
    anyhow::bail!("nobody takes a connection")
}
