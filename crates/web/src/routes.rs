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
use crate::api::describe::Operation;
use crate::api::v1::accounts::{Accounts, Engineers};
use crate::api::v1::cards::Cards;
use crate::api::v1::cases::Cases;
use crate::api::v1::collection::list;
use crate::api::v1::single::show as single;
use crate::api::v1::sources::Sources;
use crate::api::v1::statistics::History;
use crate::api::v1::trackers::{Bugs, Issues};
use crate::api::{documents, index, monitor as monitor_api, openapi, refresh, stats, v1};
use crate::app::AppState;
use crate::error::AppError;
use crate::layers::{errors, headers, limits, origin, panics, repeat, request_id, telemetry};
use crate::pages::{
    api_docs, audit, card, home, journal, monitor, names, plan, report, rows, scope, shrinks, sources,
    stats as stats_page, status, table, tokens, users, views, weekly,
};
use crate::{assets, ops};

/// One route.
#[derive(Debug)]
pub struct Route {
    /// The path's template.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What its operations say of themselves; `None`: it is no part of the API.
    pub(crate) about: Option<fn() -> Vec<Operation>>,
    /// Whether a reader who has the answer already is told just that, see `layers/repeat.rs`.
    repeats: bool,
    methods: MethodRouter<AppState>,
}

impl Route {
    /// With a description: a route of the API.
    fn about(self, about: fn() -> Vec<Operation>) -> Self {
        Self { about: Some(about), ..self }
    }

    /// Made of nothing but the board, the address, and the frame of the page.
    fn of_the_board(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// Whether it is made of nothing but the board, the address, and the frame of the page.
    pub fn is_of_the_board(&self) -> bool {
        self.repeats
    }

    /// Whether it is described as part of the API.
    pub fn is_described(&self) -> bool {
        self.about.is_some()
    }
}

fn route(path: &'static str, access: Access, methods: MethodRouter<AppState>) -> Route {
    Route { path, access, methods, about: None, repeats: false }
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
        route("/home", VIEWER, get(home::show)).of_the_board(),
        route("/stats", VIEWER, get(stats_page::show)).of_the_board(),
        route("/figures/{figure}", VIEWER, get(rows::show)).of_the_board(),
        route("/accounts", VIEWER, get(names::accounts)).of_the_board(),
        route("/account", VIEWER, get(scope::account_named)).of_the_board(),
        route("/account/{*name}", VIEWER, get(scope::account)).of_the_board(),
        route("/engineers", VIEWER, get(names::engineers)).of_the_board(),
        route("/engineer", VIEWER, get(scope::engineer_named)).of_the_board(),
        route("/engineer/{*name}", VIEWER, get(scope::engineer)).of_the_board(),
        route("/table/details", VIEWER, get(table::details)).of_the_board(),
        route("/table/complete", VIEWER, get(table::complete)).of_the_board(),
        route("/sources", VIEWER, get(sources::show)).of_the_board(),
        route("/sources/{document}/approve", OPERATOR, post(shrinks::approve)),
        route("/sources/{document}/reject", OPERATOR, post(shrinks::reject)),
        route("/partials/freshness", VIEWER, get(sources::freshness)),
        route("/refresh", Access::Refresh, post(refresh::button)).about(refresh::about_button),
        route("/status/{id}", VIEWER, get(status::show)).about(status::about),
        route("/progress/status", VIEWER, post(refresh::progress)).about(refresh::about_progress),
        route("/api", VIEWER, get(index::show)).about(index::about_bare),
        route("/api/", VIEWER, get(index::show)).about(index::about),
        route("/api/stats", VIEWER, get(stats::show)).about(stats::about),
        route("/api/refresh/{kind}", Access::Refresh, get(refresh::start_by_get).post(refresh::start))
            .about(refresh::about_kind),
        route(
            "/api/refresh/create_jira_cards",
            OPERATOR,
            get(refresh::create_cards_by_get).post(refresh::create_cards),
        )
        .about(refresh::about_create_cards),
        route("/views", VIEWER, get(views::list)),
        route("/views/save", PERSON, post(views::save)),
        route("/views/remove", PERSON, post(views::remove)),
        route("/assets/{name}", PUBLIC, get(assets::show)),
        route("/healthz", PUBLIC, get(ops::health)),
        route("/readyz", PUBLIC, get(ops::readiness)),
        route("/metrics", Access::Monitoring, get(ops::metrics)),
    ];
    table.extend(people());
    table.extend(tables());
    table.extend(reports());
    table.extend(monitor_pages());
    table.extend(monitor_for_programs());
    table.extend(writing());
    table.extend(resources());
    // One path per document: literal, so that metrics tell them apart.
    table.extend(
        documents::ROUTES
            .map(|(path, document, about)| route(path, VIEWER, documents::handler(document)).about(about)),
    );
    table.extend(OLD.map(|path| route(path, PUBLIC, get(to_home))));
    table
}

/// Who may come in, by what, and what they did.
fn people() -> Vec<Route> {
    vec![
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
    ]
}

/// One path per page, its rows and its files: literal, so that metrics tell them apart.
fn tables() -> Vec<Route> {
    let page =
        |selection: table::Selection| route(selection.path(), VIEWER, table::page(selection)).of_the_board();
    let rows = |selection: table::Selection| {
        route(selection.rows_path(), VIEWER, table::rows(selection)).of_the_board()
    };
    let file = |(path, selection, format)| route(path, VIEWER, table::file(selection, format));
    let pages = table::Selection::EACH.map(page).into_iter();
    let rows = table::Selection::EACH.map(rows);
    pages.chain(rows).chain(table::EXPORTS.map(file)).collect()
}

fn reports() -> Vec<Route> {
    vec![
        route("/updates/", VIEWER, get(report::recent)).of_the_board(),
        route("/updates/all", VIEWER, get(report::all)).of_the_board(),
        route("/trends/", VIEWER, get(report::trends)).of_the_board(),
        route("/weekly/", VIEWER, get(weekly::show)).of_the_board(),
        route("/weekly.md", VIEWER, get(weekly::markdown)).of_the_board(),
        route("/weekly.txt", VIEWER, get(weekly::plain)).of_the_board(),
        route("/weekly.slack.txt", VIEWER, get(weekly::slack)).of_the_board(),
        route("/card/{key}", VIEWER, get(card::show)).of_the_board(),
        route("/updates", VIEWER, get(to_slash)),
        route("/trends", VIEWER, get(to_slash)),
        route("/weekly", VIEWER, get(to_slash)),
    ]
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

/// What is written to other services: seen and decided by operators.
fn writing() -> Vec<Route> {
    vec![
        route("/cards/plan", OPERATOR, get(plan::show).post(plan::again)),
        route("/cards/plan/live", OPERATOR, get(plan::live)),
        route("/cards/plan/do", OPERATOR, get(journal::ask_do).post(journal::do_planned)),
        route("/journal", OPERATOR, get(journal::list)),
        route("/journal/{plan}", OPERATOR, get(journal::plan)),
        route("/journal/{plan}/live", OPERATOR, get(journal::plan_live)),
        route("/journal/{plan}/{decision}", OPERATOR, get(journal::ask_of_plan).post(journal::decide)),
        route(
            "/journal/{plan}/steps/{seq}/{deed}",
            OPERATOR,
            get(journal::ask_of_step).post(journal::do_step),
        ),
        route("/api/v1/plans", OPERATOR, get(v1::writing::list_plans)).about(v1::writing::about::plans),
        route("/api/v1/plans/{id}", OPERATOR, get(v1::writing::show_plan)).about(v1::writing::about::plan),
        route("/api/v1/plans/{id}/release", OPERATOR, post(v1::writing::release))
            .about(v1::writing::about::release),
        route("/api/v1/plans/{id}/reject", OPERATOR, post(v1::writing::reject))
            .about(v1::writing::about::reject),
        route("/api/v1/journal", OPERATOR, get(v1::writing::list_steps)).about(v1::writing::about::journal),
    ]
}

fn resources() -> Vec<Route> {
    vec![
        route("/api/openapi.json", VIEWER, get(openapi::show)).about(openapi::about),
        route("/api/docs", VIEWER, get(api_docs::show)).about(api_docs::about),
        route("/api/v1", VIEWER, get(v1::index::show)).about(v1::index::about),
        route("/api/v1/cards", VIEWER, get(list::<Cards>)).about(v1::cards::about_list),
        route("/api/v1/cards/{key}", VIEWER, get(v1::cards::show)).about(v1::cards::about_one),
        route("/api/v1/cases", VIEWER, get(list::<Cases>)).about(v1::cases::about_list),
        route("/api/v1/cases/{number}", VIEWER, get(v1::cases::show)).about(v1::cases::about_one),
        route("/api/v1/bugs", VIEWER, get(list::<Bugs>)).about(v1::trackers::about_bugs),
        route("/api/v1/bugs/{number}", VIEWER, get(single::<Bugs>)).about(v1::trackers::about_bug),
        route("/api/v1/issues", VIEWER, get(list::<Issues>)).about(v1::trackers::about_issues),
        route("/api/v1/issues/{key}", VIEWER, get(single::<Issues>)).about(v1::trackers::about_issue),
        route("/api/v1/accounts", VIEWER, get(list::<Accounts>)).about(v1::accounts::about_accounts),
        route("/api/v1/accounts/{name}", VIEWER, get(single::<Accounts>)).about(v1::accounts::about_account),
        route("/api/v1/engineers", VIEWER, get(list::<Engineers>)).about(v1::accounts::about_engineers),
        route("/api/v1/engineers/{name}", VIEWER, get(single::<Engineers>))
            .about(v1::accounts::about_engineer),
        route("/api/v1/statistics", VIEWER, get(v1::statistics::now)).about(v1::statistics::about_now),
        route("/api/v1/statistics/history", VIEWER, get(list::<History>))
            .about(v1::statistics::about_history),
        route("/api/v1/sources", VIEWER, get(list::<Sources>)).about(v1::sources::about),
        route("/api/v1/events", VIEWER, get(v1::events::show)).about(v1::events::about),
    ]
}

fn monitor_for_programs() -> Vec<Route> {
    vec![
        route("/api/monitor", OPERATOR, get(monitor_api::overview)).about(monitor_api::about::overview),
        route("/api/monitor/tasks", OPERATOR, get(monitor_api::list_tasks)).about(monitor_api::about::tasks),
        route("/api/monitor/tasks/{name}", OPERATOR, get(monitor_api::task)).about(monitor_api::about::task),
        route("/api/monitor/tasks/{name}/runs", OPERATOR, post(monitor_api::start))
            .about(monitor_api::about::start),
        route("/api/monitor/tasks/{name}/pause", OPERATOR, post(monitor_api::pause_schedule))
            .about(monitor_api::about::pause_schedule),
        route("/api/monitor/tasks/{name}/resume", OPERATOR, post(monitor_api::resume_schedule))
            .about(monitor_api::about::resume_schedule),
        route("/api/monitor/queues", OPERATOR, get(monitor_api::list_queues))
            .about(monitor_api::about::queues),
        route("/api/monitor/queues/{name}/pause", OPERATOR, post(monitor_api::pause_queue))
            .about(monitor_api::about::pause_queue),
        route("/api/monitor/queues/{name}/resume", OPERATOR, post(monitor_api::resume_queue))
            .about(monitor_api::about::resume_queue),
        route("/api/monitor/workers", OPERATOR, get(monitor_api::list_workers))
            .about(monitor_api::about::workers),
        route("/api/monitor/runs", OPERATOR, get(monitor_api::list_runs)).about(monitor_api::about::runs),
        route("/api/monitor/runs/{id}", OPERATOR, get(monitor_api::run)).about(monitor_api::about::run),
        route("/api/monitor/runs/{id}/cancel", OPERATOR, post(monitor_api::cancel))
            .about(monitor_api::about::cancel),
        route("/api/monitor/runs/{id}/retry", OPERATOR, post(monitor_api::retry))
            .about(monitor_api::about::retry),
    ]
}

/// The router with its layers: the outermost comes last.
pub(crate) fn router(app: AppState) -> Router {
    let routes = table().into_iter().fold(Router::new(), |all, one| {
        let guard = from_fn_with_state((app.clone(), one.access), access::layer);
        let methods = if one.repeats {
            one.methods.layer(from_fn_with_state(app.clone(), repeat::layer))
        } else {
            one.methods
        };
        all.route(one.path, methods.layer(guard))
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

/// The Python dashboard's addresses end with a slash; people leave it out.
async fn to_slash(uri: Uri) -> Redirect {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    Redirect::permanent(&format!("{}/{query}", uri.path()))
}

async fn no_such_page(_: Uri) -> AppError {
    AppError::NoSuchPage
}

async fn not_this_way() -> AppError {
    AppError::MethodNotAllowed
}
