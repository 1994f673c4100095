//! `/journal`: everything that was written to other services, messages to people among it, and the plans behind it.
//! One file for the list, for one plan's page, and for the questions before something is decided.

mod confirm;
mod list;
mod plan;

use axum::http::HeaderMap;
use axum::response::Html;

pub(crate) use confirm::{
    ConfirmPage, again, ask_again, ask_do, ask_reject, ask_release, ask_undo, do_planned, reject, release,
    undo,
};
pub(crate) use list::{JournalPage, show as list};
pub(crate) use plan::{JournalPlanPage, live as plan_live, show as plan};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Page;
use crate::view::chrome::Chrome;

fn render<P: Page>(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    page: &P,
) -> Result<Html<String>, AppError> {
    let html = app.templates().render(page, &Chrome::of(app, caller, headers));
    Ok(Html(html.map_err(AppError::internal)?))
}
