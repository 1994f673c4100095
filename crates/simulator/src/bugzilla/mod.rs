//! Bugzilla's REST interface in Red Hat's flavour: bugs by number, changes, comments, who asks.

mod access;
mod bugs;
mod change;
mod meta;

use axum::Router;
use axum::routing::MethodFilter;

pub(crate) use self::access::KEY;
use crate::ask::Ask;
use crate::reply::Reply;
use crate::route::{reading, writing};
use crate::state::Shared;

/// All of it under `/bugzilla/rest`.
pub(crate) fn routes() -> Router<Shared> {
    let rest = Router::new()
        .route("/version", reading(meta::version))
        .route("/extensions", reading(meta::extensions))
        .route("/whoami", reading(meta::whoami))
        .route("/user", reading(meta::users))
        .route("/valid_login", reading(meta::valid_login))
        .route("/bug", reading(bugs::search))
        .route("/bug/{id}", reading(bugs::one).merge(writing(MethodFilter::PUT, change::update)))
        .route(
            "/bug/{id}/comment",
            reading(bugs::comments).merge(writing(MethodFilter::POST, change::comment)),
        )
        .fallback(missing);
    Router::new().nest("/bugzilla/rest", rest)
}

async fn missing(ask: Ask) -> Reply {
    access::error(
        404,
        32_614,
        &format!("A REST API resource was not found for '{} {}'.", ask.method, ask.path),
    )
}
