//! What one attempt came to, if not to an answer: the kind of error, and whether another attempt makes sense.

use std::error::Error;
use std::time::Duration;

use super::HttpOptions;
use crate::{ClientError, ErrorKind, UpstreamName};

/// Whether and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// No.
    Never,
    /// After the next wait of the backoff.
    Backoff,
    /// After what the upstream asked for.
    After(Duration),
}

/// A failed attempt.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) status: Option<u16>,
    pub(crate) again: Again,
    /// Whether the upstream certainly did not act on the request, so that even a write may be sent again.
    pub(crate) untouched: bool,
}

impl Fault {
    pub(crate) fn of(kind: ErrorKind) -> Self {
        let again = if kind.is_transient() { Again::Backoff } else { Again::Never };
        Self { kind, status: None, again, untouched: false }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::of(ErrorKind::Invalid { what: what.into() })
    }

    pub(crate) fn refused(detail: impl Into<String>) -> Self {
        Self::of(ErrorKind::Refused { detail: detail.into() })
    }

    pub(crate) fn again(self, again: Again) -> Self {
        Self { again, ..self }
    }

    /// The fault of a request that certainly never reached the upstream.
    pub(crate) fn unsent(kind: ErrorKind) -> Self {
        Self { untouched: true, ..Self::of(kind) }
    }

    /// Whether the upstream may have acted on a write that ended like this. Certain that it did not: what never went
    /// out, and what was answered with a 4xx (but for 408, which some give after they began).
    pub(super) fn may_have_acted(&self) -> bool {
        if self.untouched || matches!(self.kind, ErrorKind::Setting { .. } | ErrorKind::Unsupported { .. }) {
            return false;
        }
        self.status.is_none_or(|status| status == 408 || !(400..500).contains(&status))
    }

    pub(crate) fn into_error(
        self,
        upstream: UpstreamName,
        route: &'static str,
        attempts: u32,
    ) -> ClientError {
        let Self { status, kind, .. } = self;
        ClientError { upstream, route, status, kind, attempts, acted: false }
    }
}

/// What reqwest's error means. Its address is taken out: it may hold a key.
pub(super) fn network_fault(error: reqwest::Error, options: &HttpOptions) -> Fault {
    let error = error.without_url();
    if error.is_timeout() {
        let after = if error.is_connect() { options.connect_timeout } else { options.read_timeout };
        return Fault { untouched: error.is_connect(), ..Fault::of(ErrorKind::TimedOut { after }) };
    }
    if error.is_builder() {
        return Fault::of(ErrorKind::Setting { what: chain(&error) });
    }
    Fault { untouched: error.is_connect(), ..Fault::of(ErrorKind::Unreachable { detail: chain(&error) }) }
}

/// An error and its causes on one line; only the innermost says what a person can use.
fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !told.ends_with(&text) {
            told = format!("{told}: {text}");
        }
        cause = inner.source();
    }
    told
}
