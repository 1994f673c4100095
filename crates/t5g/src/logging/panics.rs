//! A panic is a defect and a log line like others: with the ids of what it happened in, in the log's own format.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;

/// From now on panics are logged.
pub(super) fn log_them() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        let message = message(panic.payload());
        // Taken only if the environment asks for it.
        let trace = Backtrace::capture();
        let backtrace = (trace.status() == BacktraceStatus::Captured).then(|| trace.to_string());
        tracing::error!(place, backtrace, "panicked, which is a defect: {message}");
    }));
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)")
}
