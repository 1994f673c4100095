//! `/figures/{figure}`: exactly the rows that a figure counts, where the table cannot show them: cases, bugs, issues,
//! outcomes, names that no filter of the table takes.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::Board;
use t5g_model::figures::{Figure, Rows, most_severe_cases_first, most_severe_first};
use url::form_urlencoded;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::or_dash;
use crate::view::chrome::Chrome;
use crate::view::counted::{Counted, Whose, read};
use crate::view::figures::Present;
use crate::view::files::File;
use crate::view::link::{self, Link};
use crate::view::rows::{CardRow, CaseRow, TrackerRow};
use crate::view::words::count;

/// Rows of a page.
const PAGE: usize = 80;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RowsPage {
    title: String,
    lead: String,
    whose: Option<Owner>,
    cards: Vec<CardRow>,
    cases: Vec<CaseRow>,
    trackers: Vec<TrackerRow>,
    total: usize,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    /// What the figure is made of has not come.
    missing: bool,
    /// The same rows for programs, where these can ask for them.
    files: Vec<File>,
}

/// Of whom the rows are.
#[derive(Debug, Clone, Serialize)]
struct Owner {
    label: &'static str,
    name: String,
    href: Link,
}

impl Owner {
    fn of(whose: &Whose) -> Option<Self> {
        match whose {
            Whose::All => None,
            Whose::Account(name) => {
                Some(Self { label: "Account", name: or_dash(name), href: link::account(name) })
            }
            Whose::Engineer(name) => {
                Some(Self { label: "Engineer", name: or_dash(name), href: link::engineer(name) })
            }
        }
    }
}

/// Which rows, and where the reader is in them.
#[derive(Debug)]
pub(crate) struct Wanted {
    counted: Counted,
    whose: Whose,
    /// From 0.
    page: usize,
    /// The address without the page.
    address: String,
}

impl Wanted {
    fn of(name: &str, uri: &Uri) -> Result<Self, AppError> {
        let (counted, whose, page) = read(name, uri)?;
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let rest = pairs.filter(|(name, _)| name != "page");
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        Ok(Self { counted, whose, page, address: format!("{}?{query}", uri.path()) })
    }

    /// What is counted of everybody, lists of the API filter by.
    fn files(&self) -> Vec<File> {
        let (Counted::Figure(figure), Whose::All) = (&self.counted, &self.whose) else { return Vec::new() };
        let list = match figure {
            _ if Figure::OF_CASES.contains(figure) => "/api/v1/cases",
            _ if Figure::OF_TRACKERS.contains(figure) => return Vec::new(),
            _ => "/api/v1/cards",
        };
        let value = figure.value().map_or_else(String::new, |value| format!(":{value}"));
        File::of_list(list, &[("figure", &format!("{}{value}", figure.name()))])
    }

    fn link(&self, page: usize) -> String {
        let and = if self.address.ends_with('?') { "" } else { "&" };
        format!("{}{and}page={}", self.address, page + 1)
    }
}

impl RowsPage {
    pub(crate) fn of(
        board: &Board,
        wanted: &Wanted,
        present: Present,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let missing = is_missing(present, &wanted.counted);
        let rows = wanted.counted.rows(board, wanted.whose.scope(), now);
        let total = rows.len();
        let pages = total.div_ceil(PAGE).max(1);
        let page = wanted.page.min(pages - 1);
        let first = page * PAGE;
        let what = match &rows {
            Rows::Cards(_) => count(total, "card"),
            Rows::Cases(_) => count(total, "case"),
            Rows::Trackers(_) if total == 1 => "1 bug or issue".to_owned(),
            Rows::Trackers(_) => format!("{total} bugs and issues"),
        };
        let (mut cards, mut cases, mut trackers) = (Vec::new(), Vec::new(), Vec::new());
        match rows {
            Rows::Cards(mut all) => {
                most_severe_first(&mut all);
                let some = all.into_iter().skip(first).take(PAGE);
                cards = some.map(|card| CardRow::of(card, now, settings)).collect();
            }
            Rows::Cases(mut all) => {
                most_severe_cases_first(&mut all);
                let some = all.into_iter().skip(first).take(PAGE);
                cases = some.map(|case| CaseRow::of(case, settings)).collect();
            }
            Rows::Trackers(all) => {
                trackers = all.into_iter().skip(first).take(PAGE).map(TrackerRow::of).collect();
            }
        }
        let shown = cards.len() + cases.len() + trackers.len();
        Self {
            title: wanted.counted.title(),
            lead: if missing {
                "What this counts has not been fetched yet.".to_owned()
            } else {
                what.clone()
            },
            whose: Owner::of(&wanted.whose),
            cards,
            cases,
            trackers,
            total,
            range: format!("{}–{} of {what}", first + 1, first + shown),
            previous: page.checked_sub(1).map(|page| wanted.link(page)),
            next: (page + 1 < pages).then(|| wanted.link(page + 1)),
            missing,
            files: wanted.files(),
        }
    }
}

fn is_missing(present: Present, counted: &Counted) -> bool {
    let known = match counted {
        Counted::Figure(figure) => present.has(figure),
        Counted::NewCases => present.has(&Figure::OpenCases),
        Counted::Cards { .. } | Counted::Outcome { .. } => present.cards,
    };
    !known
}

impl Page for RowsPage {
    const TEMPLATE: &'static str = "pages/rows.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings = WebSettings::default();
        let hostile = Whose::Engineer(crate::samples::HOSTILE.to_owned());
        let wanted = |counted: Counted, whose: &Whose| Wanted {
            counted,
            whose: whose.clone(),
            page: 0,
            address: "/figures/x?value=%3Cb%3E".to_owned(),
        };
        let figures = Figure::plain().map(Counted::Figure).chain([Counted::NewCases, Counted::cards(&[])]);
        let all: Vec<_> =
            figures.flat_map(|one| [wanted(one.clone(), &Whose::All), wanted(one, &hostile)]).collect();
        let mut pages = Vec::new();
        for (live, now) in &crate::samples::boards()? {
            for present in crate::samples::presents() {
                pages.extend(all.iter().map(|one| Self::of(&live.board, one, present, *now, &settings)));
            }
        }
        Ok(pages)
    }
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let wanted = Wanted::of(&name, &uri)?;
    let live = app.live().board_owned();
    live.usable()?;
    let chrome = Chrome::of(&app, &caller, &headers);
    // Looks at every card, and sorts what it finds.
    let making = tokio::task::spawn_blocking(move || {
        let present = Present::of(&live.holdings.present());
        let page = RowsPage::of(&live.board, &wanted, present, app.clock().now(), app.settings());
        app.templates().render(&page, &chrome)
    });
    let html = making.await.map_err(AppError::internal)?;
    Ok(Html(html.map_err(AppError::internal)?))
}
