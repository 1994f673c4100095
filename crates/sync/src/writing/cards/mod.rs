//! Cards for new cases: what has to be known (`facts`), and the plan that follows from it (`plan`).

mod facts;
mod plan;
#[cfg(test)]
mod tests;

pub(super) use facts::{CardFacts, gather};
pub(super) use plan::plan;
