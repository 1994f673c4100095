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

#[cfg(test)]
mod tests {
    use t5g_config::Secret;

    use super::super::tests::logged;
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_it() {
        let guard = Arc::new(Guard::of(&[Secret::new("s3cret-word")]));
        let layer =
            tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).fmt_fields(fields(guard));
        let log = logged(
            |writer| layer.with_writer(writer),
            || {
                let span = tracing::info_span!("run", task = %"a\nb", run_id = 7);
                let _entered = span.enter();
                tracing::warn!(count = 3, why = %"\u{1b}[31m\u{9b}\r\n2026 forged", "message\nof s3cret-word");
            },
        );
        let (_, line) = log.split_once("WARN").unwrap();
        assert_eq!(
            line,
            " run{task=a\\nb run_id=7}: message\\nof *** count=3 why=\\u{1b}[31m\\u{9b}\\r\\n2026 forged\n"
        );
    }
}
