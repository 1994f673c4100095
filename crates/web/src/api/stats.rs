//! `GET /api/stats`: the statistics of now, computed once per board and day.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use t5g_model::figures::Statistics;

use crate::api::conditional::matches_etag;
use crate::api::describe::{Operation, Tag};
use crate::app::AppState;
use crate::error::AppError;

/// What the address says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::Old, "getStats", "The statistics of now");
    vec![one.answers::<Statistics>(200, "The statistics.").conditional()]
}

/// The handler.
pub(crate) async fn show(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, AppError> {
    let live = app.live().board();
    live.usable()?;
    let etag = HeaderValue::from_str(&live.derived.stats_etag).map_err(AppError::internal)?;
    let common = [(ETAG, etag.clone()), (CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((common, json, live.derived.stats_json.clone()).into_response())
}
