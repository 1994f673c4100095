//! Gives errors their face: a page where people read, problem+json where programs do. Logs the cause of a 5xx
//! once, under the request's id.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::identify::identify;
use crate::access::{Caller, Client, LIMIT_HEADERS};
use crate::app::AppState;
use crate::error::AppError;
use crate::layers::request_id::RequestId;
use crate::pages::error::ErrorPage;
use crate::view::chrome::{Bare, Chrome};

/// What went wrong, as RFC 9457 has it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem<'a> {
    /// In three or four words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong and what to do, in a sentence.
    detail: String,
    /// The path that was asked for.
    instance: &'a str,
    /// Under which the server's log has it.
    #[serde(rename = "requestId")]
    request_id: &'a str,
}

/// The layer.
pub(crate) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let path = request.uri().path().to_owned();
    let json = wants_json(&path, request.headers());
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let told = response.extensions().get::<AppError>().cloned();
    let Some(error) = told.or_else(|| unreadable(&response)) else { return response };
    log(&error, &path);
    let mut rendered =
        if json { problem(&error, &path, &id) } else { page(&app, &headers, &error, &id).await };
    *rendered.status_mut() = error.status();
    for name in std::iter::once(ALLOW).chain(LIMIT_HEADERS) {
        if let Some(value) = response.headers().get(&name) {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    match error {
        AppError::TooMany { retry_after } => {
            rendered.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after));
        }
        AppError::Unauthorized(_) => {
            let bearer = HeaderValue::from_static("Bearer realm=\"t5g\"");
            rendered.headers_mut().insert(WWW_AUTHENTICATE, bearer);
        }
        _ => {}
    }
    if matches!(error, AppError::Overloaded | AppError::Unavailable(_)) {
        rendered.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    rendered
}

/// What the framework refuses by itself, such as a name in the path that is no UTF-8: it says so in bare text.
fn unreadable(response: &Response) -> Option<AppError> {
    let is_text =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    (response.status() == StatusCode::BAD_REQUEST && is_text).then(|| {
        AppError::BadRequest("The request cannot be read: a part of it is no valid text.".to_owned())
    })
}

/// Programs read the API and whatever they ask for as JSON; everything else is for people.
fn wants_json(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    path == "/api" || path.starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

fn log(error: &AppError, path: &str) {
    if let AppError::Internal(cause) = error {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(inner) = next {
            chain = format!("{chain}: {inner}");
            next = inner.source();
        }
        tracing::error!(path, cause = chain, "a request failed");
    } else if error.status().is_server_error() {
        tracing::warn!(path, %error, "a request was not served");
    }
}

fn problem(error: &AppError, path: &str, id: &str) -> Response {
    let status = error.status().as_u16();
    let body =
        Problem { title: error.title(), status, detail: error.to_string(), instance: path, request_id: id };
    let mut response = axum::Json(body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

async fn page(app: &AppState, headers: &HeaderMap, error: &AppError, id: &str) -> Response {
    let page = ErrorPage::of(error, id);
    let rendered = match reader(app, headers).await {
        Some(caller) => app.templates().render(&page, &Chrome::of(app, &caller, headers)),
        None => app.templates().render(&page, &Bare::of(app, headers)),
    };
    match rendered {
        Ok(html) => Html(html).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "the error page cannot be rendered");
            format!("{}: {error} (request {id})", error.title()).into_response()
        }
    }
}

/// Who reads the page. Strangers are shown nothing of the data, not even how fresh it is.
async fn reader(app: &AppState, headers: &HeaderMap) -> Option<Caller> {
    identify(app, headers, &Arc::new(Client::default())).await.ok()?.ok()
}
