//! The rows of a view as a file: exactly those that the page would show, in its order and columns, on all pages.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::stream;
use t5g_model::board::Card;
use t5g_model::time::Moment;
use t5g_store::documents::Fingerprint;

use crate::access::Caller;
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;
use crate::export::{Cell, Field, Format, Writer};
use crate::live::LiveBoard;
use crate::live::table::Column;
use crate::pages::table::find::find;
use crate::pages::table::query::TableQuery;
use crate::pages::table::selection::Selection;
use crate::pages::table::work;
use crate::settings::WebSettings;
use crate::text::words;
use crate::view::link;

/// The longest comment in a file, in characters: as much as one cell of a spreadsheet holds.
const COMMENT: usize = 32_000;

/// The handler of the file of a selection in a format.
pub(crate) fn file(selection: Selection, format: Format) -> MethodRouter<AppState> {
    get(move |app: State<AppState>, _: Caller, uri: Uri, headers: HeaderMap| async move {
        answer(&app, selection, format, &uri, &headers).await
    })
}

async fn answer(
    app: &AppState,
    selection: Selection,
    format: Format,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    let query = TableQuery::read(uri)?;
    let now = app.clock().now();
    let day = app.settings().rules.date_of(now);
    // Of the time a row shows no more than the day.
    let words = format!("{day} {} {}", app.live().board().version(), query.whole().link(""));
    let etag = HeaderValue::from_str(&format!("W/\"{}\"", Fingerprint::of(words.as_bytes())));
    let etag = etag.map_err(AppError::internal)?;
    let common = [(ETAG, etag.clone()), (CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let name = format!("t5g-{}-{day}", selection.name());
    let pieces = work(app, move |app, live| {
        pieces(Arc::clone(live), selection, &query, format, now, app.settings().clone())
    });
    let mut response = (common, Body::from_stream(stream::iter(pieces.await?))).into_response();
    response.headers_mut().insert(CONTENT_TYPE, format.media_type());
    if let Some(name) = format.disposition(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The pieces of the file. They are made as they are sent; meanwhile the board is kept.
fn pieces(
    live: Arc<LiveBoard>,
    selection: Selection,
    query: &TableQuery,
    format: Format,
    now: DateTime<Utc>,
    settings: WebSettings,
) -> Result<impl Iterator<Item = io::Result<Bytes>> + use<>, AppError> {
    let found = find(&live, selection, query, now)
        .map_err(|error| AppError::BadRequest(format!("{error}, at character {}.", error.at.start + 1)))?;
    let columns = query.shown();
    let fields = columns.iter().map(|column| Field { key: column.names().0, heading: column.names().1 });
    let writer = Writer::new(format, fields.collect());
    let today = settings.rules.date_of(now);
    let rows = found.positions.into_iter().filter_map(move |position| {
        let card = live.board.cards().get(position as usize)?;
        Some(columns.iter().map(|column| cell(*column, card, today, &settings)).collect())
    });
    Ok(writer.pieces(rows))
}

fn cell(column: Column, card: &Card, today: NaiveDate, settings: &WebSettings) -> Cell {
    match column {
        Column::Case => Cell::link(card.case_number.as_str(), Some(link::case(settings, &card.case_number))),
        Column::Severity => Cell::text(card.severity.word()),
        Column::Prio => prio(card),
        Column::CritSit => Cell::Flag(card.crit_sit),
        Column::Summary => Cell::text(&*card.summary),
        Column::Product => Cell::text(&*card.product),
        Column::Account => Cell::text(&*card.account),
        Column::CaseStatus => Cell::text(card.case_status.as_str()),
        Column::CardStatus => Cell::text(card.card_status.as_str()),
        Column::Assignee => people(card),
        Column::Jira => Cell::link(card.key.as_str(), link::card(settings, &card.key)),
        Column::Comment => {
            card.newest_comment().map_or(Cell::Missing, |comment| Cell::text(words(&comment.html, COMMENT)))
        }
        Column::DaysOpen => Cell::Number(card.days_open(today)),
        Column::Updated => moment(&card.case_updated),
        Column::Daily => Cell::Flag(card.daily_telco),
    }
}

fn prio(card: &Card) -> Cell {
    match (card.escalated, card.potential_escalation) {
        (true, _) => Cell::link("Yes", link::outside(card.escalated_link.as_deref())),
        (false, true) => Cell::text("Potentially"),
        (false, false) => Cell::text("No"),
    }
}

/// The assignee, then who helps.
fn people(card: &Card) -> Cell {
    let all = card.engineer().into_iter().chain(card.contributors.iter().filter_map(|person| person.name()));
    let all: Vec<_> = all.map(str::to_owned).collect();
    if all.is_empty() { Cell::Missing } else { Cell::List(all) }
}

fn moment(moment: &Moment) -> Cell {
    match moment.known() {
        Some(at) => Cell::Time(at),
        None => moment.unreadable().map_or(Cell::Missing, Cell::text),
    }
}
