//! What `t5g doctor` looks at, one file for each part. Each look is a finding that says what is wrong and what
//! mends it; none stops the others.

mod data;
mod finding;
pub(crate) mod migrate;
mod queue;
mod sign_on;
mod stores;
mod upstreams;

use t5g_config::Settings;
use t5g_model::clock::Clock;

pub(crate) use finding::{Finding, State};

/// Looks at everything that these settings name.
pub(crate) async fn examine(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    let (stores, sign_on, upstreams) = tokio::join!(
        stores::examine(settings, clock),
        sign_on::examine(settings, clock),
        // What asks every upstream is large; it lies beside the others.
        Box::pin(upstreams::examine(settings, clock))
    );
    stores.into_iter().chain(sign_on).chain(upstreams).collect()
}
