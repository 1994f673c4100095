//! Log lines, on standard error.

use crate::section::section;
use crate::values::{LogFilter, LogFormat};

section! {
    /// Log lines; they go to standard error.
    Log at "log" {
        /// How they look.
        format: LogFormat = "text";
        /// From which level on: `error`, `warn`, `info`, `debug`, `trace`, or filters such as
        /// `info,t5g_clients=debug`. Unset: `info` for servers, `warn` for other commands.
        level: Option<LogFilter>;
        /// The same as level `debug`, unless `--log` names another.
        debug: bool = "false", old "t5g_debug";
    }
}
