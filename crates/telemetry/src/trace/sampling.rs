//! Which traces are kept, by the standard's names; and none that begins with a call or a question of ours, which no
//! request and no run asked for: looking for news, once a second.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

/// The standard's samplers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// This share of them, from 0 to 1.
    Ratio(f64),
    /// As whoever asked us does, else all.
    ParentOrOn,
    /// As whoever asked us does, else none.
    ParentOrOff,
    /// As whoever asked us does, else this share.
    ParentOrRatio(f64),
}

impl Sampling {
    pub(super) fn sampler(self) -> Box<dyn ShouldSample> {
        let inner: Box<dyn ShouldSample> = match self {
            Self::AlwaysOn => Box::new(Sampler::AlwaysOn),
            Self::AlwaysOff => Box::new(Sampler::AlwaysOff),
            Self::Ratio(share) => Box::new(Sampler::TraceIdRatioBased(share)),
            Self::ParentOrOn => Box::new(Sampler::parent_based(Sampler::AlwaysOn)),
            Self::ParentOrOff => Box::new(Sampler::parent_based(Sampler::AlwaysOff)),
            Self::ParentOrRatio(share) => Box::new(Sampler::parent_based(Sampler::TraceIdRatioBased(share))),
        };
        Box::new(Asked(inner))
    }
}

/// Keeps no trace whose first span is a call of somebody else.
#[derive(Debug, Clone)]
struct Asked(Box<dyn ShouldSample>);

impl ShouldSample for Asked {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let has_parent = parent.is_some_and(|context| context.span().span_context().is_valid());
        if *kind == SpanKind::Client && !has_parent {
            return SamplingResult {
                decision: SamplingDecision::Drop,
                attributes: Vec::new(),
                trace_state: TraceState::default(),
            };
        }
        self.0.should_sample(parent, trace, name, kind, attributes, links)
    }
}
