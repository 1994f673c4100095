//! Ledgers of every older version, brought up to date by this one; and what a step may do at all.

// `cfg(test)` tells clippy that helpers are tests too.
#[cfg(test)]
#[path = "upgrade/rows.rs"]
mod rows;
#[cfg(test)]
#[path = "upgrade/rules.rs"]
mod rules;
