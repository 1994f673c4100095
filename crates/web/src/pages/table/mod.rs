//! `/table/…`: the cards as a table that the server filters, sorts, counts and pages; its rows for scripts; what
//! opened rows show; the same rows as files.

mod answer;
mod detail;
mod export;
mod find;
mod form;
mod heading;
mod howto;
mod page;
mod panes;
mod query;
mod row;
mod selection;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{MethodRouter, get};
use serde::Serialize;

pub(crate) use export::file;
pub(crate) use page::TablePage;
pub(crate) use query::TableQuery;
pub(crate) use selection::{Selection, Tab};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::export::Format;
use crate::live::LiveBoard;
use crate::view::chrome::Chrome;
use answer::{DetailsAnswer, RowsAnswer};
use query::{Draw, LONGEST, MOST_ROWS};

/// Files of a selection: the path of each, and its format.
pub(crate) const EXPORTS: [(&str, Selection, Format); 15] = [
    ("/table/all.csv", Selection::All, Format::Csv),
    ("/table/all.tsv", Selection::All, Format::Tsv),
    ("/table/all.json", Selection::All, Format::Json),
    ("/table/all.ndjson", Selection::All, Format::Ndjson),
    ("/table/all.md", Selection::All, Format::Markdown),
    ("/table/recent.csv", Selection::Recent, Format::Csv),
    ("/table/recent.tsv", Selection::Recent, Format::Tsv),
    ("/table/recent.json", Selection::Recent, Format::Json),
    ("/table/recent.ndjson", Selection::Recent, Format::Ndjson),
    ("/table/recent.md", Selection::Recent, Format::Markdown),
    ("/table/trends.csv", Selection::Trends, Format::Csv),
    ("/table/trends.tsv", Selection::Trends, Format::Tsv),
    ("/table/trends.json", Selection::Trends, Format::Json),
    ("/table/trends.ndjson", Selection::Trends, Format::Ndjson),
    ("/table/trends.md", Selection::Trends, Format::Markdown),
];

/// The page of a selection. Addresses of the Python dashboard, and what forms without scripts say in their own way,
/// lead to the address that describes the view.
pub(crate) fn page(selection: Selection) -> MethodRouter<AppState> {
    get(move |app: State<AppState>, caller: Caller, uri: Uri, headers: HeaderMap| async move {
        let query = TableQuery::read(&uri)?;
        if !TableQuery::is_tidy(&uri) {
            return Ok(Redirect::to(&query.link(selection.path())).into_response());
        }
        let page = work(&app, move |app, live| {
            Ok(TablePage::of(live, selection, &query, app.clock().now(), app.settings()))
        });
        let page = page.await?;
        let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
        Ok::<_, AppError>(Html(html.map_err(AppError::internal)?).into_response())
    })
}

/// The rows of a selection for scripts.
pub(crate) fn rows(selection: Selection) -> MethodRouter<AppState> {
    get(move |app: State<AppState>, caller: Caller, uri: Uri, headers: HeaderMap| async move {
        let draw = Draw::read(&uri)?;
        let chrome = Chrome::of(&app, &caller, &headers);
        let answer = work(&app, move |app, live| {
            let page = TablePage::of(live, selection, &draw.query, app.clock().now(), app.settings());
            RowsAnswer::of(app, &draw, page, &chrome)
        });
        Ok::<_, AppError>(Json(answer.await?))
    })
}

/// `GET /table/details?key=…`: what the rows of these cards show when they are opened.
pub(crate) async fn details(
    State(app): State<AppState>,
    _: Caller,
    uri: Uri,
) -> Result<Json<DetailsAnswer>, AppError> {
    let query = uri.query().unwrap_or_default();
    let keys = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "key");
    let keys: Vec<_> = keys.take(MOST_ROWS + 1).map(|(_, key)| key.into_owned()).collect();
    if keys.is_empty() || keys.len() > MOST_ROWS {
        let message =
            format!("The address says key={{a card's key}} once for each card, at most {MOST_ROWS}.");
        return Err(AppError::BadRequest(message));
    }
    let answer = work(&app, move |app, live| DetailsAnswer::of(app, live, keys));
    Ok(Json(answer.await?))
}

/// A text that can take the place of what was typed.
#[derive(Debug, Serialize)]
pub(crate) struct Completion {
    from: usize,
    to: usize,
    insert: String,
    help: &'static str,
}

/// `GET /table/complete?q=…&at=…`: what could stand at that character of a filter.
pub(crate) async fn complete(
    State(app): State<AppState>,
    _: Caller,
    uri: Uri,
) -> Result<Json<Vec<Completion>>, AppError> {
    let query = uri.query().unwrap_or_default();
    let value = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let text = value("q").unwrap_or_default();
    let at = value("at").map(|at| {
        let number = at.parse::<usize>();
        number.map_err(|_| AppError::BadRequest("The address says at=; expected is a number.".to_owned()))
    });
    let at = at.transpose()?.unwrap_or(usize::MAX);
    let found = work(&app, move |_, live| Ok(t5g_model::query::complete(&text, at, &live.board)));
    let completion = |one: t5g_model::query::Completion| Completion {
        from: one.replace.start,
        to: one.replace.end,
        insert: one.insert,
        help: one.help,
    };
    // Nobody chooses an endless name from a list.
    let short = |one: &t5g_model::query::Completion| one.insert.chars().nth(LONGEST).is_none();
    Ok(Json(found.await?.into_iter().filter(short).map(completion).collect()))
}

/// Works on the board off the async threads: a query looks at every card, perhaps at all their text, and an order
/// may have to be made first.
async fn work<T: Send + 'static>(
    app: &AppState,
    work: impl FnOnce(&AppState, &Arc<LiveBoard>) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let live = app.live().board_owned();
    live.usable()?;
    let app = app.clone();
    tokio::task::spawn_blocking(move || work(&app, &live)).await.map_err(AppError::internal)?
}
