//! `GET /api/{cards,cases,bugs,details,escalations,issues}`: the documents as they lie in the store.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use t5g_model::documents::Document;

use crate::api::conditional::{accepts, matches_etag};
use crate::api::describe::{AnyDocument, Operation, Tag};
use crate::app::AppState;
use crate::error::AppError;

/// The documents that have an address, in the order in which the index lists them.
pub(crate) const ROUTES: [(&str, Document, About); 6] = [
    ("/api/cards", Document::Cards, || about("getCardsDocument", "The document of cards, by key")),
    ("/api/cases", Document::Cases, || about("getCasesDocument", "The document of cases, by number")),
    ("/api/bugs", Document::Bugs, || about("getBugsDocument", "The document of bugs, by case number")),
    ("/api/details", Document::Details, || {
        about("getDetailsDocument", "The document of details, by case number")
    }),
    ("/api/escalations", Document::Escalations, || {
        about("getEscalationsDocument", "The document of escalations")
    }),
    ("/api/issues", Document::Issues, || {
        about("getIssuesDocument", "The document of issues, by case number")
    }),
];

/// The documents that a dashboard gives out.
pub fn served() -> impl Iterator<Item = Document> {
    ROUTES.iter().map(|(_, document, _)| *document)
}

/// What a document's address says of itself.
type About = fn() -> Vec<Operation>;

/// What the Python dashboard answers for a document that was never written.
const NEVER_WRITTEN: &str = "{}";

/// One document. Private, so shared caches must not keep it; the client's own may, and asks each time.
fn show(app: &AppState, document: Document, headers: &HeaderMap) -> Result<Response, AppError> {
    let board = app.live().board();
    board.usable()?;
    let raw = board.raw(document);
    let tag = raw.map_or_else(|| "W/\"never\"".to_owned(), |raw| format!("W/\"{}\"", raw.fingerprint));
    let etag = HeaderValue::from_str(&tag).map_err(AppError::internal)?;
    let common = [
        (ETAG, etag.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let Some(raw) = raw else { return Ok((common, json, NEVER_WRITTEN).into_response()) };
    if accepts(headers.get(ACCEPT_ENCODING), "gzip") {
        let coding = [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        return Ok((common, json, coding, raw.gzip.clone()).into_response());
    }
    Ok((common, json, Body::from_stream(raw.unpacked())).into_response())
}

fn about(id: &'static str, summary: &'static str) -> Vec<Operation> {
    let one = Operation::get(Tag::Old, id, summary).about(
        "As it lies in the store; `{}` if it was never written. New scripts are better served by `/api/v1`.",
    );
    vec![one.answers::<AnyDocument>(200, "The document.").conditional()]
}

/// The handler of one document.
pub(crate) fn handler(document: Document) -> axum::routing::MethodRouter<AppState> {
    axum::routing::get(async move |State(app): State<AppState>, headers: HeaderMap| {
        show(&app, document, &headers)
    })
}
