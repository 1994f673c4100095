//! Forms of other sites must not act on behalf of somebody who is signed in here. Browsers of today say that a
//! request comes from our own page; where they do not, the form has to carry its session's token.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;

use super::{Caller, Credential};
use crate::error::AppError;

/// The field of forms that carries the token.
pub(crate) const FIELD: &str = "csrf";

const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// No form of ours is larger.
const FORM_BYTES: usize = 64 * 1024;

/// The request, if it may change something. Callers without a session have nothing that a browser would add by
/// itself.
pub(super) async fn check(caller: &Caller, request: Request) -> Result<Request, AppError> {
    let Credential::Session { form_token, .. } = &caller.credential else { return Ok(request) };
    if request.method().is_safe() || from_our_page(request.headers()) {
        return Ok(request);
    }
    let is_it = |text: &[u8]| bool::from(text.ct_eq(form_token.as_bytes()));
    if request.headers().get(HEADER).is_some_and(|value| is_it(value.as_bytes())) {
        return Ok(request);
    }
    let (request, body) = with_form(request).await?;
    let found = url::form_urlencoded::parse(&body).find(|(name, _)| name == FIELD);
    if found.is_some_and(|(_, token)| is_it(token.as_bytes())) {
        return Ok(request);
    }
    Err(AppError::Forbidden(
        "This form is out of date, or not one of ours. Go back, load the page again and try once more."
            .to_owned(),
    ))
}

fn from_our_page(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// The request with its form's text, if it has one.
async fn with_form(request: Request) -> Result<(Request, Bytes), AppError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Ok((request, Bytes::new()));
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_BYTES)
        .await
        .map_err(|_| AppError::TooLarge(u64::try_from(FORM_BYTES).unwrap_or(u64::MAX)))?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), bytes))
}
