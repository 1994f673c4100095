//! `/sources`: every source and document, how fresh, what could not be read.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::documents::Document;
use t5g_model::documents::read::Problems;
use t5g_model::names::{CardKey, Source};
use t5g_store::documents::Fingerprint;
use t5g_store::ledger::{DataProblem, HeldShrink, ProblemEntry, ShrinkState};

use super::shrinks::ShrinkView;
use crate::access::Caller;
use crate::api::conditional::matches_etag;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::{LiveBoard, Sources};
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::chrome::Chrome;
use crate::view::link;
use crate::view::words::When;

/// Unreadable entries named per document.
const EXAMPLES: usize = 5;

/// What the page shows beside the sources' freshness, which every page has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SourcesPage {
    /// Where the documents are, secrets masked.
    place: String,
    /// Answers that wait for a decision.
    held: Vec<ShrinkView>,
    documents: Vec<DocumentView>,
    /// The first data problems that refreshes found.
    problems: Vec<ProblemView>,
    problem_count: usize,
}

/// An entry of an upstream that no page can show.
#[derive(Debug, Clone, Serialize)]
struct ProblemView {
    source: &'static str,
    entry: String,
    /// Its page in Jira, for cards.
    link: Option<String>,
    reason: String,
    since: When,
}

#[derive(Debug, Clone, Serialize)]
struct DocumentView {
    name: &'static str,
    kind: &'static str,
    word: &'static str,
    trouble: Option<String>,
    /// Entries, and fields of entries, that cannot be read; `None` where there is no document.
    skipped: Option<u64>,
    examples: Vec<String>,
}

impl SourcesPage {
    pub(crate) fn of(
        live: &LiveBoard,
        sources: &Sources,
        place: String,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let shown = crate::live::loader::shown();
        let problem = |found: &DataProblem| ProblemView::of(found, now, settings);
        Self {
            place,
            held: sources.waiting.iter().map(|held| ShrinkView::of(held, now, settings)).collect(),
            documents: shown.into_iter().map(|document| DocumentView::of(document, live)).collect(),
            problems: sources.problems.iter().map(problem).collect(),
            problem_count: sources.problem_count,
        }
    }
}

impl ProblemView {
    fn of(found: &DataProblem, now: DateTime<Utc>, settings: &WebSettings) -> Self {
        let problem = &found.problem;
        let key = problem.entry.parse::<CardKey>().ok().filter(|_| problem.document == Document::Cards);
        Self {
            source: found.source.name(),
            entry: problem.entry.clone(),
            link: key.and_then(|key| link::card(settings, &key)),
            // The entry stands beside it.
            reason: problem
                .reason
                .strip_prefix(&format!("{}: ", problem.entry))
                .unwrap_or(&problem.reason)
                .to_owned(),
            since: When::of(found.first_seen, now, settings.rules.time_zone),
        }
    }
}

impl DocumentView {
    fn of(document: Document, live: &LiveBoard) -> Self {
        let held = live.holdings.documents.get(&document);
        let trouble = held.and_then(|held| held.trouble.as_ref());
        let problems = live.problems(document);
        let (kind, word) = match (trouble, live.has(document), problems.is_some_and(|all| !all.is_empty())) {
            (Some(_), true, _) => ("stale", "Last good one shown"),
            (Some(_), false, _) => ("stale", "Unreadable"),
            (None, true, true) => ("late", "Partly unreadable"),
            (None, true, false) => ("fresh", "Good"),
            (None, false, _) => ("never", "Never written"),
        };
        let first = problems.into_iter().flat_map(t5g_model::documents::read::Problems::first).take(EXAMPLES);
        Self {
            name: document.name(),
            kind,
            word,
            trouble: trouble.map(|trouble| trouble.reason.clone()),
            skipped: problems.map(Problems::count),
            examples: first.map(|problem| format!("{}: {}", problem.entry, problem.reason)).collect(),
        }
    }
}

impl Page for SourcesPage {
    const TEMPLATE: &'static str = "pages/sources.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let boards = crate::samples::boards()?;
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let problem = ProblemEntry {
            document: Document::Cards,
            entry: "<script>".into(),
            reason: "<i>no case</i>".into(),
        };
        let mut pages = Vec::new();
        for (live, now) in &boards {
            let problem = problem.clone();
            let found = DataProblem { source: Source::Cards, problem, first_seen: *now, last_seen: *now };
            let held = HeldShrink {
                document: Document::Cases,
                source: Source::Cases,
                old_count: 800,
                new_count: 30,
                held_at: *now,
                state: ShrinkState::Held,
                decided_by: None,
                decided_at: None,
            };
            let (waiting, problems) = (vec![held], vec![found]);
            let sources = Sources { waiting, problems, problem_count: 300, ..Sources::unknown(&settings) };
            pages.push(Self::of(live, &sources, "sqlite:<b>t5g.db</b>".into(), *now, &settings));
        }
        for document in pages.iter_mut().flat_map(|page| &mut page.documents) {
            document.trouble = Some("expected `,` or `}` <i>at line 1</i>".to_owned());
            document.examples.push("<script>: unreadable".to_owned());
        }
        Ok(pages)
    }
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let (live, sources) = (app.live().board(), app.live().sources());
    let page = SourcesPage::of(&live, &sources, app.place().to_owned(), app.clock().now(), app.settings());
    let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `GET /partials/freshness`: the chip alone, for a page that stays open.
pub(crate) async fn freshness(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let chrome = Chrome::of(&app, &caller, &headers);
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
