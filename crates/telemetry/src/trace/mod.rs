//! Traces by OpenTelemetry: what a request, a run, a call or a write took, with their parents, sent to a collector over
//! HTTP. Off unless asked for: then no span is made and nobody is connected to. Spans hold names of routes, tasks and
//! services, never a text of people, an address or a secret; log lines do not become part of them.

mod outbox;
mod part;
mod runs;
mod sampling;
mod sender;
mod spans;
mod traceparent;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{ExporterBuildError, Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanExporter as _, SpanLimits};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

pub use part::Part;
pub use runs::{Asking, ask, run};
pub use sampling::Sampling;
pub use spans::{
    Call, call, call_ended, command, ended, id, inject, mail, request, request_ended, step, store,
};
pub use traceparent::{NoTraceparent, Traceparent};

use outbox::Outbox;
use sender::Sender;

/// The target of spans that become part of a trace, and of nothing else: the log leaves them out.
pub const TARGET: &str = "t5g_trace";

/// The most attributes of a span.
const ATTRIBUTES: u32 = 32;

/// Whether spans are made.
static ON: AtomicBool = AtomicBool::new(false);

/// Whether traces are collected in this process.
pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Whether a span belongs into traces; the log takes all others.
pub fn wants(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}

/// How traces are collected.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where they are sent to: the whole address.
    pub endpoint: Url,
    /// Sent along, by name; secrets.
    pub headers: Vec<(String, Hidden)>,
    /// What this program is called there.
    pub service: String,
    /// The program's version.
    pub version: &'static str,
    /// What else is said of this process.
    pub attributes: Vec<(String, String)>,
    /// Which traces are kept.
    pub sampling: Sampling,
    /// How long one sending may take.
    pub timeout: Duration,
}

/// A text that does not show.
#[derive(Clone)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("***")
    }
}

/// Traces cannot be collected.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address or another setting is not usable.
    #[error("the exporter of traces cannot be made")]
    Exporter(#[from] ExporterBuildError),
    /// The system gives no thread.
    #[error("the thread that sends traces cannot be started")]
    Thread(#[from] std::io::Error),
}

/// Traces as they are collected; ended in good order, what was collected last is sent too.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Begins to collect: the layer belongs into the subscriber of this process.
pub fn begin<S>(settings: Settings) -> Result<(impl Layer<S>, Traces), TraceError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let Settings { endpoint, headers, service, version, attributes, sampling, timeout } = settings;
    let own = [KeyValue::new("service.version", version)];
    let given = attributes.into_iter().map(|(name, value)| KeyValue::new(name, value));
    let resource = Resource::builder_empty()
        .with_attributes(own.into_iter().chain(given))
        .with_service_name(service)
        .build();
    let headers = headers.into_iter().map(|(name, Hidden(value))| (name, value)).collect();
    let mut exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(Sender::new(&endpoint, timeout))
        .with_endpoint(endpoint.as_str())
        .with_timeout(timeout)
        .with_headers(headers)
        .build()?;
    exporter.set_resource(&resource);
    let limits = SpanLimits { max_attributes_per_span: ATTRIBUTES, ..SpanLimits::default() };
    let provider = SdkTracerProvider::builder()
        .with_sampler(sampling.sampler())
        .with_span_limits(limits)
        .with_resource(resource)
        .with_span_processor(Outbox::start(exporter, timeout)?)
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("t5g"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(filter_fn(wants));
    ON.store(true, Ordering::Relaxed);
    Ok((layer, Traces { provider }))
}

impl Traces {
    /// Sends what is left, for so long at most. Blocks.
    pub fn end(&self, within: Duration) {
        ON.store(false, Ordering::Relaxed);
        if let Err(error) = self.provider.shutdown_with_timeout(within) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
