//! One module per page: its context, how the context is made from the live board, its handler.

pub(crate) mod api_docs;
pub(crate) mod audit;
pub(crate) mod card;
pub(crate) mod error;
pub(crate) mod home;
pub(crate) mod journal;
pub(crate) mod living;
pub(crate) mod login;
pub(crate) mod monitor;
pub(crate) mod names;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod shrinks;
pub(crate) mod sources;
pub(crate) mod stats;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod views;
pub(crate) mod weekly;

use axum::http::HeaderMap;
use axum::response::Html;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Page;
use crate::view::chrome::Chrome;

/// A page in its frame, as the caller sees it.
pub(crate) fn render<P: Page>(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    page: &P,
) -> Result<Html<String>, AppError> {
    let html = app.templates().render(page, &Chrome::of(app, caller, headers));
    Ok(Html(html.map_err(AppError::internal)?))
}
