//! How to filter, made from the language's own lists.

use serde::Serialize;
use t5g_model::query::{EXAMPLES, Field, OtherField};

use crate::pages::table::TableQuery;

/// What the page says about the language.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Howto {
    examples: Vec<Example>,
    fields: Vec<FieldHelp>,
}

#[derive(Debug, Clone, Serialize)]
struct Example {
    query: &'static str,
    meaning: &'static str,
    href: String,
}

#[derive(Debug, Clone, Serialize)]
struct FieldHelp {
    name: &'static str,
    help: &'static str,
    /// The values it takes, where no other can be.
    values: String,
}

impl Howto {
    pub(super) fn of(path: &str) -> Self {
        let example = |(query, meaning): &(&'static str, &'static str)| {
            let address = TableQuery { text: (*query).to_owned(), ..TableQuery::default() };
            Example { query, meaning, href: address.link(path) }
        };
        let field = |field: Field| FieldHelp {
            name: field.name(),
            help: field.help(),
            values: match field {
                Field::Other(OtherField::Severity | OtherField::Is | OtherField::Has) => {
                    field.known_values().join(", ")
                }
                _ => String::new(),
            },
        };
        Self { examples: EXAMPLES.iter().map(example).collect(), fields: Field::all().map(field).collect() }
    }
}
