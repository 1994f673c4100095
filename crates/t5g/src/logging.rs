//! Log lines, on standard error.

use std::io::IsTerminal as _;

use anyhow::{Context as _, Result};
use t5g_config::sections::Log;
use t5g_config::values::{LogFilter, LogFormat};
use t5g_queue::RunLog;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// What is logged where nobody says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Usual {
    /// A server tells what it does.
    Server,
    /// A command prints what it does; only what is odd is logged. What becomes of a task is printed too.
    Command,
}

/// Begins to write log lines as these settings say.
pub(crate) fn begin(settings: &Log, usual: Usual) -> Result<()> {
    let usual = match usual {
        Usual::Server => "info",
        Usual::Command => "warn,t5g_queue=off",
    };
    let level =
        if settings.debug { "debug" } else { settings.level.as_ref().map_or(usual, LogFilter::as_str) };
    let filter = EnvFilter::try_new(level)
        .with_context(|| format!("log.level = {level:?} is not a level or filter"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => {
            let colours =
                std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
            lines.with_ansi(colours).with_target(false).boxed()
        }
    };
    // What runs say is kept with them, whatever is written to standard error.
    let kept = RunLog.with_filter(filter_fn(RunLog::wants));
    let begun = tracing_subscriber::registry().with(lines.with_filter(filter)).with(kept).try_init();
    begun.map_err(|error| anyhow::anyhow!("logging cannot begin: {error}"))
}
