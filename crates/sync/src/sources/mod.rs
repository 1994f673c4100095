//! One file or folder per source: fetch → convert → join. Upstream in, documents out; storing is the frame's.

pub(crate) mod bugs;
pub(crate) mod cards;
pub(crate) mod cases;
pub(crate) mod details;
pub(crate) mod escalations;
pub(crate) mod issues;
pub(crate) mod jira;
pub(crate) mod stats;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use t5g_model::names::Source;

use crate::context::SyncContext;
use crate::refresh::{Order, Outcome};

/// Fetches one source as a whole, or what changed of it.
pub(crate) fn fetch(
    ctx: &SyncContext,
    source: Source,
    order: Order,
) -> BoxFuture<'_, anyhow::Result<Outcome>> {
    match source {
        Source::Cases => cases::fetch(ctx, order).boxed(),
        Source::Details => details::fetch(ctx, order).boxed(),
        Source::Bugs => bugs::fetch(ctx, order).boxed(),
        Source::Issues => issues::fetch(ctx, order).boxed(),
        Source::Escalations => escalations::fetch(ctx, order).boxed(),
        Source::Cards => cards::fetch(ctx, order).boxed(),
        Source::Stats => stats::fetch(ctx, order).boxed(),
    }
}
