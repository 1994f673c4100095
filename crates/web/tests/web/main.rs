//! Drives the real router in process. One file per route or concern; one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail the test, as its own lines do"
)]

mod access;
mod api_events;
mod api_guide;
mod api_lists;
mod api_resources;
mod api_world;
mod assets;
mod card;
mod common;
mod connections;
mod described;
mod documents;
mod figures;
mod freshness;
mod home;
mod hostile;
mod live;
mod metrics;
mod monitor;
mod monitor_api;
mod openapi;
mod ops;
mod refresh;
mod repeat;
mod reports;
mod shell;
mod shrinks;
mod table;
mod templates;
mod views;
mod weekly;
mod writing;
