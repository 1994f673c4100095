//! The filters of a view as fields of a form, and as chips that drop one each.

use serde::Serialize;
use t5g_model::query::{Property, Word as _};

use crate::pages::table::panes::shortened;
use crate::pages::table::query::TableQuery;

/// A property to choose.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Offer {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// A part of the view that a form carries along.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Kept {
    name: &'static str,
    value: String,
}

/// A filter that holds, and the address without it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Chip {
    label: String,
    href: String,
}

/// The chips.
pub(super) fn chips(query: &TableQuery, path: &str) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |label: String, without: TableQuery| {
        chips.push(Chip { label, href: without.at_the_start().link(path) });
    };
    if !query.text.is_empty() {
        let label = format!("Filter: {}", shortened(&query.text));
        chip(label, TableQuery { text: String::new(), ..query.clone() });
    }
    for (facet, values) in &query.facets {
        for value in values {
            let mut without = query.clone();
            if let Some(left) = without.facets.get_mut(facet) {
                left.remove(value);
            }
            without.facets.retain(|_, values| !values.is_empty());
            let (_, name) = facet.names();
            chip(format!("{name}: {}", shortened(&facet.label(value))), without);
        }
    }
    for flag in &query.flags {
        let mut without = query.clone();
        without.flags.remove(flag);
        chip(flag.help().to_owned(), without);
    }
    chips
}

/// What the filters say, as chips have it.
pub(super) fn labels(query: &TableQuery) -> Vec<String> {
    chips(query, "").into_iter().map(|chip| chip.label).collect()
}

/// The properties, one of which the form chooses; none where the view has several, which the form then keeps.
pub(super) fn offers(query: &TableQuery) -> Vec<Offer> {
    if query.flags.len() > 1 {
        return Vec::new();
    }
    let offer = |flag: &Property| Offer {
        value: flag.name(),
        label: flag.help(),
        chosen: query.flags.contains(flag),
    };
    Property::ALL.iter().map(offer).collect()
}

/// What the form of the filters carries along.
pub(super) fn kept_by_filters(query: &TableQuery) -> Vec<Kept> {
    let flags = query.flags.iter().filter(|_| query.flags.len() > 1);
    let flags = flags.map(|flag| ("is", flag.name().to_owned()));
    flags.chain(query.shape_pairs()).map(kept).collect()
}

/// What the form that opens rows carries along: everything.
pub(super) fn kept_by_rows(query: &TableQuery) -> Vec<Kept> {
    query.pairs().into_iter().map(kept).collect()
}

/// What the form of the columns carries along.
pub(super) fn kept_by_columns(query: &TableQuery) -> Vec<Kept> {
    let without = TableQuery { columns: Vec::new(), ..query.at_the_start() };
    without.pairs().into_iter().filter(|(name, _)| *name != "rows").map(kept).collect()
}

fn kept((name, value): (&'static str, String)) -> Kept {
    Kept { name, value }
}
