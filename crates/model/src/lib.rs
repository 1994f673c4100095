//! The documents as types, and everything that is computed from them.
//!
//! This room does no I/O, reads no clock and draws no random number: what it needs of either comes in as
//! an argument. It knows nothing of stores, upstreams or pages.

pub mod board;
pub mod chance;
pub mod clock;
pub mod documents;

pub mod figures;
pub mod names;
pub mod query;
pub mod time;
pub mod writing;
