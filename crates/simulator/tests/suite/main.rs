//! The simulator from outside, over HTTP.

mod common;
mod faults;
mod upstreams;
mod worlds;
