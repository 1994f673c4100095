//! End-to-end tests and benchmarks: the built binary against the simulator, real Redis, PostgreSQL and a real browser.
//!
//! Owns how the binary is found, started, watched and stopped. Looks at the product only from outside:
//! command line, HTTP, signals, files. Never links the product's own rooms but the simulator.

mod figure;
pub mod many;
pub mod process;
mod product;
mod prometheus;
mod world;

pub use figure::{figure, median_and_max};
pub use product::{Finished, Product, binary, run, spawn, spawn_as, spawn_logged};
pub use prometheus::{Found, Prometheus};
pub use world::World;

/// A client that follows no redirect.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    // Fails if a test of the same process came first, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let never = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(never).timeout(product::PATIENCE).build()
}
