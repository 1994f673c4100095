//! The two stores.

use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_store::{Opening, StoreError};

use super::{Finding, data, queue};
use crate::wiring;

/// Looks at both stores and at what lies in them.
pub(super) async fn examine(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    let mut findings = documents(settings).await;
    findings.extend(ledger(settings, clock).await);
    findings
}

async fn documents(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "document store";
    const MEND: &str = "start it, or set documents.url (T5G_DOCUMENTS_URL) to where it is";
    let store = match wiring::documents(settings, Opening::Use).await {
        Ok(store) => store,
        Err(error) => return vec![unusable(WHAT, &error, MEND)],
    };
    if let Err(error) = store.ping().await {
        return vec![Finding::wrong(WHAT, error.to_string(), MEND)];
    }
    let mut findings = vec![Finding::ok(WHAT, store.place())];
    findings.extend(data::documents(&store).await);
    findings
}

async fn ledger(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    const WHAT: &str = "ledger";
    const MEND: &str = "start it, or set ledger.url (T5G_LEDGER_URL) to where it is";
    let ledger = match wiring::ledger(settings, Opening::Use).await {
        Ok(ledger) => ledger,
        Err(error) => return vec![unusable(WHAT, &error, MEND)],
    };
    let answers = match ledger.db().await {
        Ok(db) => db.ping().await,
        Err(error) => Err(error),
    };
    if let Err(error) = answers {
        return vec![unusable(WHAT, &error.into(), MEND)];
    }
    let mut findings = vec![Finding::ok(WHAT, ledger.place())];
    findings.extend(data::sources(&ledger, clock).await);
    findings.extend(queue::examine(settings, &ledger, clock).await);
    ledger.close().await;
    findings
}

/// A store that cannot be used, or that is not there: looking makes none.
fn unusable(what: &str, error: &anyhow::Error, mend: &str) -> Finding {
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::Absent { place, .. }) => Finding::notice(
            what,
            format!("there is none yet at {place}"),
            "fetch something: t5g sync all; or give this command the settings of the service",
        ),
        Some(older @ StoreError::Older { .. }) => {
            Finding::wrong(what, older.to_string(), "start the service with this version")
        }
        _ => Finding::wrong(what, crate::console::chain(error), mend),
    }
}
