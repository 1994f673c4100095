//! What operators see of the program from outside: the one list of its metrics, and traces for whoever collects them.
//! Knows neither settings nor rooms; whoever counts something does it with the names of the list.

pub mod metrics;
pub mod trace;
