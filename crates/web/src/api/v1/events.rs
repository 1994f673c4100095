//! `/api/v1/events`: news as server-sent events, for as long as the client listens, may listen, and the server runs.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, interval_at};

use crate::access::{Access, Caller, Client, Credential, still_may};
use crate::api::describe::{Operation, Parameter, Shape, Tag, schema_of};
use crate::app::AppState;
use crate::error::AppError;
use crate::live::follow::{DataNews, RefreshNews, SourcesNews};
use crate::live::news::{Item, Place};

const LAST: &str = "Last-Event-ID";
const MEDIA: &str = "text/event-stream";
/// How soon a client whose connection broke comes again.
const BEGIN: &str = "retry: 3000\n\n";
/// Keeps proxies from taking a quiet connection for a dead one.
const HEARTBEAT: &str = ": still here\n\n";

/// One client that listens.
struct Listener {
    app: AppState,
    access: Access,
    headers: HeaderMap,
    client: Arc<Client>,
    next: broadcast::Receiver<Arc<Item>>,
    /// What is to be sent first.
    ready: VecDeque<Bytes>,
    heartbeat: Interval,
    recheck: Interval,
    _place: Place,
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    Extension(access): Extension<Access>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let place = app.news().admit(&key(&caller))?;
    let last = headers.get(LAST).and_then(|value| value.to_str().ok());
    let subscription = app.news().listen(last);
    let limits = app.settings().limits;
    let every = |period| interval_at(Instant::now() + period, period);
    let mut listener = Listener {
        access,
        client: Arc::clone(&caller.client),
        next: subscription.next,
        ready: VecDeque::from([Bytes::from_static(BEGIN.as_bytes())]),
        heartbeat: every(limits.event_heartbeat),
        recheck: every(limits.event_recheck),
        _place: place,
        headers,
        app,
    };
    for item in &subscription.first {
        listener.ready.push_back(listener.written(item));
    }
    let events = futures_util::stream::unfold(listener, |mut listener| async move {
        let bytes = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), listener))
    });
    let body = Body::from_stream(events.fuse());
    // A proxy that gathers what it passes on would hold news back.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([(CONTENT_TYPE, MEDIA), (CACHE_CONTROL, "no-store"), unbuffered], body).into_response())
}

/// What a caller's listeners are counted by.
fn key(caller: &Caller) -> String {
    match &caller.credential {
        Credential::Local => "local".to_owned(),
        Credential::Session { handle, .. } => format!("session {handle}"),
        Credential::Token { handle, .. } => format!("token {handle}"),
    }
}

impl Listener {
    /// What is sent next; `None`: nothing more.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            let app = self.app.clone();
            tokio::select! {
                biased;
                () = app.closing().cancelled() => return None,
                _ = self.recheck.tick() => {
                    if !still_may(&app, self.access, &self.headers, &self.client).await {
                        return None;
                    }
                }
                news = self.next.recv() => match news {
                    Ok(item) => return Some(self.written(&item)),
                    Err(RecvError::Lagged(_)) => self.begin_anew(),
                    Err(RecvError::Closed) => return None,
                },
                _ = self.heartbeat.tick() => return Some(Bytes::from_static(HEARTBEAT.as_bytes())),
            }
        }
    }

    /// It was too slow: from what holds now.
    fn begin_anew(&mut self) {
        let subscription = self.app.news().listen(None);
        self.next = subscription.next;
        let all: Vec<Bytes> = subscription.first.iter().map(|item| self.written(item)).collect();
        self.ready.extend(all);
    }

    fn written(&self, item: &Item) -> Bytes {
        let id = self.app.news().id(item);
        format!("id: {id}\nevent: {}\ndata: {}\n\n", item.topic.name(), item.text).into()
    }
}

/// What the stream says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::Live, "listen", "News as they come")
        .about(
            "Server-sent events. `data`: the documents that changed, and the name of the new state. `sources`: how fresh \
             they are changed. `refresh`: how far a refresh is, whoever started it. Who comes anew first gets what holds \
             now; who comes back with `Last-Event-ID` gets what was missed. The stream ends when the session or token \
             does, and when the server stops; a comment line every few seconds shows that it lives.",
        )
        .takes([Parameter::header(LAST, "The id of the last event that you got.")])
        .answer(200, "Events, without end. Their `data` is JSON, of one of the shapes given here.", vec![(MEDIA, Some(news as Shape))]);
    vec![one.fails(429, "You listen too often at once already.").fails(503, "Too many listen already.")]
}

/// The shapes of what events bring.
fn news(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let shapes = [
        schema_of::<DataNews>(generator),
        schema_of::<SourcesNews>(generator),
        schema_of::<RefreshNews>(generator),
    ];
    schemars::json_schema!({ "anyOf": shapes })
}
