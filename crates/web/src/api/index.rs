//! `GET /api/`: which endpoints there are, as full addresses.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::describe::{Operation, Tag};
use crate::api::documents::ROUTES;
use crate::api::refresh::KINDS;
use crate::app::AppState;

/// The list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Endpoints {
    endpoints: Vec<String>,
}

/// What the list says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::Old, "listOldEndpoints", "The addresses of the Python dashboard's API");
    vec![one.answers::<Endpoints>(200, "Full addresses.")]
}

/// The same, without a slash at the end.
pub(crate) fn about_bare() -> Vec<Operation> {
    let one = Operation::get(Tag::Old, "listOldEndpointsToo", "The same as `/api/`");
    vec![one.answers::<Endpoints>(200, "Full addresses.")]
}

/// Lists them in the Python dashboard's order: refreshes, documents, statistics.
pub(crate) async fn show(State(app): State<AppState>, headers: HeaderMap) -> Json<Endpoints> {
    let base = base(&app, &headers);
    let refreshes = KINDS.iter().map(|kind| format!("/api/refresh/{kind}"));
    let documents = ROUTES.iter().map(|(path, ..)| (*path).to_owned());
    let paths = refreshes.chain(documents).chain(["/api/stats".to_owned()]);
    Json(Endpoints { endpoints: paths.map(|path| format!("{base}{path}")).collect() })
}

/// The configured address, or how the client calls us; the host was checked by then.
fn base(app: &AppState, headers: &HeaderMap) -> String {
    if let Some(url) = &app.settings().base_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}
