//! Gives every request an id that stands in its log lines, its answer, and on error pages. Who asks, or a proxy before
//! us, may have given it one already; it is kept if it looks like one.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;

/// The header that carries the id.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id of others that is taken over, in bytes.
const LONGEST: usize = 64;

/// One request's id: the server's start in milliseconds, a hyphen, a running number; both in hexadecimal. Or what came
/// with it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Hands out ids that do not repeat within a server's life, and hardly across lives.
#[derive(Debug)]
pub(crate) struct RequestIds {
    started: i64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids of a server that started at this moment (milliseconds since 1970).
    pub(crate) fn starting_at(started: i64) -> Self {
        Self { started, next: AtomicU64::new(1) }
    }

    fn next(&self) -> RequestId {
        RequestId(format!("{:x}-{:x}", self.started, self.next.fetch_add(1, Ordering::Relaxed)))
    }
}

impl RequestId {
    /// The id that came with the request, if it came once and is one: what people search for, and nothing that a log,
    /// a page or a terminal could take for more.
    fn given(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(HEADER).iter();
        let (Some(id), None) = (all.next(), all.next()) else { return None };
        let id = id.to_str().ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        ((1..=LONGEST).contains(&id.len()) && id.bytes().all(fits)).then(|| Self(id.to_owned()))
    }
}

/// The layer.
pub(crate) async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId::given(request.headers()).unwrap_or_else(|| app.request_ids().next());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
