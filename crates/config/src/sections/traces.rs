//! Traces, by the names that OpenTelemetry gives its settings.

use url::Url;

use crate::secret::Secret;
use crate::section::section;
use crate::values::{Pairs, Share, TraceExporter, TraceProtocol, TraceSampler};

section! {
    /// Traces by OpenTelemetry (docs/observability.md): what requests, runs, calls and writes took, sent to a collector.
    /// Off while no endpoint is set.
    Traces at "traces" {
        /// Where a collector takes OTLP over HTTP, such as `http://collector:4318`; `/v1/traces` is added.
        endpoint: Option<Url>, standard "OTEL_EXPORTER_OTLP_ENDPOINT";
        /// The same for traces alone; taken as it is.
        traces_endpoint: Option<Url>, standard "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        /// Headers for the collector: `name=value`, separated by commas, values percent-encoded.
        headers: Option<Secret>, standard "OTEL_EXPORTER_OTLP_HEADERS" "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
        /// How traces travel: as protobuf over HTTP, and in no other way.
        protocol: TraceProtocol = "http/protobuf", standard "OTEL_EXPORTER_OTLP_PROTOCOL" "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
        /// How long one sending may take, in milliseconds.
        timeout: u32 = "10000", standard "OTEL_EXPORTER_OTLP_TIMEOUT" "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT";
        /// Whether traces are sent: `otlp`, or `none`.
        exporter: TraceExporter = "otlp", standard "OTEL_TRACES_EXPORTER";
        /// What this program is called there. Unset: `service.name` of `resource`, or `t5g`.
        service_name: Option<String>, standard "OTEL_SERVICE_NAME";
        /// What else is said of this process: `name=value`, separated by commas, such as
        /// `deployment.environment.name=production`.
        resource: Pairs, standard "OTEL_RESOURCE_ATTRIBUTES";
        /// Which traces are kept. With `parentbased_…`, whoever asks us with a `traceparent` decides.
        sampler: TraceSampler = "parentbased_always_on", standard "OTEL_TRACES_SAMPLER";
        /// The share of traces that a sampler with `traceidratio` keeps.
        sampler_arg: Share = "1", standard "OTEL_TRACES_SAMPLER_ARG";
        /// No traces, whatever else is set.
        disabled: bool = "false", standard "OTEL_SDK_DISABLED";
    }
}
