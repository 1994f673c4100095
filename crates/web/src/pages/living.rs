//! The part of a page that is fetched again and again while it stays open: answered in full only when it changed.

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use t5g_store::documents::Fingerprint;

use crate::access::Caller;
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Living;
use crate::view::chrome::Chrome;

/// How often a page is looked at again on which things move.
pub(crate) const LIVELY: Duration = Duration::from_secs(2);
/// The same, where nothing more is expected.
pub(crate) const OVER: Duration = Duration::from_secs(15);

/// The answer; it says when to ask again, and of what time it is.
pub(crate) fn answer<P: Living>(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    page: &P,
    again: Duration,
) -> Result<Response, AppError> {
    let chrome = Chrome::of(app, caller, headers);
    let html = app.templates().render_part(page, &chrome).map_err(AppError::internal)?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(AppError::internal);
    let etag = value(&format!("W/\"{}\"", Fingerprint::of(html.as_bytes())))?;
    let common = [
        (ETAG, etag.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("t5g-again"), value(&again.as_millis().to_string())?),
        (HeaderName::from_static("t5g-as-of"), value(&chrome.as_of)?),
    ];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, Html(html)).into_response())
}
