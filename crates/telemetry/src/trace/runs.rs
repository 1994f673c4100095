//! Both ends of a run's way through the queue: the span in which it is asked for, and one for each attempt, which links
//! back to it. Two traces, because a run may wait for hours, be asked for twice, and be done several times.

use tracing::{Span, debug_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::spans::{context, ended};
use super::{TARGET, Traceparent, is_on};

/// What the queue is called among systems that carry messages.
const SYSTEM: &str = "t5g";

/// A run is asked for. Forgotten before [`Asking::ended`], it was not.
#[derive(Debug)]
pub struct Asking {
    span: Span,
    over: bool,
}

/// A run of that task is asked for, as a part of what happens now.
pub fn ask(task: &'static str, queue: &'static str) -> Asking {
    let span = if is_on() {
        debug_span!(
            target: TARGET, "ask",
            otel.name = %format_args!("ask {task}"), otel.kind = "producer",
            messaging.system = SYSTEM, messaging.operation.name = "ask", messaging.operation.type = "send",
            messaging.destination.name = queue, t5g.task = task,
        )
    } else {
        Span::none()
    };
    Asking { span, over: false }
}

impl Asking {
    /// The span itself.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// What is kept with the run, so that its attempts find back here; `None` where traces are off.
    pub fn traceparent(&self) -> Option<Traceparent> {
        Traceparent::of(&context(&self.span)?)
    }

    /// That run is written down; or it was before, if this one `joined` it.
    pub fn ended(mut self, run: impl FnOnce() -> String, joined: bool) {
        self.over = true;
        if !self.span.is_disabled() {
            self.span.set_attribute("t5g.run.id", run());
            ended(&self.span, if joined { "joined" } else { "asked" }, None);
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.over {
            ended(&self.span, "failed", Some("failed"));
        }
    }
}

/// One attempt of a run: a trace of its own, linked to where the run was asked for.
pub fn run(
    task: &'static str,
    queue: &'static str,
    id: &str,
    attempt: u32,
    asked: Option<&Traceparent>,
) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = debug_span!(
        target: TARGET, parent: None, "run",
        otel.name = %format_args!("run {task}"), otel.kind = "consumer",
        messaging.system = SYSTEM, messaging.operation.name = "run", messaging.operation.type = "process",
        messaging.destination.name = queue,
        t5g.task = task, t5g.run.id = id, t5g.run.attempt = i64::from(attempt),
    );
    if let Some(asked) = asked {
        span.add_link(asked.context());
    }
    span
}
