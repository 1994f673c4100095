//! The two stores.

use t5g_config::Settings;
use t5g_model::clock::Clock;

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
    let store = match wiring::documents(settings).await {
        Ok(store) => store,
        Err(error) => return vec![Finding::wrong(WHAT, crate::console::chain(&error), MEND)],
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
    let ledger = match wiring::ledger(settings).await {
        Ok(ledger) => ledger,
        Err(error) => return vec![Finding::wrong(WHAT, crate::console::chain(&error), MEND)],
    };
    let answers = match ledger.db().await {
        Ok(db) => db.ping().await,
        Err(error) => Err(error),
    };
    if let Err(error) = answers {
        return vec![Finding::wrong(WHAT, error.to_string(), MEND)];
    }
    let mut findings = vec![Finding::ok(WHAT, ledger.place())];
    findings.extend(data::sources(&ledger, clock).await);
    findings.extend(queue::examine(settings, &ledger, clock).await);
    ledger.close().await;
    findings
}
