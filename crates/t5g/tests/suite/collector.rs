//! A collector of traces as tests need it, and what it was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// Everything that an attribute of a span may be called. None of them holds a text of people, an address or a secret.
const ATTRIBUTES: [&str; 25] = [
    "db.operation.name",
    "db.system.name",
    "error.type",
    "http.request.method",
    "http.request.resend_count",
    "http.response.body.size",
    "http.response.status_code",
    "http.route",
    "messaging.destination.name",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.system",
    "network.protocol.name",
    "server.address",
    "server.port",
    "t5g.command",
    "t5g.outcome",
    "t5g.part.from",
    "t5g.run.attempt",
    "t5g.run.id",
    "t5g.service",
    "t5g.step",
    "t5g.task",
    "t5g.upstream",
    "url.template",
];

/// One request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// A server that takes whatever it is sent, answers with that status, and keeps what came.
pub(crate) struct Taker {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Taker {
    pub(crate) fn start(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream.unwrap(), status, &kept));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, status: &str, kept: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut headers = BTreeMap::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            let Some((name, value)) = header.trim().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push(Asked { line: line.trim().to_owned(), headers, body });
        let answer =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
        // Empty is what a collector answers; `{}` is what an upstream does.
        let answer =
            if status.starts_with("200") { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" } else { &answer };
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A collector, and what it was sent.
pub(crate) struct Collected {
    pub(crate) spans: Vec<Span>,
    pub(crate) resource: BTreeMap<String, String>,
}

impl Collected {
    pub(crate) fn of(collector: &Taker) -> Self {
        let (mut spans, mut resource) = (Vec::new(), BTreeMap::new());
        for asked in collector.asked() {
            assert_eq!(asked.line, "POST /v1/traces HTTP/1.1");
            assert_eq!(asked.headers["content-type"], "application/x-protobuf");
            let sent = ExportTraceServiceRequest::decode(asked.body.as_slice()).unwrap();
            for group in sent.resource_spans {
                resource.extend(texts(&group.resource.unwrap().attributes));
                spans.extend(group.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        for span in &spans {
            for name in texts(&span.attributes).keys() {
                assert!(ATTRIBUTES.contains(&name.as_str()), "{name} of {}", span.name);
            }
            assert!(span.events.is_empty(), "log lines are no part of a trace");
        }
        Self { spans, resource }
    }

    pub(crate) fn named(&self, name: &str) -> &Span {
        let names: BTreeSet<_> = self.spans.iter().map(|span| &span.name).collect();
        self.spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {names:?}"))
    }

    /// The one span of that name about that run which came to that, if it says so.
    pub(crate) fn about_run(&self, name: &str, run: &str, outcome: &str) -> &Span {
        let is_it = |span: &&Span| {
            let told = texts(&span.attributes);
            span.name == name && told["t5g.run.id"] == run && told["t5g.outcome"] == outcome
        };
        let mut found = self.spans.iter().filter(is_it);
        let first = found.next().unwrap_or_else(|| panic!("no {name} of {run} that is {outcome}"));
        assert!(found.next().is_none(), "two {name} of {run} that are {outcome}");
        first
    }

    /// Everything that was sent, as one text.
    pub(crate) fn words(collector: &Taker) -> String {
        let sent: Vec<u8> = collector.asked().into_iter().flat_map(|asked| asked.body).collect();
        String::from_utf8_lossy(&sent).into_owned()
    }

    /// The spans above it, nearest first.
    pub(crate) fn above<'a>(&'a self, span: &'a Span) -> impl Iterator<Item = &'a Span> {
        let above = |span: &&Span| self.spans.iter().find(|one| one.span_id == span.parent_span_id);
        std::iter::successors(above(&span), move |span| above(span))
    }
}

pub(crate) fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |one: &KeyValue| match one.value.as_ref().unwrap().value.as_ref().unwrap() {
        any_value::Value::StringValue(text) => text.clone(),
        any_value::Value::IntValue(number) => number.to_string(),
        other => panic!("{}: {other:?}", one.key),
    };
    attributes.iter().map(|one| (one.key.clone(), text(one))).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The run is a trace of its own whose one link leads to where it was asked for.
pub(crate) fn assert_link(run: &Span, asked: &Span) {
    let links: Vec<_> =
        run.links.iter().map(|link| (hex(&link.trace_id), hex(&link.span_id), link.flags & 1)).collect();
    assert_eq!(links, [(hex(&asked.trace_id), hex(&asked.span_id), asked.flags & 1)]);
    assert_ne!(run.trace_id, asked.trace_id, "a run is a trace of its own");
    let told = |span: &Span, name: &str| texts(&span.attributes)[name].clone();
    for (name, of_asking, of_run) in
        [("messaging.operation.type", "send", "process"), ("messaging.operation.name", "ask", "run")]
    {
        assert_eq!((told(asked, name).as_str(), told(run, name).as_str()), (of_asking, of_run));
    }
    for name in ["messaging.system", "messaging.destination.name", "t5g.task", "t5g.run.id"] {
        assert_eq!(told(asked, name), told(run, name), "{name}");
    }
}
