//! Everything that cards are joined with, as the store holds it.

use t5g_model::documents::{Bugs, Details, Document, Escalations, Issues, read, write};
use t5g_model::names::Source;

use super::join::{Known, whole_numbers};
use crate::context::SyncContext;
use crate::previous;
use crate::refresh::Fetched;

/// Reads it. Cases must be there; what is missing of the rest is joined as nothing.
pub(super) async fn read(ctx: &SyncContext) -> anyhow::Result<Known> {
    let documents = &ctx.documents;
    let cases = previous::required(documents, Document::Cases, read::cases).await?;
    let details: Details = previous::optional(documents, Document::Details, read::details).await?;
    let bugs: Bugs = previous::optional(documents, Document::Bugs, read::bugs).await?;
    let issues: Issues = previous::optional(documents, Document::Issues, read::issues).await?;
    let escalations: Escalations =
        previous::optional(documents, Document::Escalations, read::escalations).await?;
    Ok(Known {
        cases,
        details,
        bugs: bugs.unwrap_or_default(),
        issues,
        escalated: whole_numbers(escalations.iter().flatten()),
        escalations_project: ctx.rules.escalations.project.clone(),
    })
}

/// The documents of sources that are not configured, where they are missing: null, as the contract says. One
/// that is there stays: a setting that vanished must not take the data with it.
pub(super) async fn nulls(ctx: &SyncContext) -> anyhow::Result<Vec<Fetched>> {
    let present = ctx.documents.present().await?;
    let mut nulls = Vec::new();
    for (source, document, json) in [
        (Source::Bugs, Document::Bugs, write::bugs(&None)?),
        (Source::Escalations, Document::Escalations, write::escalations(&None)?),
    ] {
        if ctx.unconfigured(source).is_some() && !present.contains(&document) {
            nulls.push(Fetched { document, json, rows: None });
        }
    }
    Ok(nulls)
}
