//! The shape of everything that `/api/v1` answers, in one place; the description of the API derives from it. What is
//! not known is `null`. Text comes as its author wrote it, which may be markup: escape it where you show it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

/// One entry of a list, or one thing alone.
pub(crate) trait Row: Serialize + JsonSchema + Send + 'static {
    /// The names of its members, in order.
    fn fields() -> Vec<&'static str>;
}

/// A row, and the list of its members beside it.
macro_rules! row {
    ($(#[$about:meta])* $name:ident $([$inner:ident: $base:ident])? {
        $($(#[$doc:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Serialize, JsonSchema)]
        pub(crate) struct $name {
            $(
                #[serde(flatten)]
                pub(crate) $inner: $base,
            )?
            $($(#[$doc])* pub(crate) $field: $type,)*
        }

        impl Row for $name {
            fn fields() -> Vec<&'static str> {
                let base: Vec<Vec<&'static str>> = vec![$($base::fields())?];
                let own: &[&'static str] = &[$(stringify!($field)),*];
                base.into_iter().flatten().chain(own.iter().copied()).collect()
            }
        }
    };
}

mod cards;
mod figures;
mod sources;
mod trackers;
mod writing;

pub(crate) use cards::{Card, CardInFull, Case, CaseInFull, Comment};
pub(crate) use figures::{Account, DayOfHistory, Engineer, FiguresOfCards, Outcome, StatisticsNow};
pub(crate) use sources::Source;
pub(crate) use trackers::{Bug, Issue};
pub(crate) use writing::{WriteLeftOut, WritePlan, WritePlanInFull, WriteStep};

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{R}Page")]
pub(crate) struct Page<R> {
    /// The rows, in the order that was asked for.
    pub(crate) items: Vec<R>,
    /// How many rows pass the filters, on all pages.
    pub(crate) total: usize,
    /// Give it as `cursor` to get the next page; null on the last one.
    pub(crate) cursor: Option<String>,
    /// The address of the next page; null on the last one.
    pub(crate) next: Option<String>,
}

/// A row of which `fields` may have picked some members: its shape without the demand that all are there.
pub(crate) struct Chosen<R>(std::marker::PhantomData<R>);

impl<R: Row> JsonSchema for Chosen<R> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Members", R::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = R::json_schema(generator);
        schema.remove("required");
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_builds_on_another_has_its_members_too() {
        let all = CaseInFull::fields();
        assert_eq!((all.first(), all.last()), (Some(&"number"), Some(&"issues")));
        let schema = SchemaGenerator::default().into_root_schema_for::<CaseInFull>();
        let described = schema.get("properties").unwrap().as_object().unwrap();
        assert_eq!(described.len(), all.len());
        assert!(all.iter().all(|name| described.contains_key(*name)));
    }
}
