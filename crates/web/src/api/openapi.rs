//! `/api/openapi.json`: the description of the API. The same text is a reviewed file of the repository.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::describe::{Operation, Tag, openapi};
use super::v1::answer;
use crate::app::AppState;
use crate::error::AppError;

/// Made once: it is the same for all who ask.
pub(crate) static DESCRIPTION: LazyLock<Value> = LazyLock::new(openapi);

/// An OpenAPI description, as a schema.
enum Description {}

impl JsonSchema for Description {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApi".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "required": ["openapi", "info", "paths"], "description": "OpenAPI 3.1." })
    }
}

/// The handler.
pub(crate) async fn show(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, AppError> {
    answer::json(&app, &headers, &*DESCRIPTION)
}

/// What the address says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::About, "getDescription", "This description");
    vec![one.answers::<Description>(200, "OpenAPI 3.1.").conditional()]
}
