//! The short answer to a reader who has this page already. For answers that are made of nothing but the board, the
//! address, and what the frame shows of reader and moment; the route table says which those are.
//!
//! Not for sessions: what a browser kept would still be there when its person has left (`access::guard`).

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use t5g_store::documents::Fingerprint;

use crate::access::{Caller, Credential};
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::view::chrome::Chrome;

/// Ask each time whether it is still so; shared caches keep nothing.
const EACH_TIME: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The layer. It stands inside of the guard, so that nobody is told anything who may not come in.
pub(crate) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(asked) = Asked::of(&request) else { return next.run(request).await };
    let before = asked.tag(&app);
    let theirs = request.headers().get(IF_NONE_MATCH).filter(|theirs| *theirs != "*");
    if let Some(tag) = before.as_ref().filter(|tag| matches_etag(theirs, tag)) {
        return (StatusCode::NOT_MODIFIED, head(tag)).into_response();
    }
    let mut response = next.run(request).await;
    let made = response.status() == StatusCode::OK && !response.headers().contains_key(ETAG);
    // Newer data, or the next minute, may have come meanwhile: no answer carries the tag of another one.
    if let Some(tag) = before.filter(|_| made).filter(|tag| asked.tag(&app).as_ref() == Some(tag)) {
        for (name, value) in head(&tag) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn head(tag: &HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [(ETAG, tag.clone()), (CACHE_CONTROL, EACH_TIME), (VARY, HeaderValue::from(COOKIE))]
}

/// What is asked for, and by whom.
struct Asked {
    uri: Uri,
    headers: HeaderMap,
    caller: Caller,
}

impl Asked {
    /// `None` if there is no short answer to it.
    fn of(request: &Request) -> Option<Self> {
        let caller = request.extensions().get::<Caller>()?;
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let stays = matches!(caller.credential, Credential::Session { .. });
        (reads && !stays).then(|| Self {
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            caller: caller.clone(),
        })
    }

    /// The tag of the answer as of now; `None` while there is nothing to answer from.
    fn tag(&self, app: &AppState) -> Option<HeaderValue> {
        let live = app.live().board();
        live.usable().ok()?;
        let sources = app.live().sources();
        // The frame says as of which minute the page is, so pages are as old as that at most.
        let frame = serde_json::to_string(&Chrome::of(app, &self.caller, &self.headers)).ok()?;
        let revision = sources.revision.unwrap_or_default().to_string();
        let uri = self.uri.to_string();
        let made_of = [app.mark(), live.version(), &revision, &uri, &frame].join("\u{1f}");
        HeaderValue::from_str(&format!("W/\"{}\"", Fingerprint::of(made_of.as_bytes()))).ok()
    }
}
