//! The customer portal in its three faces over one set of cases.

mod files;
mod graphql;
mod hydra;
mod query;
mod render;
mod v3;
mod watchers;

use axum::Router;

pub(crate) use self::query::GROUP;
pub(crate) use self::render::{bug_link, time};
use crate::state::Shared;

/// The faces under the addresses that the product's base addresses name.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .nest("/portal/hydra/rest", hydra::routes())
        .nest("/portal/support/v3", v3::routes())
        .nest("/portal/support", hydra::routes())
        .merge(graphql::routes())
}
