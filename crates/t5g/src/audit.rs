//! Lines of the audit log on what is done at the terminal, in the name of whoever sits there. What the web notes is
//! noted in the same way: [`Ledger::noted`].

use anyhow::Result;
use serde_json::Value;
use t5g_store::ledger::{Action, AuditEntry, AuditOutcome, Ledger, Via};

use crate::process;

/// The line on something that was done to `object`.
pub(crate) fn entry(action: Action, object: &str, detail: Value) -> AuditEntry {
    AuditEntry {
        at: process::clock().now(),
        actor: process::actor(),
        account: None,
        via: Via::Command,
        action,
        object: object.to_owned(),
        outcome: AuditOutcome::Done,
        detail,
        request_id: None,
        address: None,
    }
}

/// Notes a deed and does it, and says if it failed: [`Ledger::noted`].
pub(crate) async fn noted<T, E>(
    ledger: &Ledger,
    entry: &AuditEntry,
    deed: impl Future<Output = Result<T, E>>,
) -> Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    Ok(Box::pin(ledger.noted(entry, deed)).await??)
}
