//! The API: the Python dashboard's addresses and JSON, `/api/v1`, background work, the description of all. Answers come from the live board, never from a store.

pub(crate) mod accept;
pub(crate) mod conditional;
pub(crate) mod describe;
pub(crate) mod documents;
pub(crate) mod index;
pub(crate) mod monitor;
pub(crate) mod openapi;
pub(crate) mod refresh;
pub(crate) mod stats;
pub(crate) mod v1;
