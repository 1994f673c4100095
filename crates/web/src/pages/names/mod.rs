//! `/accounts` and `/engineers`: everybody by name, with a few figures of each; sorted and searched by the server.

mod query;

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use serde::Serialize;
use t5g_model::board::{Board, Scope};
use t5g_model::figures::{ScopeCounts, scope_counts};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Page;
use crate::view::badge::or_dash;
use crate::view::chrome::Chrome;
use crate::view::figures::{Count, Present};
use crate::view::files::File;
use crate::view::link::{self, Link};
use crate::view::words::count;
pub(crate) use query::NamesQuery;
use query::{Column, SEARCH};

/// Names of a page.
const PAGE: usize = 75;

/// Whom the list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Accounts,
    Engineers,
}

impl Kind {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Accounts => "/accounts",
            Self::Engineers => "/engineers",
        }
    }

    /// Singular, and the heading.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accounts => ("account", "Accounts"),
            Self::Engineers => ("engineer", "Engineers"),
        }
    }

    pub(crate) const fn scope(self, name: &str) -> Scope<'_> {
        match self {
            Self::Accounts => Scope::Account(name),
            Self::Engineers => Scope::Engineer(name),
        }
    }

    pub(crate) fn link(self, name: &str) -> Link {
        match self {
            Self::Accounts => link::account(name),
            Self::Engineers => link::engineer(name),
        }
    }

    /// The same list for programs.
    fn files(self, text: &str) -> Vec<File> {
        let filters = [("name", text)];
        let filters = if text.is_empty() { &[][..] } else { &filters };
        match self {
            Self::Accounts => File::of_list("/api/v1/accounts", filters),
            Self::Engineers => File::of_list("/api/v1/engineers", filters),
        }
    }

    /// Everybody of the kind, by name.
    pub(crate) fn names(self, board: &Board) -> Vec<&str> {
        match self {
            Self::Accounts => board.accounts().collect(),
            Self::Engineers => board.engineers().collect(),
        }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NamesPage {
    nav: &'static str,
    one: &'static str,
    title: &'static str,
    lead: String,
    path: &'static str,
    q: String,
    longest: usize,
    /// The order, for the form; empty for the usual one.
    sort: String,
    columns: Vec<Heading>,
    rows: Vec<NameRow>,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    /// Where nothing is to be shown: why.
    empty: String,
    files: Vec<File>,
}

#[derive(Debug, Clone, Serialize)]
struct Heading {
    label: &'static str,
    href: String,
    sorted: Option<&'static str>,
    right: bool,
}

#[derive(Debug, Clone, Serialize)]
struct NameRow {
    name: String,
    href: Link,
    /// By heading, without the first.
    counts: Vec<Labelled>,
}

#[derive(Debug, Clone, Serialize)]
struct Labelled {
    label: &'static str,
    value: Count,
}

impl NamesPage {
    pub(crate) fn of(board: &Board, present: Present, kind: Kind, query: &NamesQuery) -> Self {
        let names = kind.names(board);
        let total = names.len();
        let wanted = query.text.to_lowercase();
        let found = names.into_iter().filter(|name| name.to_lowercase().contains(&wanted));
        let mut found: Vec<_> = found.map(|name| (name, scope_counts(board, kind.scope(name)))).collect();
        sort(&mut found, query);
        let pages = found.len().div_ceil(PAGE).max(1);
        let page = query.page.min(pages - 1);
        let first = page * PAGE;
        let some = found.iter().skip(first).take(PAGE);
        let rows: Vec<_> = some.map(|(name, counts)| NameRow::of(name, counts, kind, present)).collect();
        let to = |page: usize| NamesQuery { page, ..query.clone() }.link(kind.path());
        let (one, title) = kind.words();
        let sorted = NamesQuery { text: String::new(), page: 0, ..query.clone() } != NamesQuery::default();
        Self {
            nav: title,
            one,
            title,
            lead: match (query.text.as_str(), present.cards) {
                (_, false) => "Not fetched yet".to_owned(),
                ("", true) => format!("{}, with what is open", count(total, one)),
                (_, true) => format!("{} of {total}", count(found.len(), one)),
            },
            path: kind.path(),
            files: kind.files(&query.text),
            q: query.text.clone(),
            longest: SEARCH,
            sort: if sorted { query.sort_word() } else { String::new() },
            columns: Column::ALL.map(|column| heading(column, query, kind)).into(),
            range: format!("{}–{} of {}", first + 1, first + rows.len(), count(found.len(), one)),
            rows,
            previous: page.checked_sub(1).map(to),
            next: (page + 1 < pages).then(|| to(page + 1)),
            empty: match (total, present.cards) {
                (0, false) => "The cards have not been fetched yet.".to_owned(),
                (0, true) => format!("No card names an {one}."),
                _ => format!("No {one}’s name has that text; {total} are there."),
            },
        }
    }
}

/// Names are compared without case, equal figures go by name.
fn sort(found: &mut [(&str, ScopeCounts)], query: &NamesQuery) {
    let name = |name: &str| (name.to_lowercase(), name.to_owned());
    found.sort_by_cached_key(|(text, _)| name(text));
    match (query.column, query.descending) {
        (Column::Name, false) => {}
        (Column::Name, true) => found.reverse(),
        (column, true) => found.sort_by_key(|(_, counts)| Reverse(column.value(counts))),
        (column, false) => found.sort_by_key(|(_, counts)| column.value(counts)),
    }
}

fn heading(column: Column, query: &NamesQuery, kind: Kind) -> Heading {
    let current = query.column == column;
    let descending = if current { !query.descending } else { column != Column::Name };
    let now = if query.descending { "descending" } else { "ascending" };
    Heading {
        label: column.names().1,
        href: NamesQuery { column, descending, page: 0, ..query.clone() }.link(kind.path()),
        sorted: current.then_some(now),
        right: column != Column::Name,
    }
}

impl NameRow {
    fn of(name: &str, counts: &ScopeCounts, kind: Kind, present: Present) -> Self {
        let value = |column: Column| {
            let counted = column.counted()?;
            let known = if column == Column::OpenCases { present.cases } else { present.cards };
            let value = Count::known(known, &counted, kind.scope(name), column.value(counts));
            Some(Labelled { label: column.names().1, value })
        };
        Self {
            name: or_dash(name),
            href: kind.link(name),
            counts: Column::ALL.into_iter().filter_map(value).collect(),
        }
    }
}

impl Page for NamesPage {
    const TEMPLATE: &'static str = "pages/names.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let typed = |text: &str| NamesQuery { text: text.to_owned(), ..NamesQuery::default() };
        let mut pages = Vec::new();
        for (live, _) in &crate::samples::boards()? {
            for (kind, present) in
                [Kind::Accounts, Kind::Engineers].into_iter().zip(crate::samples::presents())
            {
                let queries = [typed(""), typed("\"><script>")];
                pages.extend(queries.each_ref().map(|query| Self::of(&live.board, present, kind, query)));
            }
        }
        Ok(pages)
    }
}

/// `GET /accounts`.
pub(crate) async fn accounts(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Kind::Accounts, &uri, &headers).await
}

/// `GET /engineers`.
pub(crate) async fn engineers(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Kind::Engineers, &uri, &headers).await
}

async fn show(
    app: AppState,
    caller: &Caller,
    kind: Kind,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Html<String>, AppError> {
    let query = NamesQuery::read(uri)?;
    let live = app.live().board_owned();
    live.usable()?;
    let chrome = Chrome::of(&app, caller, headers);
    // Looks at every card.
    let making = tokio::task::spawn_blocking(move || {
        let present = Present::of(&live.holdings.present());
        app.templates().render(&NamesPage::of(&live.board, present, kind, &query), &chrome)
    });
    let html = making.await.map_err(AppError::internal)?;
    Ok(Html(html.map_err(AppError::internal)?))
}
