//! What one client may cost: body size, time to an answer, requests at once.

use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;
use crate::error::AppError;

/// The layer. Bodies of unknown length are bounded where they are read.
pub(crate) async fn layer(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let limits = app.settings().limits;
    let declared =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > limits.body_bytes) {
        return Err(AppError::TooLarge(limits.body_bytes));
    }
    let _permit = app.permits().try_acquire().map_err(|_| AppError::Overloaded)?;
    tokio::time::timeout(limits.answer_within, next.run(request)).await.map_err(|_| AppError::TimedOut)
}
