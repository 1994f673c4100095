//! Does the fault to the request or its answer. Stands in front of all routes, and counts them.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::kind::{Kind, RetryAfter};
use super::mangle::mangle;
use super::rule::{Asked, Hit};
use crate::reply::{HTML, Reply};
use crate::server::Connection;
use crate::state::Shared;

/// Tells a route to answer with a shorter page than it would.
pub(crate) const SHORT_PAGE: HeaderName = HeaderName::from_static("x-sim-short-page");
/// The largest answer that a fault takes into its hands.
const LARGEST: usize = 256 << 20;

pub(crate) async fn middleware(State(sim): State<Shared>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let route = request.extensions().get::<MatchedPath>().map_or("(unknown)", MatchedPath::as_str);
    *sim.requests().entry(format!("{method} {route}")).or_default() += 1;
    let (path, query) =
        (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
    let reads = sim.faults().reads_bodies();
    let (body, request) = if reads { with_body(request).await } else { (Bytes::new(), request) };
    let text = String::from_utf8_lossy(&body);
    let asked = Asked { method: &method, path: &path, query: &query, body: &text };
    let (wait, hit) = sim.faults().decide(asked);
    pause(wait).await;
    match hit {
        None => next.run(request).await,
        Some(hit) => {
            tracing::debug!(method, path, fault = ?hit.kind, "this request is made to fail");
            faulty(&sim, hit, request, next).await
        }
    }
}

/// The request with its body in memory; one that is too large or broken off counts as empty.
async fn with_body(request: Request) -> (Bytes, Request) {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    (body.clone(), Request::from_parts(parts, Body::from(body)))
}

/// The deed is done after a while, by itself: whoever asked may be gone by then.
async fn done_later(request: Request, next: Next, ms: u64) {
    let (_, request) = with_body(request).await;
    tokio::spawn(async move {
        pause(ms).await;
        // What it would have answered reaches nobody.
        drop(next.run(request).await);
    });
}

async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

async fn faulty(sim: &Shared, mut hit: Hit, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<ConnectInfo<Connection>>().map(|info| info.0.clone());
    if let Some(ms) = hit.effect_after_ms {
        done_later(request, next, ms).await;
        if let Kind::Delay { ms, spread_ms } = hit.kind {
            pause(ms + hit.dice.below(spread_ms + 1)).await;
        }
        return no_answer(own_answer(sim, &hit.kind), connection);
    }
    match &hit.kind {
        Kind::Delay { ms, spread_ms } if !hit.after_effect => {
            pause(ms + hit.dice.below(spread_ms + 1)).await;
            return next.run(request).await;
        }
        Kind::Anonymous => {
            request.headers_mut().remove(header::AUTHORIZATION);
            return next.run(request).await;
        }
        Kind::ShortPage => {
            request.headers_mut().insert(SHORT_PAGE, HeaderValue::from_static("1"));
            return next.run(request).await;
        }
        _ => {}
    }
    let own = own_answer(sim, &hit.kind);
    if hit.after_effect || own.is_none() && hit.kind != Kind::Drop {
        let answer = next.run(request).await;
        if let Kind::Delay { ms, spread_ms } = hit.kind {
            pause(ms + hit.dice.below(spread_ms + 1)).await;
            return answer;
        }
        if own.is_none() && hit.kind != Kind::Drop {
            return spoilt(hit, answer).await;
        }
    }
    no_answer(own, connection)
}

/// The fault's own answer in place of the route's, or the end of the connection.
fn no_answer(own: Option<Reply>, connection: Option<Connection>) -> Response {
    match (own, connection) {
        (Some(reply), _) => reply.into_response(),
        (None, Some(connection)) => {
            connection.cut();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        (None, None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The body's first bytes, and then the end of the connection. Never holds more than a piece of it.
fn cut_after(body: Body, bytes: u64) -> Body {
    let end = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the fault ends the answer here");
    let pieces = stream::unfold((body.into_data_stream(), Some(bytes)), move |(mut body, left)| async move {
        let left = left?;
        if left == 0 {
            // What was sent is given time to arrive.
            pause(20).await;
            return Some((Err(end()), (body, None)));
        }
        let piece = match body.next().await? {
            Ok(piece) => piece,
            Err(error) => return Some((Err(std::io::Error::other(error)), (body, None))),
        };
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        Some((Ok(piece.slice(..most)), (body, Some(left - most as u64))))
    });
    Body::from_stream(pieces)
}

/// The answer that the fault gives in the route's place.
fn own_answer(sim: &Shared, kind: &Kind) -> Option<Reply> {
    Some(match kind {
        Kind::Status { status, retry_after, html } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let reply = if *html {
                Reply::html(status, &format!("{status}"))
            } else {
                Reply::json(
                    status,
                    &json!({ "errorMessages": ["simulated fault"], "message": "simulated fault", "ok": false, "error": "ratelimited" }),
                )
            };
            match retry_after_value(sim, *retry_after) {
                Some(value) => reply.with(header::RETRY_AFTER, value),
                None => reply,
            }
        }
        Kind::Html => {
            Reply::new(StatusCode::OK, HTML, "<!DOCTYPE html><html><body>Log in to continue</body></html>")
        }
        Kind::ExpiredToken => {
            Reply::json(StatusCode::UNAUTHORIZED, &json!({ "message": "Token has expired", "code": 401 }))
        }
        Kind::GraphqlErrors => Reply::ok(&json!({
            "data": null,
            "errors": [{ "message": "503: Service Unavailable", "extensions": { "code": "SUBREQUEST_HTTP_ERROR", "http": { "status": 503 } } }],
        })),
        _ => return None,
    })
}

fn retry_after_value(sim: &Shared, form: RetryAfter) -> Option<HeaderValue> {
    match form {
        RetryAfter::Missing => None,
        RetryAfter::Zero => Some(HeaderValue::from_static("0")),
        RetryAfter::Seconds => Some(HeaderValue::from_static("1")),
        RetryAfter::Date => {
            let at = sim.read().now() + chrono::TimeDelta::seconds(1);
            HeaderValue::from_str(&at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
        }
    }
}

/// The route's answer, made worse.
async fn spoilt(mut hit: Hit, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    if let Kind::CutAfter { bytes } = hit.kind {
        return Response::from_parts(parts, cut_after(body, bytes));
    }
    let body = match to_bytes(body, LARGEST).await {
        Ok(body) => body,
        Err(error) => {
            tracing::warn!(%error, "an answer was too large for its fault");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if hit.kind == Kind::HalfSent {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(2)));
        let half = body.slice(..body.len() / 2);
        let end =
            || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the fault ends the answer here");
        // The first half is sent before the end comes; at once, and nothing of it would be.
        let later = stream::once(async move {
            pause(20).await;
            Err(end())
        });
        let stream = stream::once(async move { Ok::<Bytes, std::io::Error>(half) }).chain(later);
        return Response::from_parts(parts, Body::from_stream(stream));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = mangle(&hit.kind, body.to_vec(), &mut hit.dice);
    Response::from_parts(parts, Body::from(body))
}
