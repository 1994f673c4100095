//! `/table/` and `/table/all`: the cards as a table that the server filters, sorts and pages.

mod detail;
mod howto;
mod query;
mod row;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::names::{CardStatus, CaseStatus, Severity};
use t5g_model::query::{LENGTH, Property, Query, Word as _};

pub(crate) use query::TableQuery;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::live::table::Column;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::chrome::Chrome;
use crate::view::filter_problem::FilterProblem;
use crate::view::words::count;
use howto::Howto;
use query::{Facet, Sort};
use row::Row;

/// Rows of a page.
pub(crate) const PAGE: usize = 50;

/// The longest query that a label repeats, in characters.
const LABEL: usize = 80;

/// Which cards the address is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Every card.
    All,
    /// Cards with a comment younger than 7 days.
    Recent,
}

impl Selection {
    const fn path(self) -> &'static str {
        match self {
            Self::All => "/table/all",
            Self::Recent => "/table/",
        }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TablePage {
    title: &'static str,
    lead: String,
    path: &'static str,
    tabs: Vec<Tab>,
    q: String,
    longest: usize,
    problem: Option<FilterProblem>,
    howto: Howto,
    choices: Vec<Choice>,
    /// Parts of the query that have no field of their own in the form.
    kept: Vec<Kept>,
    chips: Vec<Chip>,
    columns: Vec<Heading>,
    rows: Vec<Row>,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    filtered: bool,
    total: usize,
    empty: String,
}

/// A way to the other selection.
#[derive(Debug, Clone, Serialize)]
struct Tab {
    label: &'static str,
    href: &'static str,
    current: bool,
}

impl Tab {
    fn of(one: Selection, current: Selection) -> Self {
        let label = match one {
            Selection::All => "All",
            Selection::Recent => "Updated in the last 7 days",
        };
        Self { label, href: one.path(), current: one == current }
    }
}

#[derive(Debug, Clone, Serialize)]
struct Choice {
    label: &'static str,
    name: &'static str,
    options: Vec<Offer>,
}

#[derive(Debug, Clone, Serialize)]
struct Offer {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Kept {
    name: &'static str,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
struct Chip {
    label: String,
    href: String,
}

#[derive(Debug, Clone, Serialize)]
struct Heading {
    label: &'static str,
    href: String,
    sorted: Option<&'static str>,
    right: bool,
}

impl TablePage {
    pub(crate) fn of(
        live: &LiveBoard,
        selection: Selection,
        query: &TableQuery,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let board = &*live.board;
        let search = query.search();
        // A query that cannot be read finds nothing: rows that look found and are not would be wrong.
        let found = search
            .as_ref()
            .map_or_else(|_| Found::Some(Vec::new()), |search| find(live, selection, query, search, now));
        let problem = search.err().map(|error| FilterProblem::of(&query.text, &error));
        let pages = found.count().div_ceil(PAGE).max(1);
        let page = query.page.min(pages - 1);
        let query = &TableQuery { page, ..query.clone() };
        let cards = found.page(page).filter_map(|position| board.cards().get(position as usize));
        let context = row::Context { board, query, path: selection.path(), now, settings };
        let rows: Vec<_> = cards.map(|card| Row::of(card, &context)).collect();
        let first = page * PAGE + 1;
        let to = |page: usize| TableQuery { page, open: None, ..query.clone() }.link(selection.path());
        let total = live.board.cards().len();
        Self {
            title: match selection {
                Selection::All => "All cards",
                Selection::Recent => "Recently updated cards",
            },
            lead: match problem {
                Some(_) => "The filter cannot be read, so nothing is shown.".to_owned(),
                None => lead(selection, found.count(), total, query.is_filtered()),
            },
            path: selection.path(),
            tabs: [Selection::All, Selection::Recent].map(|one| Tab::of(one, selection)).into(),
            q: query.text.clone(),
            longest: LENGTH,
            problem,
            howto: Howto::of(selection.path()),
            choices: choices(board, query),
            kept: kept(query),
            chips: chips(query, selection.path()),
            columns: Column::ALL.into_iter().map(|column| heading(column, query, selection.path())).collect(),
            range: format!("{first}–{} of {}", page * PAGE + rows.len(), count(found.count(), "card")),
            previous: page.checked_sub(1).map(to),
            next: (page + 1 < pages).then(|| to(page + 1)),
            rows,
            filtered: query.is_filtered(),
            total,
            empty: match (total, selection) {
                (0, _) => {
                    "No card has come yet. The state of the sources says which one has not run.".to_owned()
                }
                (_, _) => "No card has a comment of the last 7 days.".to_owned(),
            },
        }
    }
}

fn lead(selection: Selection, found: usize, total: usize, filtered: bool) -> String {
    let what = match selection {
        Selection::All => "",
        Selection::Recent => " with a comment of the last 7 days",
    };
    if filtered || selection == Selection::Recent {
        let passing = if filtered { " that pass the filters" } else { "" };
        format!("{} of {total}{what}{passing}", count(found, "card"))
    } else {
        format!("{}, the most severe first", count(total, "card"))
    }
}

/// The cards found, in order: all of an order that lies ready, or picked ones.
enum Found<'a> {
    All(&'a [u32], bool),
    Some(Vec<u32>),
}

impl Found<'_> {
    fn count(&self) -> usize {
        match self {
            Self::All(order, _) => order.len(),
            Self::Some(picked) => picked.len(),
        }
    }

    fn page(&self, page: usize) -> Box<dyn Iterator<Item = u32> + '_> {
        let from = page.saturating_mul(PAGE);
        match self {
            Self::All(order, true) => Box::new(order.iter().rev().copied().skip(from).take(PAGE)),
            Self::All(order, false) => Box::new(order.iter().copied().skip(from).take(PAGE)),
            Self::Some(picked) => Box::new(picked.iter().copied().skip(from).take(PAGE)),
        }
    }
}

fn find<'a>(
    live: &'a LiveBoard,
    selection: Selection,
    query: &TableQuery,
    search: &Query,
    now: DateTime<Utc>,
) -> Found<'a> {
    let (board, index) = (&*live.board, &live.derived.table);
    let order = query.sort.map_or(index.usual(), |sort| index.ascending(board, sort.column));
    let reversed = query.sort.is_some_and(|sort| sort.descending);
    if !query.is_filtered() && selection == Selection::All {
        return Found::All(order, reversed);
    }
    let today = board.rules().date_of(now);
    let recent = |card: &Card| {
        card.comments.iter().any(|comment| comment.on.is_some_and(|on| (today - on).num_days() < 7))
    };
    let texts = if search.wants_text() { index.texts(board) } else { &[] };
    let text = |card: &Card| texts.get(card.position as usize).map_or("", |text| &**text);
    let mut search = search.matcher(board, now, text);
    let mut picked: Vec<u32> = order.to_vec();
    picked.retain(|&position| {
        let Some(card) = board.cards().get(position as usize) else { return false };
        (selection == Selection::All || recent(card)) && query.takes(board, card, now) && search.matches(card)
    });
    if reversed {
        picked.reverse();
    }
    Found::Some(picked)
}

fn heading(column: Column, query: &TableQuery, path: &str) -> Heading {
    let now = query.sort.filter(|sort| sort.column == column);
    let descending = now.map_or(column.largest_first(), |sort| !sort.descending);
    let href = TableQuery { sort: Some(Sort { column, descending }), page: 0, open: None, ..query.clone() }
        .link(path);
    let sorted = now.map(|sort| if sort.descending { "descending" } else { "ascending" });
    Heading { label: column.names().1, href, sorted, right: column == Column::DaysOpen }
}

fn chips(query: &TableQuery, path: &str) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: String, without: TableQuery| {
        let href = TableQuery { page: 0, open: None, ..without }.link(path);
        chips.push(Chip { label, href });
    };
    if !query.text.is_empty() {
        chip(
            format!("Filter: {}", shortened(&query.text)),
            TableQuery { text: String::new(), ..query.clone() },
        );
    }
    for (facet, values) in &query.facets {
        for value in values {
            let mut without = query.clone();
            if let Some(left) = without.facets.get_mut(facet) {
                left.remove(value);
            }
            without.facets.retain(|_, values| !values.is_empty());
            chip(format!("{}: {value}", facet.names().1), without);
        }
    }
    for flag in &query.flags {
        let mut without = query.clone();
        without.flags.remove(flag);
        chip(flag.help().to_owned(), without);
    }
    chips
}

/// For a label: the box has the whole text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The fields of the form. A field with several values chosen is kept by hidden fields instead.
fn choices(board: &Board, query: &TableQuery) -> Vec<Choice> {
    let severities = Severity::KNOWN.iter().map(|severity| severity.word().to_owned()).collect();
    let cards: Vec<CardStatus> = board.card_statuses().into_keys().collect();
    let statuses = cards.iter().map(|status| status.as_str().to_owned()).collect();
    let cases = CaseStatus::KNOWN.iter().map(|status| status.as_str().to_owned()).collect();
    let facets = [(Facet::Severity, severities), (Facet::CardStatus, statuses), (Facet::CaseStatus, cases)];
    let mut choices: Vec<_> = facets
        .into_iter()
        .filter(|(facet, _)| chosen(query, *facet).is_some())
        .map(|(facet, values): (Facet, Vec<String>)| {
            choice(facet, values, &chosen(query, facet).unwrap_or_default())
        })
        .collect();
    if query.flags.len() < 2 {
        let options = Property::ALL.iter().map(|flag| Offer {
            value: flag.name().to_owned(),
            label: flag.help().to_owned(),
            chosen: query.flags.contains(flag),
        });
        choices.push(Choice { label: "Only", name: "is", options: options.collect() });
    }
    choices
}

/// The one value chosen, empty for none; `None` where there are several.
fn chosen(query: &TableQuery, facet: Facet) -> Option<String> {
    match query.facets.get(&facet) {
        None => Some(String::new()),
        Some(values) if values.len() < 2 => Some(values.first().cloned().unwrap_or_default()),
        Some(_) => None,
    }
}

fn choice(facet: Facet, mut values: Vec<String>, chosen: &str) -> Choice {
    if !chosen.is_empty() && !values.iter().any(|value| value == chosen) {
        values.push(chosen.to_owned());
    }
    let (name, label) = facet.names();
    let option = |value: String| Offer { chosen: value == chosen, label: value.clone(), value };
    Choice { label, name, options: values.into_iter().map(option).collect() }
}

fn kept(query: &TableQuery) -> Vec<Kept> {
    let shown = |facet: Facet| !matches!(facet, Facet::Account | Facet::Engineer | Facet::Product);
    let mut rest = TableQuery { text: String::new(), page: 0, open: None, ..query.clone() };
    rest.facets.retain(|facet, _| !shown(*facet) || chosen(query, *facet).is_none());
    if rest.flags.len() < 2 {
        rest.flags.clear();
    }
    rest.pairs().into_iter().map(|(name, value)| Kept { name, value }).collect()
}

impl Page for TablePage {
    const TEMPLATE: &'static str = "pages/table.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let boards = crate::samples::boards()?;
        Ok(boards
            .iter()
            .flat_map(|(live, now)| {
                let open = live.board.cards().first().map(|card| card.key.as_str().to_owned());
                let typed = |text: &str| TableQuery { text: text.to_owned(), ..TableQuery::default() };
                let hostile =
                    [typed("\"><script>"), typed("sev:urgent,<script>"), typed("'<script>' sev:high")];
                let queries = [TableQuery { open, ..TableQuery::default() }].into_iter().chain(hostile);
                queries.map(|query| Self::of(live, Selection::All, &query, *now, &WebSettings::default()))
            })
            .collect())
    }
}

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
