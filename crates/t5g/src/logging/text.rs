//! The fields of text lines, each made harmless on its own: colours of our own stay.

use std::fmt::Debug;
use std::sync::Arc;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use super::guard::Guard;

/// How fields of events and spans are written.
pub(super) fn fields(guard: Arc<Guard>) -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    let write = move |writer: &mut Writer<'_>, field: &Field, value: &dyn Debug| {
        let text = format!("{value:?}");
        let text = guard.line(&text);
        if field.name() == "message" { write!(writer, "{text}") } else { write!(writer, "{field}={text}") }
    };
    debug_fn(write).delimited(" ")
}
