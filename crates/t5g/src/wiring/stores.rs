//! Opens the stores that the settings name. Each command says for what: only who runs the service prepares them.

use anyhow::{Context as _, Result};
use t5g_config::Settings;
use t5g_store::Opening;
use t5g_store::documents::{Documents, Limits};
use t5g_store::ledger::Ledger;

/// The documents.
pub(crate) async fn documents(settings: &Settings, opening: Opening) -> Result<Documents> {
    let address = settings.documents.url.as_ref().context("documents.url has no value")?;
    Ok(t5g_store::documents::open_to(opening, address.expose(), Limits::default()).await?)
}

/// The ledger. One on PostgreSQL is spoken to when it is first needed.
pub(crate) async fn ledger(settings: &Settings, opening: Opening) -> Result<Ledger> {
    let address = settings.ledger.url.as_ref().context("ledger.url has no value")?;
    Ok(Ledger::open_to(opening, address.expose()).await?)
}
