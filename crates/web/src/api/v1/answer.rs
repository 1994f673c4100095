//! What all answers of `/api/v1` have in common: their tag, what caches may do, and the short answer to a client that
//! has this one already.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use t5g_store::documents::Fingerprint;

use super::fields::{Fields, Picked};
use super::parameters::Parameters;
use super::rows::Row;
use crate::api::accept::Format;
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;

/// The head of an answer.
pub(crate) struct Head {
    tag: HeaderValue,
    format: Format,
    next: Option<String>,
}

impl Head {
    /// Of an answer that is the same as long as all of this is.
    pub(crate) fn of(app: &AppState, format: Format, made_of: &[&str]) -> Result<Self, AppError> {
        let text = [&[app.mark(), format.media()][..], made_of].concat().join("\u{1f}");
        let tag = format!("W/\"{}\"", Fingerprint::of(text.as_bytes()));
        let tag = HeaderValue::from_str(&tag).map_err(AppError::internal)?;
        Ok(Self { tag, format, next: None })
    }

    /// With the address of the next page.
    pub(crate) fn with_next(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// The answer for a client that has this one already.
    pub(crate) fn not_modified(&self, headers: &HeaderMap) -> Option<Response> {
        matches_etag(headers.get(IF_NONE_MATCH), &self.tag)
            .then(|| (StatusCode::NOT_MODIFIED, self.common()).into_response())
    }

    /// The whole answer.
    pub(crate) fn with(self, body: impl IntoResponse) -> Result<Response, AppError> {
        let kind = HeaderValue::from_static(self.format.content_type());
        let mut response = (self.common(), body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if let Some(next) = &self.next {
            let link =
                HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).map_err(AppError::internal)?;
            response.headers_mut().insert(LINK, link);
        }
        Ok(response)
    }

    fn common(&self) -> [(axum::http::HeaderName, HeaderValue); 3] {
        [
            (ETAG, self.tag.clone()),
            (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
            (VARY, HeaderValue::from_static("Accept")),
        ]
    }
}

/// One thing as JSON, with the members that are wanted; the tag is made of the text.
pub(crate) fn one<R: Row>(
    app: &AppState,
    headers: &HeaderMap,
    fields: &Fields,
    row: &R,
) -> Result<Response, AppError> {
    json(app, headers, &Picked { row, fields })
}

/// Anything as JSON; the tag is made of the text.
pub(crate) fn json(app: &AppState, headers: &HeaderMap, body: &impl Serialize) -> Result<Response, AppError> {
    let text = serde_json::to_string(body).map_err(AppError::internal)?;
    let head = Head::of(app, Format::Json, &[&text])?;
    if let Some(same) = head.not_modified(headers) {
        return Ok(same);
    }
    head.with(text)
}

/// What a request for one thing may say: `fields=` and nothing else, in JSON.
pub(crate) fn asked_for_one<R: Row>(uri: &Uri, headers: &HeaderMap) -> Result<Fields, AppError> {
    let mut parameters = Parameters::read(uri)?;
    let fields = Fields::read::<R>(parameters.take("fields").as_deref())?;
    parameters.finish(&["fields"])?;
    Format::wanted(headers, Format::OF_ONE)?;
    Ok(fields)
}
