//! How a plain function becomes a route: it runs off the async threads, under the world's lock, which is never
//! held while anything is awaited.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::{Ground, Shared, Sim};

/// A `GET` that only looks.
pub(crate) fn reading(handler: fn(&Ground, &Ask) -> Answer) -> MethodRouter<Shared> {
    looking(MethodFilter::GET, handler)
}

/// A request by that method that only looks.
pub(crate) fn looking(method: MethodFilter, handler: fn(&Ground, &Ask) -> Answer) -> MethodRouter<Shared> {
    on(method, move |State(sim): State<Shared>, ask: Ask| {
        off_thread(move || handler(&sim.read(), &ask).unwrap_or_else(|refusal| refusal))
    })
}

/// A request by that method that changes the world, and leaves a line in the journal.
pub(crate) fn writing(
    method: MethodFilter,
    handler: fn(&mut Ground, &Ask) -> Answer,
) -> MethodRouter<Shared> {
    on(method, move |State(sim): State<Shared>, ask: Ask| {
        off_thread(move || {
            let mut ground = sim.write();
            let reply = handler(&mut ground, &ask).unwrap_or_else(|refusal| refusal);
            let now = ground.now();
            ground.written.journal.record(now, &ask, reply.status);
            reply
        })
    })
}

/// A request by that method that changes something no journal is kept of.
pub(crate) fn on_ground(
    method: MethodFilter,
    handler: fn(&mut Ground, &Ask) -> Answer,
) -> MethodRouter<Shared> {
    on(method, move |State(sim): State<Shared>, ask: Ask| {
        off_thread(move || handler(&mut sim.write(), &ask).unwrap_or_else(|refusal| refusal))
    })
}

/// A request to the simulator itself.
pub(crate) fn control(method: MethodFilter, handler: fn(&Sim, &Ask) -> Answer) -> MethodRouter<Shared> {
    on(method, move |State(sim): State<Shared>, ask: Ask| {
        off_thread(move || handler(&sim, &ask).unwrap_or_else(|refusal| refusal))
    })
}

async fn off_thread(work: impl FnOnce() -> Reply + Send + 'static) -> Reply {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a simulated route failed");
        Reply::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain",
            "the simulator itself failed; see its log",
        )
    })
}
