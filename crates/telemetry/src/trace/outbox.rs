//! Spans on their way to the collector: a bounded queue and a thread that empties it. Whoever ends a span never waits: a
//! full queue loses spans, which are counted and told from time to time, as is a collector that does not take them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};

/// Spans that wait at most; some 2 MB.
const MOST_WAITING: usize = 2_048;
/// Spans that are sent at once at most.
const AT_ONCE: usize = 512;
/// How long a span waits for others at most.
const GATHER: Duration = Duration::from_secs(1);
/// What went wrong is told at most so often.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// How long a flush is waited for.
const FLUSH: Duration = Duration::from_secs(5);

/// What the thread is told.
enum Message {
    Span(Box<SpanData>),
    /// Send what is there, then answer.
    Flush(SyncSender<()>),
    /// The same, until then, and end.
    End(Instant),
}

/// See the file's head.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: SyncSender<Message>,
    dropped: std::sync::Arc<AtomicU64>,
    ended: Mutex<Receiver<()>>,
}

impl Outbox {
    /// Begins to send; one sending takes at most `timeout`.
    pub(super) fn start<E: SpanExporter + 'static>(exporter: E, timeout: Duration) -> std::io::Result<Self> {
        let (queue, messages) = mpsc::sync_channel(MOST_WAITING);
        let (over, ended) = mpsc::sync_channel(1);
        let dropped = std::sync::Arc::new(AtomicU64::new(0));
        // Of its own: sending goes on whatever the program's own runtime does.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let counted = std::sync::Arc::clone(&dropped);
        std::thread::Builder::new().name("t5g-traces".to_owned()).spawn(move || {
            let mut work = Work {
                exporter,
                runtime,
                timeout,
                batch: Vec::new(),
                dropped: counted,
                failed: 0,
                why: String::new(),
                told: None,
            };
            work.run(&messages);
            // Nobody may wait any more.
            let _ = over.send(());
        })?;
        Ok(Self { queue, dropped, ended: Mutex::new(ended) })
    }

    /// Puts it into the queue as soon as there is room, until then.
    fn tell(&self, mut message: Message, until: Instant) -> OTelSdkResult {
        loop {
            match self.queue.try_send(message) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(OTelSdkError::AlreadyShutdown),
                Err(TrySendError::Full(_)) if Instant::now() > until => {
                    return Err(OTelSdkError::Timeout(Duration::ZERO));
                }
                Err(TrySendError::Full(back)) => message = back,
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl SpanProcessor for Outbox {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.queue.try_send(Message::Span(Box::new(span))).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("t5g_trace_spans_total", "outcome" => "dropped").increment(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        let (done, flushed) = mpsc::sync_channel(1);
        self.tell(Message::Flush(done), Instant::now() + FLUSH)?;
        flushed.recv_timeout(FLUSH).map_err(|_| OTelSdkError::Timeout(FLUSH))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let until = Instant::now() + timeout;
        self.tell(Message::End(until), until)?;
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        ended.recv_timeout(left).map_err(|_| OTelSdkError::Timeout(timeout))
    }
}

/// The thread's own.
struct Work<E> {
    exporter: E,
    runtime: tokio::runtime::Runtime,
    timeout: Duration,
    batch: Vec<SpanData>,
    dropped: std::sync::Arc<AtomicU64>,
    /// Spans that were not taken since somebody was told, and why the last ones were not.
    failed: u64,
    why: String,
    told: Option<Instant>,
}

impl<E: SpanExporter> Work<E> {
    fn run(&mut self, messages: &Receiver<Message>) {
        let mut since = Instant::now();
        loop {
            match messages.recv_timeout(GATHER.saturating_sub(since.elapsed())) {
                Ok(Message::Span(span)) => {
                    if self.batch.is_empty() {
                        since = Instant::now();
                    }
                    self.batch.push(*span);
                    if self.batch.len() < AT_ONCE && since.elapsed() < GATHER {
                        continue;
                    }
                    self.send(self.timeout);
                }
                Ok(Message::Flush(done)) => {
                    self.send(self.timeout);
                    // Whoever asked may not wait any more.
                    let _ = done.send(());
                }
                Ok(Message::End(until)) => return self.end(messages, until),
                Err(RecvTimeoutError::Timeout) => self.send(self.timeout),
                Err(RecvTimeoutError::Disconnected) => return self.send(self.timeout),
            }
            since = Instant::now();
            self.complain();
        }
    }

    /// Sends what is there, until then; what came after the end was wanted is lost.
    fn end(&mut self, messages: &Receiver<Message>, until: Instant) {
        while let Ok(message) = messages.try_recv() {
            if let Message::Span(span) = message {
                self.batch.push(*span);
            }
        }
        let mut left = std::mem::take(&mut self.batch);
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(AT_ONCE));
            self.batch = std::mem::replace(&mut left, rest);
            let time = until.saturating_duration_since(Instant::now());
            self.send(time.min(self.timeout));
        }
        self.told = None;
        self.complain();
    }

    fn send(&mut self, within: Duration) {
        if self.batch.is_empty() {
            return;
        }
        let batch = std::mem::take(&mut self.batch);
        let count = batch.len() as u64;
        let exporter = &self.exporter;
        let sent =
            self.runtime.block_on(async { tokio::time::timeout(within, exporter.export(batch)).await });
        let outcome = match sent {
            Ok(Ok(())) => "sent",
            Ok(Err(error)) => self.not_taken(count, error.to_string()),
            Err(_) => self.not_taken(count, format!("no answer within {} s", within.as_secs())),
        };
        metrics::counter!("t5g_trace_spans_total", "outcome" => outcome).increment(count);
    }

    fn not_taken(&mut self, count: u64, why: String) -> &'static str {
        self.failed += count;
        self.why = why;
        "failed"
    }

    /// Once in a while, what was lost and why.
    fn complain(&mut self) {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return;
        }
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped == 0 && self.failed == 0 {
            return;
        }
        let (failed, why) = (std::mem::take(&mut self.failed), std::mem::take(&mut self.why));
        tracing::warn!(
            dropped,
            failed,
            why,
            "traces were lost: the collector does not take them, or not fast enough"
        );
        self.told = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;
    use std::time::SystemTime;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status};
    use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

    use super::*;

    /// A collector that takes as long as the test wants it to.
    #[derive(Debug)]
    struct Slow(Arc<AtomicU64>, Duration);

    impl SpanExporter for Slow {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            tokio::time::sleep(self.1).await;
            self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
            Ok(())
        }
    }

    fn span() -> SpanData {
        SpanData {
            span_context: SpanContext::empty_context(),
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: Cow::Borrowed("made up"),
            start_time: SystemTime::UNIX_EPOCH,
            end_time: SystemTime::UNIX_EPOCH,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: InstrumentationScope::default(),
        }
    }

    #[test]
    fn everything_is_sent_before_the_end() {
        let sent = Arc::new(AtomicU64::new(0));
        let outbox = Outbox::start(Slow(Arc::clone(&sent), Duration::ZERO), Duration::from_secs(5)).unwrap();
        for _ in 0..1_500 {
            outbox.on_end(span());
        }
        outbox.shutdown_with_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(sent.load(Ordering::Relaxed) + outbox.dropped.load(Ordering::Relaxed), 1_500);
        assert_eq!(outbox.dropped.load(Ordering::Relaxed), 0);
        assert!(outbox.shutdown_with_timeout(Duration::from_secs(1)).is_err(), "it has ended");
    }

    #[test]
    fn a_flush_sends_what_is_there() {
        let sent = Arc::new(AtomicU64::new(0));
        let outbox = Outbox::start(Slow(Arc::clone(&sent), Duration::ZERO), Duration::from_secs(5)).unwrap();
        outbox.on_end(span());
        outbox.force_flush().unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_collector_that_hangs_costs_spans_and_nobodys_time() {
        let sent = Arc::new(AtomicU64::new(0));
        let never = Duration::from_hours(1);
        let outbox = Outbox::start(Slow(Arc::clone(&sent), never), never).unwrap();
        let began = Instant::now();
        for _ in 0..20_000 {
            outbox.on_end(span());
        }
        let lost = outbox.dropped.load(Ordering::Relaxed);
        assert!(lost >= 20_000 - (MOST_WAITING + AT_ONCE) as u64, "{lost}");
        assert!(outbox.shutdown_with_timeout(Duration::from_millis(300)).is_err());
        assert!(began.elapsed() < Duration::from_secs(30), "nothing waits for it");
        assert_eq!(sent.load(Ordering::Relaxed), 0);
    }
}
