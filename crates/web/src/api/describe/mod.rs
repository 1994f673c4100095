//! What a route of the API says of itself: each operation beside its handler, in terms of the types that it answers
//! with. The route table hands these to `document.rs`, which makes the OpenAPI description; nothing here answers.

mod document;
mod operation;

pub use document::openapi;
pub(crate) use document::{Listed, listed};
pub(crate) use operation::{Kind, Operation, Parameter, Shape, Tag, Verb, schema_of};

/// What documents that are passed on as they lie in the store look like: whatever wrote them may have added members.
pub(crate) enum AnyDocument {}

impl schemars::JsonSchema for AnyDocument {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Document".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["object", "array", "null"],
            "description": "A document as it lies in the store, an object by case number or by key; `null` or a list \
                where the Python dashboard has these too. Its entries may have members that are not described.",
        })
    }
}
