//! One line for the audit log, from whichever handler acts on somebody's behalf. Who, from where and in which
//! request is known here already; the handler says what and to what.

use serde_json::Value;
use t5g_store::StoreError;
use t5g_store::ledger::{AccountId, Action, AuditEntry, AuditOutcome, Via};

use super::{Caller, Client};
use crate::app::AppState;
use crate::error::AppError;

/// Notes that the caller did this. What cannot be noted must not be done: call it first, and give up with its
/// error. The detail never holds a secret.
pub(crate) async fn note(
    app: &AppState,
    caller: &Caller,
    action: Action,
    object: &str,
    detail: Value,
) -> Result<(), AppError> {
    note_outcome(app, caller, action, AuditOutcome::Done, object, detail).await
}

/// The same for what was refused or did not succeed.
pub(crate) async fn note_outcome(
    app: &AppState,
    caller: &Caller,
    action: Action,
    outcome: AuditOutcome,
    object: &str,
    detail: Value,
) -> Result<(), AppError> {
    add(app, &AuditEntry { outcome, ..entry(app, caller, action, object, detail) }).await
}

/// Notes what the caller is about to do, and does it; if it fails, that is noted too.
pub(crate) async fn noted<T>(
    app: &AppState,
    caller: &Caller,
    (action, object, detail): (Action, &str, Value),
    deed: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    let entry = entry(app, caller, action, object, detail);
    Box::pin(app.ledger().noted(&entry, deed)).await.map_err(|error| not_written(&error, &entry))?
}

/// What the caller does, as it is noted with the deed, in one transaction.
pub(crate) fn entry(
    app: &AppState,
    caller: &Caller,
    action: Action,
    object: &str,
    detail: Value,
) -> AuditEntry {
    AuditEntry {
        at: app.clock().now(),
        actor: caller.actor.clone(),
        account: caller.account.clone(),
        via: caller.via(),
        action,
        object: object.to_owned(),
        outcome: AuditOutcome::Done,
        detail,
        request_id: Some(caller.client.request_id.clone()),
        address: caller.client.address.map(|address| address.to_string()),
    }
}

/// Notes that something was refused to the caller, unless that was noted often enough just now: then it is counted.
pub(crate) async fn note_refused(
    app: &AppState,
    caller: &Caller,
    object: &str,
    detail: Value,
) -> Result<(), AppError> {
    if !app.gate().refusals.of_caller(caller, app.clock().now()) {
        return Ok(());
    }
    note_outcome(app, caller, Action::Denied, AuditOutcome::Refused, object, detail).await
}

/// The same of somebody whom nobody knows.
pub(crate) async fn note_stranger(
    app: &AppState,
    client: &Client,
    action: Action,
    object: &str,
    detail: Value,
) -> Result<(), AppError> {
    if !app.gate().refusals.of_stranger(client, app.clock().now()) {
        return Ok(());
    }
    let about = About { actor: "somebody", account: None, object };
    note_login(app, client, action, AuditOutcome::Refused, about, detail).await
}

/// Notes that an answer to a question of ours was not believed, within bounds of its own.
pub(super) async fn note_answer(app: &AppState, client: &Client, detail: Value) -> Result<(), AppError> {
    if !app.gate().refusals.of_answer(client, app.clock().now()) {
        return Ok(());
    }
    let about = About { actor: "somebody", account: None, object: "" };
    note_login(app, client, Action::Login, AuditOutcome::Refused, about, detail).await
}

/// Of whom an entry about signing in or out is.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// Who did it, or says so.
    pub(super) actor: &'a str,
    /// Their account, if they are believed.
    pub(super) account: Option<&'a AccountId>,
    /// Whose session it is about.
    pub(super) object: &'a str,
}

/// Notes how a sign-in or sign-out went: whoever it was is no caller yet, or no more.
pub(super) async fn note_login(
    app: &AppState,
    client: &Client,
    action: Action,
    outcome: AuditOutcome,
    about: About<'_>,
    detail: Value,
) -> Result<(), AppError> {
    let entry = AuditEntry {
        at: app.clock().now(),
        actor: about.actor.to_owned(),
        account: about.account.cloned(),
        via: Via::Nobody,
        action,
        object: about.object.to_owned(),
        outcome,
        detail,
        request_id: Some(client.request_id.clone()),
        address: client.address.map(|address| address.to_string()),
    };
    add(app, &entry).await
}

/// Adds an entry.
async fn add(app: &AppState, entry: &AuditEntry) -> Result<(), AppError> {
    app.ledger().audit(entry).await.map_err(|error| not_written(&error, entry))
}

fn not_written(error: &StoreError, entry: &AuditEntry) -> AppError {
    tracing::error!(%error, action = %entry.action, "an entry of the audit log cannot be written");
    AppError::Unavailable(
        "The audit log cannot be written, so this was not done. Please try again.".to_owned(),
    )
}
