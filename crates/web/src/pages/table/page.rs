//! What the table's page shows. The answer to scripts is made of the same context, so that both always agree.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::query::LENGTH;

use crate::export::Format;
use crate::live::LiveBoard;
use crate::live::table::{Column, USUAL};
use crate::pages::table::find::{Found, find};
use crate::pages::table::form::{self, Chip, Kept, Offer};
use crate::pages::table::heading::Heading;
use crate::pages::table::howto::Howto;
use crate::pages::table::panes::{self, ColumnChoice, Pane};
use crate::pages::table::query::{self, Open, TableQuery};
use crate::pages::table::row::{self, Row};
use crate::pages::table::selection::{Selection, Tab};
use crate::pages::views::NAME_CHARS;
use crate::settings::WebSettings;
use crate::templates::{Living, Page};
use crate::view::filter_problem::FilterProblem;
use crate::view::words::count;

/// Numbers of rows that the form offers.
const SIZES: [usize; 4] = [25, 50, 100, 200];

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TablePage {
    title: &'static str,
    lead: String,
    path: &'static str,
    /// The address that describes the view.
    address: String,
    /// Where scripts ask for rows.
    source: &'static str,
    tabs: Vec<Tab>,
    q: String,
    longest: usize,
    /// Of a name under which the view is saved.
    longest_name: usize,
    problem: Option<FilterProblem>,
    howto: Howto,
    offers: Vec<Offer>,
    kept_by_filters: Vec<Kept>,
    kept_by_rows: Vec<Kept>,
    kept_by_columns: Vec<Kept>,
    chips: Vec<Chip>,
    panes: Vec<Pane>,
    /// How many values are chosen beside the table, in words; empty for none.
    filters: String,
    headings: Vec<Heading>,
    /// Cells of a row.
    width: usize,
    choices: Vec<ColumnChoice>,
    sizes: Vec<Size>,
    rows: Vec<Row>,
    /// Rows of a page, as many as there may be.
    length: usize,
    found: usize,
    /// The order where the address says none, as it would say it.
    usual: String,
    any_open: bool,
    /// The same page with no row open.
    close_all: String,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    filtered: bool,
    total: usize,
    empty: &'static str,
    exports: Vec<Export>,
}

/// A number of rows to choose.
#[derive(Debug, Clone, Serialize)]
struct Size {
    rows: usize,
    chosen: bool,
}

/// The same rows as a file.
#[derive(Debug, Clone, Serialize)]
struct Export {
    name: &'static str,
    href: String,
    /// For the clipboard: a script fetches it.
    hidden: bool,
}

impl TablePage {
    pub(crate) fn of(
        live: &LiveBoard,
        selection: Selection,
        query: &TableQuery,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let path = selection.path();
        // A query that cannot be read finds nothing: rows that look found and are not would be wrong.
        let (found, error) = match find(live, selection, query, now) {
            Ok(found) => (found, None),
            Err(error) => (Found::nothing(live), Some(error)),
        };
        let (size, number) = (query.rows.get(), found.positions.len());
        let pages = number.div_ceil(size).max(1);
        let page = query.page.min(pages - 1);
        let query = &TableQuery { page, ..query.clone() };
        let context = row::Context { board: &live.board, query, now, settings };
        let cards = found.cards(live).skip(page * size).take(size);
        let rows: Vec<_> = cards.map(|card| Row::of(card, &context)).collect();
        let to = |page: usize| TableQuery { page, ..query.at_the_start() }.link(path);
        let total = live.board.cards().len();
        Self {
            title: selection.title(),
            lead: match error {
                Some(_) => "The filter cannot be read, so nothing is shown.".to_owned(),
                None => lead(selection, number, total, query),
            },
            path,
            address: query.link(path),
            source: selection.rows_path(),
            tabs: Tab::all(Some(selection)),
            q: query.text.clone(),
            longest: LENGTH,
            longest_name: NAME_CHARS,
            problem: error.map(|error| FilterProblem::of(&query.text, &error)),
            howto: Howto::of(path),
            offers: form::offers(query),
            kept_by_filters: form::kept_by_filters(query),
            kept_by_rows: form::kept_by_rows(&held_open(query, &rows)),
            kept_by_columns: form::kept_by_columns(query),
            chips: form::chips(query, path),
            panes: Pane::all(live, query, &found.counts, path),
            filters: panes::filters(query),
            headings: Heading::all(query, path),
            width: query.shown().len() + 1,
            choices: ColumnChoice::all(query),
            sizes: SIZES.map(|rows| Size { rows, chosen: rows == size }).into(),
            length: size,
            found: number,
            usual: query::written(&USUAL),
            close_all: TableQuery { open: Open::default(), ..query.clone() }.link(path),
            any_open: rows.iter().any(Row::is_open),
            range: range(page * size, rows.len(), number),
            rows,
            previous: page.checked_sub(1).map(to),
            next: (page + 1 < pages).then(|| to(page + 1)),
            filtered: query.is_filtered(),
            total,
            empty: selection.empty(&live.board),
            exports: exports(selection, query),
        }
    }

    /// The cells of a row, by name, in order: what opens it, then the columns shown.
    pub(super) fn cells(query: &TableQuery) -> Vec<&'static str> {
        let columns = query.shown().into_iter().map(|column: Column| column.names().0);
        std::iter::once("open").chain(columns).collect()
    }

    /// Its rows, in order.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The address that describes the view.
    pub(super) fn address(&self) -> String {
        self.address.clone()
    }

    /// Whether the filter cannot be read.
    pub(super) const fn is_unreadable(&self) -> bool {
        self.problem.is_some()
    }

    /// How many cards there are, and how many were found.
    pub(super) fn numbers(&self) -> (usize, usize) {
        (self.total, self.found)
    }

    /// The same without rows: they are sent by themselves.
    pub(super) fn without_rows(self) -> Self {
        Self { rows: Vec::new(), ..self }
    }
}

fn lead(selection: Selection, found: usize, total: usize, query: &TableQuery) -> String {
    let what = selection.what();
    if total == 0 {
        return "No cards yet".to_owned();
    }
    if query.is_filtered() || selection != Selection::All {
        let passing = if query.is_filtered() { " that pass the filters" } else { "" };
        return format!("{} of {total}{what}{passing}", count(found, "card"));
    }
    let order = if query.sort.is_empty() { ", the most severe first" } else { "" };
    format!("{}{order}", count(total, "card"))
}

fn range(before: usize, shown: usize, found: usize) -> String {
    match shown {
        0 => "0 cards".to_owned(),
        shown => format!("{}–{} of {}", before + 1, before + shown, count(found, "card")),
    }
}

/// With all rows open, each by itself, so that one can be closed.
fn held_open(query: &TableQuery, rows: &[Row]) -> TableQuery {
    match query.open {
        Open::Keys(_) => query.clone(),
        Open::All => {
            let keys = rows.iter().map(|row| row.key().to_owned()).collect();
            TableQuery { open: Open::Keys(keys), ..query.clone() }
        }
    }
}

fn exports(selection: Selection, query: &TableQuery) -> Vec<Export> {
    let whole = query.whole();
    let export = |format: Format| Export {
        name: format.name(),
        href: whole.link(&format!("/table/{}.{}", selection.name(), format.ending())),
        hidden: format == Format::Tsv,
    };
    Format::ALL.map(export).into()
}

impl Page for TablePage {
    const TEMPLATE: &'static str = "pages/table.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let boards = crate::samples::boards()?;
        let all = TableQuery { open: Open::All, columns: Column::ALL.into(), ..TableQuery::default() };
        let typed = |text: &str| TableQuery { text: text.to_owned(), ..TableQuery::default() };
        let hostile = crate::samples::HOSTILE;
        let chosen = crate::live::table::Facet::ALL.map(|facet| (facet, [hostile.to_owned()].into()));
        let facets = TableQuery { facets: chosen.into(), rows: all.rows, ..TableQuery::default() };
        let queries = [
            TableQuery::default(),
            all,
            facets,
            typed("\"><script>"),
            typed("sev:urgent,<script>"),
            typed("'<script>' sev:high"),
        ];
        let sample = |live: &LiveBoard, now| {
            let each = Selection::EACH.into_iter().flat_map(|selection| {
                queries
                    .iter()
                    .map(move |query| Self::of(live, selection, query, now, &WebSettings::default()))
            });
            each.collect::<Vec<_>>()
        };
        Ok(boards.iter().flat_map(|(live, now)| sample(live, *now)).collect())
    }
}

impl Living for TablePage {
    const PART: &'static str = "partials/table/living.html";
}
