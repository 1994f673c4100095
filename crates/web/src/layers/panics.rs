//! A panic in one request is that request's 500, not the server's end.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::error::{AppError, Panicked};

/// Turns what a panic carried into an error.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub(crate) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".to_owned());
    AppError::internal(Panicked(words)).into_response()
}
