//! What DataTables asks the server with: which draw, from which row, how many, by which columns. It overrides order
//! and page of the view, which stands in the same address.

use axum::http::Uri;

use crate::error::AppError;
use crate::live::table::{Column, Sort};
use crate::pages::table::query::read::{parameters, unknown};
use crate::pages::table::query::{Rows, TableQuery};

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draw {
    /// Comes back with the answer, so that late answers are known as such.
    pub(crate) number: u32,
    /// The view, from the asked row on.
    pub(crate) query: TableQuery,
}

impl Draw {
    /// Reads it.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        let pairs = parameters(uri)?;
        let value = |name: &str| {
            let mut named = pairs.iter().filter(|(known, _)| known == name);
            named.next().map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        let number = |name: &'static str| -> Result<Option<u32>, AppError> {
            let read = |value: &str| {
                value.parse().map_err(|_| unknown(name, value, &["0", "1", "2", "…", "4294967295"]))
            };
            value(name).map(read).transpose()
        };
        let mut query = TableQuery::of(&pairs)?;
        if let Some(length) = value("length") {
            query.rows = Rows::read("length", length)?;
        }
        if let Some(start) = number("start")? {
            let (start, rows) = (start as usize, query.rows.get());
            if start % rows != 0 {
                let (second, third) = (rows.to_string(), (2 * rows).to_string());
                return Err(unknown("start", &start.to_string(), &["0", &second, &third, "…"]));
            }
            query.page = start / rows;
        }
        let sort = order(&pairs)?;
        if !sort.is_empty() {
            query.choose_sort(sort);
        }
        if let Some(text) = value("search[value]") {
            query.text = text.chars().take(t5g_model::query::LENGTH + 1).collect();
        }
        Ok(Self { number: number("draw")?.unwrap_or_default(), query })
    }
}

/// `order[0][name]=severity&order[0][dir]=desc`, or by number with `order[0][column]=1&columns[1][data]=severity`.
fn order(pairs: &[(String, String)]) -> Result<Vec<Sort>, AppError> {
    let value = |name: &str| {
        pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let mut sort = Vec::new();
    for place in 0..Column::ALL.len() {
        let (by_name, by_number) = (format!("order[{place}][name]"), format!("order[{place}][column]"));
        let given = [value(&by_name), value(&by_number)];
        if given.iter().all(|given| given.is_empty()) {
            break;
        }
        let name = if given[0].is_empty() {
            let number: u16 =
                given[1].parse().map_err(|_| unknown(&by_number, given[1], &["0", "1", "…"]))?;
            value(&format!("columns[{number}][data]"))
        } else {
            given[0]
        };
        let known = Column::ALL.map(|column| column.names().0);
        let column = Column::by_name(name).ok_or_else(|| unknown(&by_name, name, &known))?;
        let by_direction = format!("order[{place}][dir]");
        let descending = match value(&by_direction) {
            "asc" => false,
            "desc" => true,
            other => return Err(unknown(&by_direction, other, &["asc", "desc"])),
        };
        sort.push(Sort { column, descending });
    }
    Ok(sort)
}
