//! The spans that there are, each with its names from the semantic conventions where they have one. Where traces are off
//! each is no span at all.

use opentelemetry::Context;
use opentelemetry::global;
use opentelemetry::trace::{SpanContext, Status, TraceContextExt as _};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use reqwest::header::HeaderMap;
use tracing::{Span, debug_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use url::Url;

use super::{TARGET, is_on};

/// A request to us. Goes on with the trace of whoever asks, if there is one.
pub fn request(method: &'static str, route: &str, headers: &HeaderMap) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = debug_span!(
        target: TARGET, parent: None, "request",
        otel.name = %format_args!("{method} {route}"), otel.kind = "server",
        http.request.method = method, http.route = route,
    );
    let parent = global::get_text_map_propagator(|reader| reader.extract(&HeaderExtractor(headers)));
    if parent.span().span_context().is_valid() && span.set_parent(parent).is_err() {
        // Nobody collects this one.
        return Span::none();
    }
    span
}

/// The request was answered like this.
pub fn request_ended(span: &Span, status: u16) {
    if span.is_disabled() {
        return;
    }
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        failed(span, status.to_string());
    }
}

/// A call of another service.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Which service.
    pub upstream: &'static str,
    /// Method and template of its path; also the span's name.
    pub route: &'static str,
    /// Its method.
    pub method: &'a str,
    /// Where the service is, of which nothing but host and port is told; `None`: somewhere that only outside text names.
    pub base: Option<&'a Url>,
    /// Which try it is, from 1.
    pub attempt: u32,
}

/// One attempt of a call, as a part of what happens now.
pub fn call(call: &Call<'_>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let template = call.route.split_once(' ').map_or(call.route, |(_, path)| path);
    let span = debug_span!(
        target: TARGET, "call",
        otel.name = call.route, otel.kind = "client",
        http.request.method = call.method, url.template = template,
        server.address = call.base.and_then(Url::host_str),
        server.port = call.base.and_then(Url::port_or_known_default).map(i64::from),
        t5g.upstream = call.upstream,
    );
    if call.attempt > 1 {
        span.set_attribute("http.request.resend_count", i64::from(call.attempt) - 1);
    }
    span
}

/// Lets the service go on with our trace.
pub fn inject(span: &Span, headers: &mut HeaderMap) {
    if !span.is_disabled() {
        let context = span.context();
        global::get_text_map_propagator(|writer| {
            writer.inject_context(&context, &mut HeaderInjector(headers));
        });
    }
}

/// The attempt came to that: `ok`, or a word for what went wrong.
pub fn call_ended(span: &Span, status: Option<u16>, outcome: &'static str) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        span.set_attribute("http.response.status_code", i64::from(status));
    }
    if outcome != "ok" {
        failed(span, outcome.to_owned());
    }
}

/// A command that asks other services itself, without a run: the beginning of a trace.
pub fn command(name: &'static str) -> Span {
    if !is_on() {
        return Span::none();
    }
    debug_span!(
        target: TARGET, parent: None, "command",
        otel.name = %format_args!("t5g {name}"), otel.kind = "internal", t5g.command = name,
    )
}

/// A letter goes to the mail server, as a part of what happens now. Nothing of the letter, and nobody whom it is for.
pub fn mail(server: &str, port: u16) -> Span {
    if !is_on() {
        return Span::none();
    }
    debug_span!(
        target: TARGET, "mail",
        otel.name = "send mail", otel.kind = "client", network.protocol.name = "smtp",
        server.address = server, server.port = i64::from(port), t5g.upstream = "mail",
    )
}

/// A step that is written to another service; what kind is asked for only where it is told.
pub fn step(service: &'static str, kind: impl FnOnce() -> &'static str) -> Span {
    if !is_on() {
        return Span::none();
    }
    debug_span!(
        target: TARGET, "step",
        otel.name = %format_args!("write {service}"), otel.kind = "internal",
        t5g.service = service, t5g.step = kind(),
    )
}

/// A store is read from or written to, as a part of what happens now.
pub fn store(system: &'static str, operation: &'static str) -> Span {
    if !is_on() {
        return Span::none();
    }
    debug_span!(
        target: TARGET, "store",
        otel.name = %format_args!("{operation} {system}"), otel.kind = "client",
        db.system.name = system, db.operation.name = operation,
    )
}

/// What the span was about came to that; `error`: a word for what went wrong.
pub fn ended(span: &Span, outcome: &'static str, error: Option<&'static str>) {
    if span.is_disabled() {
        return;
    }
    span.set_attribute("t5g.outcome", outcome);
    if let Some(error) = error {
        failed(span, error.to_owned());
    }
}

/// The trace that the span belongs to, as log lines name it; `None` where it is not kept.
pub fn id(span: &Span) -> Option<String> {
    let context = context(span)?;
    context.is_sampled().then(|| context.trace_id().to_string())
}

pub(super) fn context(span: &Span) -> Option<SpanContext> {
    if span.is_disabled() {
        return None;
    }
    let context: Context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

fn failed(span: &Span, word: String) {
    span.set_attribute("error.type", word);
    // The standard wants no description where the word says it all.
    span.set_status(Status::error(""));
}
