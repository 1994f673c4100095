//! Gives every request an id that stands in its log lines, its answer, and on error pages.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;

/// The header that carries the id.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// One request's id: the server's start in milliseconds, a hyphen, a running number; both in hexadecimal.
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

/// The layer.
pub(crate) async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = app.request_ids().next();
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
