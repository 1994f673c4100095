//! `/table/` and `/table/all`: the cards as a table that the server filters, sorts and pages.

mod detail;
mod find;
mod form;
mod heading;
mod howto;
mod page;
mod query;
mod row;
mod selection;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;

pub(crate) use page::TablePage;
pub(crate) use query::TableQuery;
use selection::Selection;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::view::chrome::Chrome;

/// Rows of a page.
const PAGE: usize = 50;

/// `GET /table/all`.
pub(crate) async fn all(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Selection::All, &uri, &headers).await
}

/// `GET /table/`.
pub(crate) async fn recent(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Selection::Recent, &uri, &headers).await
}

async fn show(
    app: AppState,
    caller: &Caller,
    selection: Selection,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Html<String>, AppError> {
    let query = TableQuery::read(uri)?;
    let live = app.live().board_owned();
    live.usable()?;
    let now = app.clock().now();
    // A query looks at every card, perhaps at all their text, and an order may have to be made first: up to a
    // second at 20,000 cards, so not on an async thread.
    let ready = live.derived.table.is_ready(query.sort.map(|sort| sort.column));
    let page = if ready && query.text.is_empty() {
        TablePage::of(&live, selection, &query, now, app.settings())
    } else {
        let app = app.clone();
        let making =
            tokio::task::spawn_blocking(move || TablePage::of(&live, selection, &query, now, app.settings()));
        making.await.map_err(AppError::internal)?
    };
    Ok(Html(app.templates().render(&page, &Chrome::of(&app, caller, headers)).map_err(AppError::internal)?))
}
