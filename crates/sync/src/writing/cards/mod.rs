//! Cards for new cases: what has to be known (`facts`), and the plan that follows from it (`plan`).

mod facts;
mod plan;

pub(super) use facts::gather;
pub(super) use plan::plan;
