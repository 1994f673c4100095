//! A span somewhere else, as W3C writes it in a `traceparent`: what is kept of whoever asked for something. Only what is
//! written here is read; any other text is none. Vendors' `tracestate` is outside text and left where it came from.

use std::fmt;
use std::str::FromStr;

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The version of the standard that is written and read.
const VERSION: &str = "00";
/// How long the text of that version is.
const LENGTH: usize = 55;

/// A span somewhere: its trace, itself, whether it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traceparent(SpanContext);

/// A text that is no such span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not 00-<trace>-<span>-<flags>, with 32, 16 and 2 small hexadecimal digits and ids that are not zero"
)]
pub struct NoTraceparent;

impl Traceparent {
    /// That span, if it is one.
    pub(super) fn of(span: &SpanContext) -> Option<Self> {
        Self::made(span.trace_id(), span.span_id(), span.trace_flags())
    }

    fn made(trace: TraceId, span: SpanId, flags: TraceFlags) -> Option<Self> {
        let kept = flags & TraceFlags::SAMPLED;
        let context = SpanContext::new(trace, span, kept, true, TraceState::default());
        context.is_valid().then_some(Self(context))
    }

    /// As something to link to.
    pub(super) fn context(&self) -> SpanContext {
        self.0.clone()
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = self.0.trace_flags().to_u8();
        write!(out, "{VERSION}-{:032x}-{:016x}-{flags:02x}", self.0.trace_id(), self.0.span_id())
    }
}

impl FromStr for Traceparent {
    type Err = NoTraceparent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != LENGTH {
            return Err(NoTraceparent);
        }
        let parts: Vec<&str> = text.split('-').collect();
        let [VERSION, trace, span, flags] = *parts.as_slice() else { return Err(NoTraceparent) };
        let trace = TraceId::from_bytes(digits(trace, 32)?.to_be_bytes());
        let narrow = |value: u128| u64::try_from(value).map_err(|_| NoTraceparent);
        let span = SpanId::from_bytes(narrow(digits(span, 16)?)?.to_be_bytes());
        let flags = u8::try_from(digits(flags, 2)?).map_err(|_| NoTraceparent)?;
        Self::made(trace, span, TraceFlags::new(flags)).ok_or(NoTraceparent)
    }
}

/// So many small hexadecimal digits as a number.
fn digits(text: &str, count: usize) -> Result<u128, NoTraceparent> {
    let small = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != count || !text.bytes().all(small) {
        return Err(NoTraceparent);
    }
    u128::from_str_radix(text, 16).map_err(|_| NoTraceparent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_is_written_is_read() {
        for text in [GOOD, "00-00000000000000000000000000000001-0000000000000001-00"] {
            assert_eq!(text.parse::<Traceparent>().unwrap().to_string(), text);
        }
        let read: Traceparent = GOOD.parse().unwrap();
        assert!(read.context().is_sampled() && read.context().is_remote());
        // What flags of later versions mean is not known here.
        let more = GOOD.replace("-01", "-ff").parse::<Traceparent>().unwrap();
        assert_eq!(more.to_string(), GOOD);
    }

    #[test]
    fn any_other_text_is_none() {
        let zero = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
        let no_span = format!("00-0af7651916cd43dd8448eb211c80319c-{}-01", "0".repeat(16));
        let long = format!("{GOOD}-00");
        let huge = "0".repeat(100_000);
        for bad in [
            "",
            "nonsense",
            &zero,
            &no_span,
            &long,
            &huge,
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "01", 1),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replacen("-0a", "-+a", 1),
            &GOOD.replacen("-b7", "- 7", 1),
            &GOOD.replacen("-b7", "-é", 1),
            &GOOD.replacen("-01", "-0g", 1),
            &GOOD.replacen("-01", "\r\n1", 1),
        ] {
            assert_eq!(bad.parse::<Traceparent>(), Err(NoTraceparent), "{bad}");
        }
    }
}
