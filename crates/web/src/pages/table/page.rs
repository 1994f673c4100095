//! What the table's page shows.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::query::LENGTH;

use crate::live::LiveBoard;
use crate::live::table::Column;
use crate::pages::table::PAGE;
use crate::pages::table::find::{Found, find};
use crate::pages::table::form::{Chip, Choice, Kept, chips, choices, kept};
use crate::pages::table::heading::{Heading, heading};
use crate::pages::table::howto::Howto;
use crate::pages::table::query::TableQuery;
use crate::pages::table::row::{self, Row};
use crate::pages::table::selection::{Selection, Tab};
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::filter_problem::FilterProblem;
use crate::view::words::count;

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
