//! The whole room over real HTTP: against the simulator, on SQLite.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod doubt;
mod faults;
mod ground;
mod incremental;
mod read_only;
mod whole;
mod writing;
mod writing_again;
mod writing_effects;
mod writing_waits;
