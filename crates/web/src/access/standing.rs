//! What people who signed in before may do by the settings of now. A group that is taken out of the settings must not
//! go on counting until its members happen to sign in again.

use chrono::{DateTime, Utc};
use serde_json::json;
use t5g_model::names::Role;
use t5g_store::StoreError;
use t5g_store::ledger::{Account, AccountId, Action, AuditEntry, AuditOutcome, Ledger, Via};

use super::called;
use super::gate::Gate;

/// Who changes roles here, as the audit log names it.
const BY: &str = "the settings";
/// Accounts that are looked at in one go.
const PAGE: u32 = 500;

/// Computes all roles anew from the groups that the identity provider named last. Any number of servers may do so at
/// once: each change is made, and noted, by one of them. Without login there are no groups to go by.
pub(super) async fn review(gate: &Gate, ledger: &Ledger, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Some((provider, _)) = gate.sign_on() else { return Ok(()) };
    let issuer = provider.issuer();
    let mut after = None;
    loop {
        let accounts = ledger.accounts_after(after.as_ref(), PAGE).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for account in &accounts {
            // What another identity provider said counts no more.
            let ours = account.id == AccountId::of(&issuer, &account.person.subject);
            let role = gate.settings().groups.role_of(&account.person.groups).filter(|_| ours);
            if role != account.person.role {
                change(ledger, account, role, now).await?;
            }
        }
    }
}

async fn change(
    ledger: &Ledger,
    account: &Account,
    role: Option<Role>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let before = account.person.role;
    if !ledger.change_role(&account.id, (before, role), BY, now).await? {
        return Ok(());
    }
    let word = |role: Option<Role>| role.map_or("none", Role::as_str);
    tracing::info!(account = %account.id, before = word(before), now = word(role), "another role by the settings");
    let entry = AuditEntry {
        at: now,
        actor: BY.to_owned(),
        account: Some(account.id.clone()),
        via: Via::Task,
        action: Action::RoleChange,
        object: called(&account.person.name, account.person.mail.as_deref(), &account.id),
        outcome: AuditOutcome::Done,
        detail: json!({ "before": word(before), "now": word(role) }),
        request_id: None,
        address: None,
    };
    ledger.audit(&entry).await
}
