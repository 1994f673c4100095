//! What scripts get: rows in the way of DataTables' server side, and everything around them as the page has it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::pages::table::TablePage;
use crate::pages::table::detail::Detail;
use crate::pages::table::query::Draw;
use crate::pages::table::row::Row;
use crate::view::chrome::Chrome;

/// The template of cells, and its macro.
const CELL: (&str, &str) = ("partials/table/cells.html", "cell");
const DETAIL: &str = "partials/table/detail.html";

/// The answer to one draw.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowsAnswer {
    /// As asked.
    draw: u32,
    /// All cards there are.
    records_total: usize,
    /// Those that the view takes.
    records_filtered: usize,
    data: Vec<RowAnswer>,
    /// Whether the filter cannot be read, so that nothing was found.
    unreadable: bool,
    /// The address that describes the view.
    address: String,
    /// The page's other parts, each in an element that names it.
    parts: String,
}

/// One row: for each column its cell, as HTML in which outside text is escaped.
#[derive(Debug, Serialize)]
struct RowAnswer {
    #[serde(rename = "DT_RowId")]
    key: String,
    #[serde(flatten)]
    cells: BTreeMap<&'static str, String>,
}

/// What opened rows show, by key.
#[derive(Debug, Serialize)]
pub(crate) struct DetailsAnswer {
    details: BTreeMap<String, String>,
    /// Keys of no card: it may be gone since the page was made.
    missing: Vec<String>,
}

impl RowsAnswer {
    pub(super) fn of(
        app: &AppState,
        draw: &Draw,
        page: TablePage,
        chrome: &Chrome,
    ) -> Result<Self, AppError> {
        let columns = TablePage::cells(&draw.query);
        let cells = app.templates().render_macro(CELL, page.rows(), &columns).map_err(AppError::internal)?;
        let rows = page.rows().iter().map(Row::key).zip(cells);
        let data = rows.map(|(key, cells)| RowAnswer { key: key.to_owned(), cells }).collect();
        let (records_total, records_filtered) = page.numbers();
        let (address, unreadable) = (page.address(), page.is_unreadable());
        let parts = app.templates().render_part(&page.without_rows(), chrome).map_err(AppError::internal)?;
        Ok(Self { draw: draw.number, records_total, records_filtered, data, unreadable, address, parts })
    }
}

impl DetailsAnswer {
    /// Of these cards, by key.
    pub(super) fn of(app: &AppState, live: &LiveBoard, keys: Vec<String>) -> Result<Self, AppError> {
        let mut answer = Self { details: BTreeMap::new(), missing: Vec::new() };
        for key in keys {
            let Some(card) = live.board.card(&key) else {
                answer.missing.push(key);
                continue;
            };
            let detail = Detail::of(card, &live.board, app.settings());
            let html = app.templates().render_about(DETAIL, &detail).map_err(AppError::internal)?;
            answer.details.insert(key, html);
        }
        Ok(answer)
    }
}
