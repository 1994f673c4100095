//! Addresses that the Python dashboard made: the state of its DataTables as parameters. Turned into the view; what
//! cannot be read is an error that says which part and how it should look.

use serde_json::Value;
use t5g_model::names::Severity;
use t5g_model::query::{LENGTH, Property, Word as _, quoted};

use crate::error::AppError;
use crate::live::table::{Column, Facet, Sort};
use crate::pages::table::query::TableQuery;

/// The parameters that are read here.
pub(super) const NAMES: [&str; 4] = ["order", "search.search", "searchPanes.preSelect", "displayStart"];

/// The most entries of a list.
const ENTRIES: usize = 50;

/// Adds to the view what old parameters say.
pub(super) fn add(query: &mut TableQuery, pairs: &[(String, String)]) -> Result<(), AppError> {
    for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
        match name.as_str() {
            "order" => query.choose_sort(order(value)?),
            "search.search" => and(query, &words(value)),
            "searchPanes.preSelect" => preselect(query, value)?,
            "displayStart" => {
                let start = value.trim().parse::<usize>();
                let start = start.map_err(|_| wrong(name, value, "a number of rows, such as 50"))?;
                query.page = start / query.rows.get();
            }
            _ => {}
        }
    }
    Ok(())
}

/// `[[2,"desc"],[3,"asc"]]`, or one pair alone.
fn order(value: &str) -> Result<Vec<Sort>, AppError> {
    let fail = || wrong("order", value, "pairs of a column and a direction, such as [[2,\"desc\"]]");
    let list = entries(value).ok_or_else(fail)?;
    let alone = list.first().is_some_and(|first| !first.is_array());
    let pairs = if alone { vec![Value::Array(list)] } else { list };
    let pair = |pair: &Value| {
        let column = column(pair.get(0)?.as_u64()?)?;
        match pair.get(1)?.as_str()? {
            "asc" => Some(Sort { column, descending: false }),
            "desc" => Some(Sort { column, descending: true }),
            _ => None,
        }
    };
    pairs.iter().map(|one| pair(one).ok_or_else(fail)).collect()
}

/// `[{"column":2,"rows":["High"]}]`.
fn preselect(query: &mut TableQuery, value: &str) -> Result<(), AppError> {
    let fail = || {
        let wanted = "columns with the rows chosen, such as [{\"column\":2,\"rows\":[\"High\"]}]";
        wrong("searchPanes.preSelect", value, wanted)
    };
    for pane in entries(value).ok_or_else(fail)? {
        let column = pane.get("column").and_then(Value::as_u64).and_then(column).ok_or_else(fail)?;
        let rows = pane.get("rows").and_then(Value::as_array).filter(|rows| rows.len() <= ENTRIES);
        let rows: Option<Vec<&str>> = rows.ok_or_else(fail)?.iter().map(Value::as_str).collect();
        for row in rows.ok_or_else(fail)? {
            choose(query, column, row.trim()).ok_or_else(fail)?;
        }
    }
    Ok(())
}

/// Chooses one row of a pane; `None` where that column could not be chosen from.
fn choose(query: &mut TableQuery, column: Column, row: &str) -> Option<()> {
    let facet = match column {
        Column::Severity => Facet::Severity,
        Column::Prio => Facet::Prio,
        Column::Product => Facet::Product,
        Column::Account => Facet::Account,
        Column::CaseStatus => Facet::CaseStatus,
        Column::CardStatus => Facet::CardStatus,
        Column::Assignee => Facet::Engineer,
        Column::CritSit => return flag(query, Property::CritSit, row),
        Column::Daily => return flag(query, Property::Daily, row),
        Column::Case | Column::Jira => {
            let field = if column == Column::Case { "case" } else { "card" };
            and(query, &format!("{field}:{}", quoted(row)));
            return Some(());
        }
        Column::Summary | Column::Comment => {
            and(query, &quoted(row));
            return Some(());
        }
        Column::DaysOpen | Column::Updated => return None,
    };
    let value = match facet {
        // The portal's form had a number in front.
        Facet::Severity => row.parse::<Severity>().ok()?.word().to_owned(),
        _ => row.to_owned(),
    };
    query.facets.entry(facet).or_default().insert(value);
    Some(())
}

fn flag(query: &mut TableQuery, property: Property, row: &str) -> Option<()> {
    match row.to_ascii_lowercase().as_str() {
        "yes" | "true" => query.flags.insert(property),
        // The language knows no property for the opposite; the box does.
        "no" | "false" => {
            let name = property.name();
            and(query, &format!("-is:{name}"));
            true
        }
        _ => return None,
    };
    Some(())
}

/// The columns were numbered as ours are, after the one that opened a row.
fn column(number: u64) -> Option<Column> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    Column::ALL.get(place).copied()
}

/// The old box knew words and phrases and no language: each is quoted where it would mean more here.
fn words(text: &str) -> String {
    let mut words = Vec::new();
    for (place, part) in text.split('"').enumerate() {
        if place % 2 == 1 {
            words.extend(Some(part.trim()).filter(|part| !part.is_empty()).map(quoted));
        } else {
            words.extend(part.split_whitespace().map(quoted));
        }
    }
    words.join(" ")
}

/// Adds a condition to the box. What is too long stays too long by one character, so that it is an error there.
fn and(query: &mut TableQuery, condition: &str) {
    let before = std::mem::take(&mut query.text);
    let all = format!("{before} {condition}");
    query.text = all.trim().chars().take(LENGTH + 1).collect();
}

fn entries(value: &str) -> Option<Vec<Value>> {
    match serde_json::from_str(value) {
        Ok(Value::Array(list)) if list.len() <= ENTRIES => Some(list),
        _ => None,
    }
}

fn wrong(name: &str, value: &str, expected: &str) -> AppError {
    let shown: String = value.chars().take(80).collect();
    AppError::BadRequest(format!("The address says {name}={shown}; expected are {expected}."))
}
