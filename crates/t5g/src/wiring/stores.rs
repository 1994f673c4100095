//! Opens the stores that the settings name.

use anyhow::{Context as _, Result};
use t5g_config::Settings;
use t5g_store::documents::{Documents, Limits};
use t5g_store::ledger::Ledger;

/// The documents.
pub(crate) async fn documents(settings: &Settings) -> Result<Documents> {
    let address = settings.documents.url.as_ref().context("documents.url has no value")?;
    Ok(t5g_store::documents::open(address.expose(), Limits::default()).await?)
}

/// The ledger.
pub(crate) async fn ledger(settings: &Settings) -> Result<Ledger> {
    let address = settings.ledger.url.as_ref().context("ledger.url has no value")?;
    Ok(Ledger::open(address.expose()).await?)
}
