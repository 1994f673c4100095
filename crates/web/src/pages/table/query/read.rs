//! Reads the view from an address. Unknown names are passed over; values that cannot be are errors that say what can.

use std::collections::BTreeSet;

use axum::http::Uri;
use t5g_model::query::{self, Property, Word as _};
use url::form_urlencoded;

use crate::error::AppError;
use crate::live::table::{Column, Facet, Sort};
use crate::pages::table::query::{MOST_OPEN, MOST_ROWS, Open, Rows, TableQuery, legacy};

/// The longest value that is not a filter, in characters.
const VALUE: usize = 300;
/// The most parameters in one address.
const PARAMETERS: usize = 400;

/// The parameters of an address, in order, decoded.
pub(super) fn parameters(uri: &Uri) -> Result<Vec<(String, String)>, AppError> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let pairs: Vec<_> = pairs.take(PARAMETERS + 1).map(|(name, value)| (name.into(), value.into())).collect();
    if pairs.len() > PARAMETERS {
        return Err(AppError::BadRequest(format!("The address has more than {PARAMETERS} parameters.")));
    }
    Ok(pairs)
}

impl TableQuery {
    /// Reads it.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        Self::of(&parameters(uri)?)
    }

    pub(super) fn of(pairs: &[(String, String)]) -> Result<Self, AppError> {
        let mut query = Self::default();
        let (mut columns, mut moved) = (Vec::new(), None);
        for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let value = value.trim();
            match name.as_str() {
                "cols" => columns.extend(list(name, value, column)?),
                // What the form of the columns says, each by itself.
                "col" => columns.push(column(value).ok_or_else(|| unknown_column("col", value))?),
                "move" => moved = Some(shift(value)?),
                _ => query.set(name, value)?,
            }
        }
        if let Some((column, left)) = moved {
            shifted(&mut columns, column, left);
        }
        if !columns.is_empty() {
            query.choose_columns(columns);
        }
        legacy::add(&mut query, pairs)?;
        Ok(query)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), AppError> {
        if let Some(facet) = Facet::by_name(name) {
            self.facets.entry(facet).or_default().insert(value.to_owned());
            return Ok(());
        }
        match name {
            // One more than is allowed, so that a longer one is an error and not silently another query.
            "q" => self.text = value.chars().take(query::LENGTH + 1).collect(),
            "is" => {
                let all: Vec<_> = Property::ALL.iter().map(|flag| flag.name()).collect();
                self.flags.insert(Property::by_word(value).ok_or_else(|| unknown("is", value, &all))?);
            }
            "sort" => {
                let sort = list(name, value, sort)?;
                self.choose_sort(sort);
            }
            "rows" => self.rows = Rows::read("rows", value)?,
            "page" => {
                let page = value.parse::<usize>().ok().and_then(|page| page.checked_sub(1));
                self.page = page.ok_or_else(|| unknown("page", value, &["1", "2", "…"]))?;
            }
            "more" => {
                let all = Facet::ALL.map(|facet| facet.names().0);
                self.more.insert(Facet::by_name(value).ok_or_else(|| unknown("more", value, &all))?);
            }
            "open" => self.open_row(value),
            "close" => self.close_row(value),
            _ => {}
        }
        Ok(())
    }

    fn open_row(&mut self, key: &str) {
        match &mut self.open {
            _ if key == "all" => self.open = Open::All,
            Open::Keys(keys) if keys.len() < MOST_OPEN => {
                keys.insert(key.chars().take(VALUE).collect());
            }
            Open::Keys(_) | Open::All => {}
        }
    }

    fn close_row(&mut self, key: &str) {
        match &mut self.open {
            Open::Keys(keys) => {
                keys.remove(key);
            }
            Open::All => self.open = Open::default(),
        }
    }

    /// Whether the address is the one that [`Self::link`] writes: not an old one, and no form's way to say it.
    pub(crate) fn is_tidy(uri: &Uri) -> bool {
        let names: BTreeSet<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .map(|(name, _)| name.into_owned())
            .collect();
        let other = |name: &String| {
            matches!(name.as_str(), "col" | "move" | "close") || legacy::NAMES.contains(&name.as_str())
        };
        !names.iter().any(other)
    }
}

impl Rows {
    /// Reads it.
    pub(super) fn read(name: &str, value: &str) -> Result<Self, AppError> {
        let rows = value.parse::<usize>().ok().filter(|rows| (1..=MOST_ROWS).contains(rows));
        rows.map(Self).ok_or_else(|| unknown(name, value, &["1", "2", "…", "200"]))
    }
}

/// The values between commas.
fn list<T>(name: &str, value: &str, read: fn(&str) -> Option<T>) -> Result<Vec<T>, AppError> {
    let one = |word: &str| read(word.trim()).ok_or_else(|| unknown_column(name, word));
    value.split(',').take(Column::ALL.len() * 2).map(one).collect()
}

fn column(name: &str) -> Option<Column> {
    Column::by_name(name)
}

fn sort(word: &str) -> Option<Sort> {
    let (bare, descending) = word.strip_prefix('-').map_or((word, false), |bare| (bare, true));
    Column::by_name(bare).map(|column| Sort { column, descending })
}

/// A column and whether it goes left: `product-left`, `product-right`.
fn shift(value: &str) -> Result<(Column, bool), AppError> {
    let parts = value.rsplit_once('-').and_then(|(name, way)| match way {
        "left" => Some((column(name)?, true)),
        "right" => Some((column(name)?, false)),
        _ => None,
    });
    parts.ok_or_else(|| unknown("move", value, &["product-left", "product-right", "…"]))
}

/// Swaps the column with its neighbour, if it is among them and has one.
fn shifted(columns: &mut [Column], column: Column, left: bool) {
    let Some(from) = columns.iter().position(|one| *one == column) else { return };
    let to = if left { from.saturating_sub(1) } else { (from + 1).min(columns.len() - 1) };
    columns.swap(from, to);
}

fn unknown_column(name: &str, value: &str) -> AppError {
    unknown(name, value, &Column::ALL.map(|column| column.names().0))
}

/// An error that says what can stand there.
pub(super) fn unknown(name: &str, value: &str, known: &[&str]) -> AppError {
    let shown: String = value.chars().take(80).collect();
    AppError::BadRequest(format!(
        "The address says {name}={shown}, which is not known. Known are: {}.",
        known.join(", ")
    ))
}
