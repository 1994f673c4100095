//! The one table of routes: path, methods, who may, handler. No logic. The layers around all of them, in order.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{MethodRouter, get, post};
use t5g_model::names::Role;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access::{self, Access, login};
use crate::api::{documents, index, monitor as monitor_api, refresh, stats};
use crate::app::AppState;
use crate::error::AppError;
use crate::layers::{errors, headers, limits, origin, panics, request_id, telemetry};
use crate::pages::{audit, home, monitor, sources, status, table, tokens, users};
use crate::{assets, ops};

/// One route.
#[derive(Debug)]
pub struct Route {
    /// The path's template.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    methods: MethodRouter<AppState>,
}

fn route(path: &'static str, access: Access, methods: MethodRouter<AppState>) -> Route {
    Route { path, access, methods }
}

const PUBLIC: Access = Access::Public;
const VIEWER: Access = Access::Role(Role::Viewer);
const ADMIN: Access = Access::Role(Role::Admin);
const OPERATOR: Access = Access::Role(Role::Operator);
/// A person, for what is theirs alone.
const PERSON: Access = Access::Person(Role::Viewer);

/// Addresses of the Python dashboard whose pages are gone.
const OLD: [&str; 10] = [
    "/updates/telco5g",
    "/updates/telco5g/all",
    "/updates/telco5g/severity",
    "/updates/telco5g/all/severity",
    "/updates/cnv",
    "/updates/cnv/all",
    "/updates/cnv/severity",
    "/updates/cnv/all/severity",
    "/stats/cnv",
    "/stats/telco5g",
];

/// All of them.
pub fn table() -> Vec<Route> {
    let mut table = vec![
        route("/", Access::Login, get(login::get).post(login::post)),
        route("/saml/metadata", PUBLIC, get(login::metadata)),
        route("/home", VIEWER, get(home::show)),
        route("/table/", VIEWER, get(table::recent)),
        route("/table/all", VIEWER, get(table::all)),
        route("/sources", VIEWER, get(sources::show)),
        route("/partials/freshness", VIEWER, get(sources::freshness)),
        route("/refresh", Access::Refresh, post(refresh::button)),
        route("/status/{id}", VIEWER, get(status::show)),
        route("/progress/status", VIEWER, post(refresh::progress)),
        route("/api", VIEWER, get(index::show)),
        route("/api/", VIEWER, get(index::show)),
        route("/api/stats", VIEWER, get(stats::show)),
        route("/api/refresh/{kind}", Access::Refresh, get(refresh::start_by_get).post(refresh::start)),
        route("/tokens", PERSON, get(tokens::list).post(tokens::create)),
        route("/tokens/{handle}/revoke", PERSON, post(tokens::revoke)),
        route("/users", ADMIN, get(users::list)),
        route("/users/{account}", ADMIN, get(users::show)),
        route("/users/{account}/block", ADMIN, post(users::block)),
        route("/users/{account}/unblock", ADMIN, post(users::unblock)),
        route("/users/{account}/sign-out", ADMIN, post(users::sign_out)),
        route("/users/{account}/sessions/{handle}/revoke", ADMIN, post(users::revoke_session)),
        route("/audit", ADMIN, get(audit::list)),
        route("/audit/export", ADMIN, get(audit::export)),
        route("/assets/{name}", PUBLIC, get(assets::show)),
        route("/healthz", PUBLIC, get(ops::health)),
        route("/readyz", PUBLIC, get(ops::readiness)),
        route("/metrics", Access::Monitoring, get(ops::metrics)),
    ];
    table.extend(monitor_pages());
    table.extend(monitor_for_programs());
    // One path per document: literal, so that metrics tell them apart.
    table.extend(documents::ROUTES.map(|(path, document)| route(path, VIEWER, documents::handler(document))));
    table.extend(OLD.map(|path| route(path, PUBLIC, get(to_home))));
    table
}

fn monitor_pages() -> Vec<Route> {
    vec![
        route("/monitor", OPERATOR, get(monitor::show)),
        route("/monitor/live", OPERATOR, get(monitor::live)),
        route("/monitor/tasks/{name}", OPERATOR, get(monitor::task)),
        route("/monitor/tasks/{name}/live", OPERATOR, get(monitor::task_live)),
        route("/monitor/tasks/{name}/run", OPERATOR, post(monitor::start)),
        route("/monitor/tasks/{name}/pause", OPERATOR, post(monitor::pause_schedule)),
        route("/monitor/tasks/{name}/resume", OPERATOR, post(monitor::resume_schedule)),
        route("/monitor/queues/{name}/pause", OPERATOR, post(monitor::pause_queue)),
        route("/monitor/queues/{name}/resume", OPERATOR, post(monitor::resume_queue)),
        route("/monitor/runs/{id}", OPERATOR, get(monitor::run)),
        route("/monitor/runs/{id}/live", OPERATOR, get(monitor::run_live)),
        route("/monitor/runs/{id}/cancel", OPERATOR, get(monitor::ask_cancel).post(monitor::cancel)),
        route("/monitor/runs/{id}/retry", OPERATOR, get(monitor::ask_retry).post(monitor::retry)),
    ]
}

fn monitor_for_programs() -> Vec<Route> {
    vec![
        route("/api/monitor", OPERATOR, get(monitor_api::overview)),
        route("/api/monitor/tasks", OPERATOR, get(monitor_api::list_tasks)),
        route("/api/monitor/tasks/{name}", OPERATOR, get(monitor_api::task)),
        route("/api/monitor/tasks/{name}/runs", OPERATOR, post(monitor_api::start)),
        route("/api/monitor/tasks/{name}/pause", OPERATOR, post(monitor_api::pause_schedule)),
        route("/api/monitor/tasks/{name}/resume", OPERATOR, post(monitor_api::resume_schedule)),
        route("/api/monitor/queues", OPERATOR, get(monitor_api::list_queues)),
        route("/api/monitor/queues/{name}/pause", OPERATOR, post(monitor_api::pause_queue)),
        route("/api/monitor/queues/{name}/resume", OPERATOR, post(monitor_api::resume_queue)),
        route("/api/monitor/workers", OPERATOR, get(monitor_api::list_workers)),
        route("/api/monitor/runs", OPERATOR, get(monitor_api::list_runs)),
        route("/api/monitor/runs/{id}", OPERATOR, get(monitor_api::run)),
        route("/api/monitor/runs/{id}/cancel", OPERATOR, post(monitor_api::cancel)),
        route("/api/monitor/runs/{id}/retry", OPERATOR, post(monitor_api::retry)),
    ]
}

/// The router with its layers: the outermost comes last.
pub(crate) fn router(app: AppState) -> Router {
    let routes = table().into_iter().fold(Router::new(), |all, one| {
        let guard = from_fn_with_state((app.clone(), one.access), access::layer);
        all.route(one.path, one.methods.layer(guard))
    });
    let body_bytes = usize::try_from(app.settings().limits.body_bytes).unwrap_or(usize::MAX);
    routes
        .fallback(no_such_page)
        .method_not_allowed_fallback(not_this_way)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(from_fn_with_state(app.clone(), limits::layer))
        .layer(from_fn_with_state(app.clone(), origin::layer))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(from_fn_with_state(app.clone(), errors::layer))
        .layer(from_fn_with_state(app.clone(), headers::layer))
        // What is compressed already says so and is left alone.
        .layer(CompressionLayer::new().gzip(true).no_br().quality(CompressionLevel::Fastest))
        .layer(from_fn(telemetry::layer))
        .layer(from_fn_with_state(app.clone(), request_id::layer))
        .with_state(app)
}

async fn to_home() -> Redirect {
    Redirect::to("/home")
}

async fn no_such_page(_: Uri) -> AppError {
    AppError::NoSuchPage
}

async fn not_this_way() -> AppError {
    AppError::MethodNotAllowed
}
