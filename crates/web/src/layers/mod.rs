//! What happens to every request around its handler. Order matters; it is fixed in `routes.rs`.

pub(crate) mod errors;
pub(crate) mod headers;
pub(crate) mod limits;
pub(crate) mod origin;
pub(crate) mod panics;
pub(crate) mod repeat;
pub(crate) mod request_id;
pub(crate) mod telemetry;
