//! The API: the Python dashboard's addresses and JSON. Answers come from the live board, never from a store.

pub(crate) mod conditional;
pub(crate) mod documents;
pub(crate) mod index;
pub(crate) mod monitor;
pub(crate) mod refresh;
pub(crate) mod stats;
