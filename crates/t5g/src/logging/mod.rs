//! Log lines, on standard error: as text for people or as one JSON object a line, without secrets and without anything
//! that a terminal would obey. What runs say is kept with them besides, and traces are collected if somebody takes them.

mod guard;
mod json;
mod panics;
mod text;
mod traces;

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use t5g_config::sections::Log;
use t5g_config::values::{LogFilter, LogFormat};
use t5g_config::{Secret, Settings};
use t5g_queue::RunLog;
use t5g_telemetry::trace::{self, Traces};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::console;
use guard::Guard;

/// What is logged where nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usual {
    /// A server tells what it does.
    Server,
    /// A command prints what it does; only what is odd is logged. What becomes of a task is printed too.
    Command,
}

impl Usual {
    /// Of a command, people are not told how long a statement took; of a server, nobody needs to know what PostgreSQL
    /// says at every start: that what is to be there is there already.
    fn level(self) -> &'static str {
        match self {
            Self::Server => "info,sqlx::postgres::notice=warn",
            Self::Command => "warn,t5g_queue=off,sqlx=error",
        }
    }
}

/// Whether a server's log is JSON: then nothing but JSON goes to standard error.
static ONLY_JSON: AtomicBool = AtomicBool::new(false);

/// Notices on settings that were found before the log began.
static NOTICES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Traces, while they are collected.
static TRACES: Mutex<Option<Traces>> = Mutex::new(None);

/// How long the end of the process waits for the last traces.
const LAST_TRACES: Duration = Duration::from_secs(3);

/// Begins to write log lines, and to collect traces, as these settings say; their secrets never show.
pub(crate) fn begin(settings: &Settings, usual: Usual) -> Result<()> {
    let wanted = traces::wanted(&settings.traces)?;
    let secrets = secrets(settings, wanted.as_ref());
    begin_with(&settings.log, wanted, &secrets, usual)
}

/// All that must not show: the secrets of the settings, and those that stand within them.
fn secrets(settings: &Settings, traces: Option<&trace::Settings>) -> Vec<Secret> {
    let mut secrets = settings.secrets.clone();
    let headers = traces.into_iter().flat_map(|traces| &traces.headers);
    secrets.extend(headers.map(|(_, value)| Secret::new(value.0.as_str())));
    secrets.extend(settings.access.saml_settings.iter().flat_map(guard::private_key));
    secrets
}

/// What of settings that can be read keeps the log from beginning all the same, one sentence each.
pub(crate) fn wrong_settings(settings: &Settings) -> Vec<String> {
    traces::wanted(&settings.traces).err().iter().map(console::chain).collect()
}

/// Log lines alone, where the settings are nobody's.
pub(crate) fn begin_plain(settings: &Log, usual: Usual) -> Result<()> {
    begin_with(settings, None, &[], usual)
}

/// Begins a log for what ends a server before its settings could be read. Whether it is one of JSON now: others tell it
/// as commands do.
pub(crate) fn begin_late(format: LogFormat) -> bool {
    let plain = Log { format, level: None, debug: false };
    format == LogFormat::Json && begin_plain(&plain, Usual::Server).is_ok()
}

/// Sends the traces that were collected last, for a few seconds at most. Blocks.
pub(crate) fn end() {
    if let Some(traces) = TRACES.lock().unwrap_or_else(PoisonError::into_inner).take() {
        traces.end(LAST_TRACES);
    }
}

fn begin_with(
    settings: &Log,
    wanted: Option<trace::Settings>,
    secrets: &[Secret],
    usual: Usual,
) -> Result<()> {
    let level = settings.level.as_ref().map_or(usual.level(), LogFilter::as_str);
    let level = if settings.debug { "debug" } else { level };
    let filter = EnvFilter::try_new(level)
        .with_context(|| format!("log.level = {level:?} is not a level or filter"))?;
    let guard = Arc::new(Guard::of(secrets));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.format {
        LogFormat::Json => lines.json().event_format(json::Lines::new(guard)).boxed(),
        LogFormat::Text => {
            let colours =
                std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
            lines.with_ansi(colours).with_target(false).fmt_fields(text::fields(guard)).boxed()
        }
    };
    // What runs say is kept with them, whatever is written to standard error.
    let kept = RunLog.with_filter(filter_fn(RunLog::wants));
    let filter = filter.and(filter_fn(|metadata| metadata.target() != trace::TARGET));
    let (layer, traces) = wanted.map(trace::begin).transpose().context("[traces]")?.unzip();
    let begun =
        tracing_subscriber::registry().with(lines.with_filter(filter)).with(kept).with(layer).try_init();
    begun.map_err(|error| anyhow::anyhow!("logging cannot begin: {error}"))?;
    *TRACES.lock().unwrap_or_else(PoisonError::into_inner) = traces;
    panics::log_them();
    ONLY_JSON.store(usual == Usual::Server && settings.format == LogFormat::Json, Ordering::Relaxed);
    for notice in NOTICES.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        tracing::warn!("{notice}");
    }
    Ok(())
}

/// Something odd about the settings, to be told as soon as the log begins: a JSON log has no other lines.
pub(crate) fn tell_later(notice: String) {
    NOTICES.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
}

/// Whether nothing but JSON goes to standard error.
pub(crate) fn is_only_json() -> bool {
    ONLY_JSON.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tracing_subscriber::Registry;

    use super::*;

    #[test]
    fn secrets_within_settings_do_not_show() {
        let key =
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";
        let saml = serde_json::json!({ "sp": { "entityId": "https://t5g.example.com", "privateKey": key } });
        let pairs = [("saml_settings".to_owned(), saml.to_string())];
        let settings = crate::load::from_pairs(&crate::cli::Global::default(), &pairs).unwrap();
        let guard = Guard::of(&secrets(&settings, None));
        assert_eq!(guard.line(&format!("read {key} there")), "read *** there");
        assert_eq!(guard.line(&format!("read {key:?} there")), "read \"***\" there");
        assert_eq!(
            guard.line("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC of https://t5g.example.com"),
            "****** of https://t5g.example.com"
        );
    }

    #[test]
    fn a_command_tells_people_nothing_of_slow_statements() {
        let log = logged(
            |writer| {
                let filter = EnvFilter::new(Usual::Command.level());
                tracing_subscriber::fmt::layer().with_writer(writer).with_filter(filter)
            },
            || {
                tracing::warn!(target: "sqlx::query", "slow statement");
                tracing::error!(target: "sqlx::pool", "broken");
                tracing::warn!(target: "t5g_store", "odd");
            },
        );
        assert!(!log.contains("slow") && log.contains("broken") && log.contains("odd"), "{log}");
    }

    /// Keeps what is written.
    #[derive(Clone, Default)]
    pub(super) struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What a layer writes of what `work` says.
    pub(super) fn logged<L>(
        layer: impl FnOnce(Box<dyn Fn() -> Kept + Send + Sync>) -> L,
        work: impl FnOnce(),
    ) -> String
    where
        L: tracing_subscriber::Layer<Registry> + Send + Sync,
    {
        let kept = Kept::default();
        let into = kept.clone();
        let layer = layer(Box::new(move || into.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }
}
