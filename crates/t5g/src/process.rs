//! What belongs to this process as a whole: the real clock, the async runtime, signals, cryptography.

use std::future::Future;

use anyhow::{Context as _, Result, anyhow, bail};
use rand::RngCore as _;
use t5g_model::chance::Chance;
use t5g_model::clock::Clock;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::logging;

/// The real clock: the one place where the system is asked for the time.
pub(crate) fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "this is where the application's clock is made")]
    Clock::new(chrono::Utc::now)
}

/// The machine's name, for people.
pub(crate) async fn host() -> String {
    let read = tokio::fs::read("/proc/sys/kernel/hostname").await.ok();
    let name = read.and_then(|bytes| String::from_utf8(bytes).ok()).map(|name| name.trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// Whoever sits at the terminal, for "asked for by".
pub(crate) fn person() -> String {
    std::env::var("USER").unwrap_or_else(|_| "somebody at a terminal".to_owned())
}

/// Who is at the command line, as far as the environment says, for the audit log.
pub(crate) fn actor() -> String {
    match std::env::var("USER") {
        Ok(user) if !user.is_empty() => format!("command line ({user})"),
        _ => "command line".to_owned(),
    }
}

/// Chance for secrets: the system's own, by way of a generator that is meant for it.
pub(crate) fn chance() -> Chance {
    #[expect(clippy::disallowed_methods, reason = "this is where the application's secrets are drawn")]
    Chance::new(|bytes| rand::rng().fill_bytes(bytes))
}

/// A seed that differs from run to run, for jitter.
pub(crate) fn seed(clock: &Clock) -> u64 {
    u64::from(clock.now().timestamp_subsec_nanos()) ^ (u64::from(std::process::id()) << 32)
}

/// Runs async work to its end on all cores. The provider of cryptography is installed first.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let provider = rustls::crypto::ring::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow!("another provider of cryptography is installed already"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.context("the async runtime cannot be started")?.block_on(work);
    logging::end();
    done
}

/// Does work unless somebody wants this process to stop before its end; then it is dropped.
pub(crate) async fn unless_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        // First, so that signals are listened to before anything is begun.
        biased;
        stopped = stop_wanted() => { stopped?; bail!("stopped before its end; nothing of it is left") }
        done = work => done,
    }
}

/// Waits until somebody wants this process to stop: SIGTERM, or ctrl-c.
pub(crate) async fn stop_wanted() -> Result<()> {
    StopWanted::listen()?.wait().await;
    Ok(())
}

/// Hears of it from when it is made on: a server makes it before it tells anybody that it is there.
pub(crate) struct StopWanted {
    terminate: Signal,
    interrupt: Signal,
}

impl StopWanted {
    /// From here on the signals end this process no more by themselves.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("SIGTERM cannot be listened to")?,
            interrupt: signal(SignalKind::interrupt()).context("ctrl-c cannot be listened to")?,
        })
    }

    /// Returns when one has come.
    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => tracing::info!("SIGTERM: stopping"),
            _ = self.interrupt.recv() => tracing::info!("interrupted: stopping"),
        }
    }
}
