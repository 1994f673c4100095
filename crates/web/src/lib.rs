//! The web face: pages and API from the live board, assets, metrics. A request never waits for an upstream or a
//! store and never parses a document. Tasks are known by name only, and started through the queue.

mod access;
mod api;
mod app;
mod assets;
mod error;
mod export;
mod layers;
mod live;
mod monitor;
mod ops;
mod ops_server;
mod pages;
mod routes;
pub mod samples;
mod server;
mod settings;
mod stream;
mod telemetry;
mod templates;
mod text;
mod view;
mod writing;

pub use access::{Access, AccessKey, AccessSettings, Login, Network, NotBelieved, Provider, RoleGroups};
pub use api::describe::openapi;
pub use api::documents::served as served_documents;
pub use api::v1::writing::{plan_as_json, step_as_json};
pub use app::{App, AppBuilder, BuildError};
pub use assets::{Assets, AssetsError};
pub use layers::headers::CONTENT_POLICY;
pub use ops_server::Monitoring;
pub use routes::{Route, table as route_table};
pub use server::serve;
pub use settings::{Limits, TaskNames, WebSettings};
pub use telemetry::install_metrics;
pub use templates::{CheckError, check as check_templates};
