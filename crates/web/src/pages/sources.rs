//! `/sources`: every source and document, how fresh, what could not be read.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use t5g_model::documents::Document;
use t5g_model::documents::read::Problems;
use t5g_store::documents::Fingerprint;

use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::templates::Page;
use crate::view::chrome::Chrome;

/// Unreadable entries named per document.
const EXAMPLES: usize = 5;

/// What the page shows beside the sources' freshness, which every page has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SourcesPage {
    /// Where the documents are, secrets masked.
    place: String,
    documents: Vec<DocumentView>,
}

#[derive(Debug, Clone, Serialize)]
struct DocumentView {
    name: &'static str,
    kind: &'static str,
    word: &'static str,
    trouble: Option<String>,
    /// Entries left out; `None` where they are not looked at.
    skipped: Option<u64>,
    examples: Vec<String>,
}

impl SourcesPage {
    pub(crate) fn of(live: &LiveBoard, place: String) -> Self {
        let shown = crate::live::loader::shown();
        Self {
            place,
            documents: shown.into_iter().map(|document| DocumentView::of(document, live)).collect(),
        }
    }
}

impl DocumentView {
    fn of(document: Document, live: &LiveBoard) -> Self {
        let held = live.holdings.documents.get(&document);
        let trouble = held.and_then(|held| held.trouble.as_ref());
        let problems = live.board.problems(document);
        let (kind, word) = match (trouble, live.has(document), problems.is_some_and(|all| !all.is_empty())) {
            (Some(_), true, _) => ("stale", "Last good one shown"),
            (Some(_), false, _) => ("stale", "Unreadable"),
            (None, true, true) => ("late", "Entries left out"),
            (None, true, false) => ("fresh", "Good"),
            (None, false, _) => ("never", "Never written"),
        };
        let first = problems.into_iter().flat_map(t5g_model::documents::read::Problems::first).take(EXAMPLES);
        Self {
            name: document.name(),
            kind,
            word,
            trouble: trouble.map(|trouble| trouble.reason.clone()),
            skipped: problems.filter(|_| live.has(document)).map(Problems::count),
            examples: first.map(|problem| format!("{}: {}", problem.entry, problem.reason)).collect(),
        }
    }
}

impl Page for SourcesPage {
    const TEMPLATE: &'static str = "pages/sources.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let boards = crate::samples::boards()?;
        let mut pages: Vec<_> =
            boards.iter().map(|(live, _)| Self::of(live, "sqlite:<b>t5g.db</b>".to_owned())).collect();
        for document in pages.iter_mut().flat_map(|page| &mut page.documents) {
            document.trouble = Some("expected `,` or `}` <i>at line 1</i>".to_owned());
            document.examples.push("<script>: unreadable".to_owned());
        }
        Ok(pages)
    }
}

/// The handler.
pub(crate) async fn show(State(app): State<AppState>, headers: HeaderMap) -> Result<Html<String>, AppError> {
    let page = SourcesPage::of(&app.live().board(), app.place().to_owned());
    let html = app.templates().render(&page, &Chrome::of(&app, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `GET /partials/freshness`: the chip alone, for a page that stays open.
pub(crate) async fn freshness(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, AppError> {
    let chrome = Chrome::of(&app, &headers);
    let html = app.templates().render_freshness(&chrome.freshness).map_err(AppError::internal)?;
    let tag = Fingerprint::of(format!("{} {html}", chrome.board).as_bytes());
    let value = |text: &str| HeaderValue::from_str(text).map_err(AppError::internal);
    let etag = value(&format!("W/\"{tag}\""))?;
    let common = [
        (ETAG, etag.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("t5g-board"), value(&chrome.board)?),
    ];
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, Html(html)).into_response())
}
