//! One card that was just made, added to the document without waiting for a refresh.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use t5g_model::documents::{Document, read, write};
use t5g_model::names::CardKey;
use t5g_store::StoreError;
use t5g_store::documents::Guard;

use super::convert::{FIELDS, tracked};
use super::join::{self, Known};
use super::known;
use crate::context::SyncContext;
use crate::previous::heavy;
use crate::sources::jira::FieldIds;

/// How often it is tried again because somebody else wrote the document meanwhile.
const CONFLICTS: usize = 8;

/// Whether the document has that card; `None`: there is no document.
pub(crate) async fn has(ctx: &SyncContext, key: &CardKey) -> anyhow::Result<Option<bool>> {
    let Some(stored) = ctx.documents.read(Document::Cards).await? else { return Ok(None) };
    let key = key.clone();
    heavy(move || Ok(Some(read::cards(&stored.bytes)?.value.contains_key(&key)))).await?
}

/// Reads that card from Jira and adds it. `Some`: it is no card that can be shown, and why.
pub(crate) async fn keep(ctx: &SyncContext, key: &CardKey) -> anyhow::Result<Option<String>> {
    let contributors = FieldIds::resolve(ctx).await?.of(&ctx.rules.fields.contributors);
    let fields: Vec<String> = FIELDS.iter().map(ToString::to_string).chain([contributors.clone()]).collect();
    let issue = ctx.jira.issue(key.as_str(), &fields, true).await?;
    let fresh = match tracked(key, &issue, &contributors, &ctx.rules.cards.statuses) {
        Ok(fresh) => fresh,
        Err(left_out) => return Ok(Some(left_out.to_string())),
    };
    let now = ctx.clock.now();
    for _ in 0..CONFLICTS {
        let known: Known = known::read(ctx).await?;
        let stored = ctx.documents.read(Document::Cards).await?.context("there is no document of cards")?;
        let (key, fresh, was) = (key.clone(), fresh.clone(), stored.fingerprint);
        let joined = heavy(move || {
            // What cannot be read of it would be lost with this.
            let mut reading = read::cards(&stored.bytes)?;
            if !reading.problems.is_empty() {
                bail!("entries of the document of cards cannot be read; the next refresh mends it");
            }
            let left_out = join::join([(key, fresh)].into(), &known, now, |key, card| {
                reading.value.insert(key.clone(), card);
                Ok(())
            })?;
            let left_out = left_out.first().map(ToString::to_string);
            Ok::<_, anyhow::Error>((write::cards(&reading.value)?, left_out))
        });
        let (json, left_out) = joined.await??;
        if left_out.is_some() {
            return Ok(left_out);
        }
        let guard =
            Guard { unchanged: Some((Document::Cards, Some(was))), fence: ctx.ledger.fence().cloned() };
        match ctx.documents.replace(&[(Document::Cards, Bytes::from(json))], &guard).await {
            Err(StoreError::Conflict { .. }) => {}
            other => return Ok(other.map(|()| None)?),
        }
    }
    bail!("others keep writing the document of cards")
}
