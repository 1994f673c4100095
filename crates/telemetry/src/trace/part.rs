//! A part of a file that is fetched over one connection: from the question to the last byte that came. Nothing of what the
//! file is called, or of what is in it.

use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::spans::{Call, call, call_ended};

/// A part on its way. Forgotten before its end, it was abandoned.
#[derive(Debug)]
pub struct Part {
    span: Span,
    status: Option<u16>,
    bytes: u64,
    over: bool,
}

impl Part {
    /// Asks for what the file holds from that byte on.
    pub fn begin(asked: &Call<'_>, from: u64) -> Self {
        let span = call(asked);
        if !span.is_disabled() {
            span.set_attribute("t5g.part.from", i64::try_from(from).unwrap_or(i64::MAX));
        }
        Self { span, status: None, bytes: 0, over: false }
    }

    /// The span itself.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// An answer came.
    pub fn answered(&mut self, status: u16) {
        self.status = Some(status);
    }

    /// So many more bytes came.
    pub fn came(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// It came to that: `ok`, or a word for what went wrong.
    pub fn ended(&mut self, outcome: &'static str) {
        if std::mem::replace(&mut self.over, true) || self.span.is_disabled() {
            return;
        }
        self.span.set_attribute("http.response.body.size", i64::try_from(self.bytes).unwrap_or(i64::MAX));
        call_ended(&self.span, self.status, outcome);
        // It is over now, however long somebody keeps this.
        self.span = Span::none();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.ended("abandoned");
    }
}
