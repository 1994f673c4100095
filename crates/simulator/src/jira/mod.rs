//! Jira over the world's issues, in both flavours: REST v2 and v3, and the agile part.

mod access;
mod agile;
mod change;
mod create;
mod fields;
mod issue;
mod jql;
mod matching;
mod meta;
mod render;
mod search;
mod text;
mod view;

use axum::routing::MethodFilter;
use axum::{Extension, Router};

pub(crate) use self::access::{PERSONAL_TOKEN, TOKEN};
pub(crate) use self::agile::{BOARD, SPRINT};
pub(crate) use self::render::time;
pub(crate) use self::search::SearchMemory;
use crate::ask::Mount;
use crate::route::{looking, reading, writing};
use crate::settings::Flavour;
use crate::state::Shared;

/// Jira under the flavour's own address and under the one that the settings choose.
pub(crate) fn routes(flavour: Flavour) -> Router<Shared> {
    Router::new()
        .nest("/jira", one("/jira", flavour))
        .nest("/jira-cloud", one("/jira-cloud", Flavour::Cloud))
        .nest("/jira-dc", one("/jira-dc", Flavour::DataCenter))
}

fn one(prefix: &'static str, flavour: Flavour) -> Router<Shared> {
    let both = match flavour {
        Flavour::Cloud => Router::new().nest("/rest/api/2", rest(flavour)).nest("/rest/api/3", rest(flavour)),
        Flavour::DataCenter => {
            Router::new().nest("/rest/api/2", rest(flavour)).nest("/rest/api/latest", rest(flavour))
        }
    };
    both.nest("/rest/agile/1.0", agile::routes())
        .route("/browse/{key}", reading(issue::browse))
        .layer(Extension(Mount { prefix, flavour }))
}

fn rest(flavour: Flavour) -> Router<Shared> {
    let common = Router::new()
        .route("/serverInfo", reading(meta::server_info))
        .route("/myself", reading(meta::myself))
        .route("/field", reading(meta::fields))
        .route("/project", reading(meta::projects))
        .route("/project/{key}", reading(meta::project))
        .route("/priority", reading(meta::priorities))
        .route("/status", reading(meta::statuses))
        .route("/issuetype", reading(meta::issue_types))
        .route("/mypermissions", reading(meta::permissions))
        .route("/issue", writing(MethodFilter::POST, create::create))
        .route("/issue/{key}", reading(issue::get).merge(writing(MethodFilter::PUT, change::edit)))
        .route(
            "/issue/{key}/comment",
            reading(issue::comments).merge(writing(MethodFilter::POST, change::comment)),
        )
        .route(
            "/issue/{key}/transitions",
            reading(issue::transitions).merge(writing(MethodFilter::POST, change::transition)),
        )
        .route(
            "/issue/{key}/remotelink",
            reading(issue::links)
                .merge(writing(MethodFilter::POST, change::link))
                .merge(writing(MethodFilter::DELETE, change::unlink)),
        )
        .route("/issue/{key}/assignee", writing(MethodFilter::PUT, change::assign))
        .route("/issue/{key}/remotelink/{id}", reading(issue::link));
    match flavour {
        Flavour::Cloud => common
            .route(
                "/search/jql",
                reading(search::cloud_get).merge(looking(MethodFilter::POST, search::cloud_post)),
            )
            .route("/search/approximate-count", looking(MethodFilter::POST, search::count))
            .route("/search", reading(search::gone).merge(looking(MethodFilter::POST, search::gone)))
            .route("/issue/bulkfetch", looking(MethodFilter::POST, search::bulk)),
        Flavour::DataCenter => common.route(
            "/search",
            reading(search::center_get).merge(looking(MethodFilter::POST, search::center_post)),
        ),
    }
}
