//! `/api/v1`: where what is.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer;
use super::parameters::Parameters;
use crate::api::accept::Format;
use crate::api::describe::{Operation, Tag, Verb, listed};
use crate::app::AppState;
use crate::error::AppError;

/// Where what is.
#[derive(Debug, Serialize, JsonSchema)]
struct Index {
    /// The program's version.
    version: &'static str,
    /// Lists and single things: what can be read, each with its address.
    resources: BTreeMap<&'static str, &'static str>,
    /// Background work.
    monitor: &'static str,
    /// The description of all of this.
    description: &'static str,
    /// A page to try it.
    documentation: &'static str,
}

/// `GET /api/v1`.
pub(crate) async fn show(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Parameters::read(&uri)?.finish(&["nothing"])?;
    Format::wanted(&headers, Format::OF_ONE)?;
    let ours = listed().into_iter().filter(|one| {
        matches!(one.operation.tag, Tag::Resources | Tag::Live | Tag::Writing)
            && one.operation.verb == Verb::Get
    });
    let index = Index {
        version: env!("CARGO_PKG_VERSION"),
        resources: ours.map(|one| (one.operation.id, one.path)).collect(),
        monitor: "/api/monitor",
        description: "/api/openapi.json",
        documentation: "/api/docs",
    };
    answer::json(&app, &headers, &index)
}

/// What the index says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::About, "getIndex", "Where what is").answers::<Index>(200, "Addresses.");
    vec![one.conditional().fails(400, "It takes no parameters.").fails(406, "Only JSON can be had.")]
}
