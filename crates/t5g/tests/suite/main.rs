//! The program's commands as somebody at a terminal uses them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its own files"
)]

mod audit;
mod bundle;
mod collector;
mod conventions;
mod deploy;
mod keeping;
mod linked;
mod living;
mod logs;
mod moving;
mod program;
mod reading;
mod settings;
mod stores;
mod tokens;
mod traces;
mod written;
