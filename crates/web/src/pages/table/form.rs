//! The filters of a view as fields of a form, and as chips that drop one each.

use serde::Serialize;
use t5g_model::board::Board;
use t5g_model::names::{CardStatus, CaseStatus, Severity};
use t5g_model::query::{Property, Word as _};

use crate::pages::table::query::{Facet, TableQuery};

/// The longest query that a label repeats, in characters.
const LABEL: usize = 80;

#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
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
pub(super) struct Kept {
    name: &'static str,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Chip {
    label: String,
    href: String,
}

pub(super) fn chips(query: &TableQuery, path: &str) -> Vec<Chip> {
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
pub(super) fn choices(board: &Board, query: &TableQuery) -> Vec<Choice> {
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

pub(super) fn kept(query: &TableQuery) -> Vec<Kept> {
    let shown = |facet: Facet| !matches!(facet, Facet::Account | Facet::Engineer | Facet::Product);
    let mut rest = TableQuery { text: String::new(), page: 0, open: None, ..query.clone() };
    rest.facets.retain(|facet, _| !shown(*facet) || chosen(query, *facet).is_none());
    if rest.flags.len() < 2 {
        rest.flags.clear();
    }
    rest.pairs().into_iter().map(|(name, value)| Kept { name, value }).collect()
}
