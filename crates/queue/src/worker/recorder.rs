//! What a run says and asks of others, caught while it works: log lines of its task, and calls of services, counted.
//! A layer of the log hands everything to the recorder of the run in whose task it happens.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use t5g_model::clock::Clock;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::book::{Calls, Line};

/// Lines of one attempt that are kept; of more, only the number.
const MOST_LINES: u32 = 2_000;
/// Kinds of calls that are told apart.
const MOST_CALLS: usize = 200;
/// The longest line, in bytes; more is cut.
const LINE_BYTES: usize = 4_000;

/// The target of events that tell of one call of another service, with the fields `upstream`, `route`, `outcome`
/// (`ok` or what went wrong) and `seconds`.
pub const CALL_TARGET: &str = "upstream_call";

tokio::task_local! {
    static RECORDER: Arc<Recorder>;
}

/// Catches what one attempt says.
#[derive(Debug)]
pub(crate) struct Recorder {
    clock: Clock,
    caught: Mutex<Caught>,
}

#[derive(Debug, Default)]
struct Caught {
    lines: Vec<Line>,
    said: u32,
    calls: Calls,
}

impl Recorder {
    pub(crate) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, caught: Mutex::default() })
    }

    /// Does the work and catches what it says.
    pub(crate) async fn over<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        RECORDER.scope(self, work).await
    }

    /// The lines since the last time somebody asked.
    pub(crate) fn new_lines(&self) -> Vec<Line> {
        std::mem::take(&mut self.lock().lines)
    }

    /// Lines that could not be told come back, to be told later.
    pub(crate) fn put_back(&self, lines: Vec<Line>) {
        self.lock().lines.splice(0..0, lines);
    }

    /// The last lines, with how many were not kept, and all calls.
    pub(crate) fn rest(&self) -> (Vec<Line>, Calls) {
        let mut caught = self.lock();
        let surplus = caught.said.saturating_sub(MOST_LINES);
        if surplus > 0 {
            let message = format!("{surplus} more lines were not kept");
            let line = Line { number: MOST_LINES + 1, at: self.clock.now(), level: "WARN", message };
            caught.lines.push(line);
        }
        (std::mem::take(&mut caught.lines), std::mem::take(&mut caught.calls))
    }

    fn say(&self, level: &'static str, message: String) {
        let mut caught = self.lock();
        caught.said = caught.said.saturating_add(1);
        if caught.said <= MOST_LINES {
            let (number, at) = (caught.said, self.clock.now());
            caught.lines.push(Line { number, at, level, message });
        }
    }

    fn count(&self, call: CallFields) {
        let mut caught = self.lock();
        let key = (call.service, call.route);
        if caught.calls.len() < MOST_CALLS || caught.calls.contains_key(&key) {
            let (calls, failed, took) = caught.calls.entry(key).or_default();
            *calls += 1;
            *failed += u64::from(call.outcome != "ok");
            *took += Duration::try_from_secs_f64(call.seconds).unwrap_or_default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Caught> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The layer of the log that hands events to the run in whose task they happen. Without a run it does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunLog;

impl RunLog {
    /// Whether events of that kind are of interest.
    pub fn wants(metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && (*metadata.level() <= Level::INFO || metadata.target() == CALL_TARGET)
    }
}

impl<S: Subscriber> Layer<S> for RunLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // Outside of a run there is nobody to tell.
        let _ = RECORDER.try_with(|recorder| {
            if event.metadata().target() == CALL_TARGET {
                let mut call = CallFields::default();
                event.record(&mut call);
                recorder.count(call);
            } else {
                let mut line = LineFields::default();
                event.record(&mut line);
                recorder.say(event.metadata().level().as_str(), line.message + &line.fields);
            }
        });
    }
}

/// An event as a line: its message, then its fields.
#[derive(Default)]
struct LineFields {
    message: String,
    fields: String,
}

impl Visit for LineFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.message.len() + self.fields.len() > LINE_BYTES {
            return;
        }
        // Writing to a string cannot fail.
        let written = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
        written.unwrap_or_default();
    }
}

/// An event that tells of a call.
#[derive(Default)]
struct CallFields {
    service: String,
    route: String,
    outcome: String,
    seconds: f64,
}

impl Visit for CallFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "upstream" => value.clone_into(&mut self.service),
            "route" => value.clone_into(&mut self.route),
            "outcome" => value.clone_into(&mut self.outcome),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "seconds" {
            self.seconds = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[tokio::test]
    async fn lines_and_calls_of_a_run_are_its_own() {
        let log = tracing_subscriber::registry().with(RunLog);
        let _guard = tracing::subscriber::set_default(log);
        let recorder = Recorder::new(Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap()));
        tracing::info!("outside");
        Arc::clone(&recorder)
            .over(async {
                tracing::warn!(rows = 3, who = "ann", "odd");
                for outcome in ["ok", "status"] {
                    let (upstream, route, seconds) = ("jira", "search", 0.25);
                    tracing::debug!(target: CALL_TARGET, upstream, route, outcome, seconds, "called");
                }
            })
            .await;
        let (lines, calls) = recorder.rest();
        let lines: Vec<_> = lines.into_iter().map(|line| (line.number, line.level, line.message)).collect();
        assert_eq!(lines, [(1, "WARN", "odd rows=3 who=ann".to_owned())]);
        let expected = (("jira".to_owned(), "search".to_owned()), (2, 1, Duration::from_millis(500)));
        assert_eq!(calls.into_iter().collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn too_many_lines_are_counted() {
        let recorder = Recorder::new(Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap()));
        for _ in 0..MOST_LINES + 7 {
            recorder.say("INFO", "again".into());
        }
        let (lines, _) = recorder.rest();
        assert_eq!(lines.len(), MOST_LINES as usize + 1);
        assert_eq!(lines.last().unwrap().message, "7 more lines were not kept");
    }
}
