//! Which refusals are written to the audit log one by one: so many of each caller, of each client that nobody knows, and
//! of all of these together. What is left out is counted, and told in one entry a minute for each caller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use t5g_store::StoreError;
use t5g_store::ledger::{AccountId, Action, AuditEntry, AuditOutcome, Ledger, Via};

use super::client::Block;
use super::limiter::Limiter;
use super::{Caller, Client, Credential};

/// Entries of one caller a minute.
const OF_CALLER: u32 = 30;
/// Entries of one client that nobody knows, a minute.
const OF_CLIENT: u32 = 30;
/// Entries of all clients that nobody knows, a minute.
const OF_STRANGERS: u32 = 120;
/// How long is counted before it is told.
const TELL_AFTER: TimeDelta = TimeDelta::minutes(1);
/// The most callers that are counted apart.
const MOST_CALLERS: usize = 1_000;
/// Who is meant by those whom nobody knows.
const SOMEBODY: &str = "somebody";

/// See the file's head.
#[derive(Debug)]
pub(crate) struct Refusals {
    callers: Limiter<String>,
    clients: Limiter<Block>,
    strangers: Limiter<()>,
    answering: Limiter<Block>,
    answers: Limiter<()>,
    left_out: Mutex<HashMap<Key, LeftOut>>,
}

/// Whose refusals are counted; `None`: of somebody whom nobody knows, or of one caller too many.
type Key = Option<String>;

#[derive(Debug, Clone)]
struct LeftOut {
    since: DateTime<Utc>,
    count: u64,
    actor: String,
    account: Option<AccountId>,
}

impl Refusals {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            callers: Limiter::per_minute(OF_CALLER),
            clients: Limiter::per_minute(OF_CLIENT),
            strangers: Limiter::per_minute(OF_STRANGERS),
            answering: Limiter::per_minute(OF_CLIENT),
            answers: Limiter::per_minute(OF_STRANGERS),
            left_out: Mutex::default(),
        }
    }

    /// Whether this refusal of a caller is to be written; if not, it is counted.
    pub(super) fn of_caller(&self, caller: &Caller, now: DateTime<Utc>) -> bool {
        let key = key(caller);
        let passes = self.callers.take(key.clone(), now).passes;
        if !passes {
            self.leave_out(Some(key), &caller.actor, caller.account.as_ref(), now);
        }
        passes
    }

    /// The same of somebody whom nobody knows.
    pub(super) fn of_stranger(&self, client: &Client, now: DateTime<Utc>) -> bool {
        let passes = self.clients.take(client.block(), now).passes && self.strangers.take((), now).passes;
        if !passes {
            self.leave_out(None, SOMEBODY, None, now);
        }
        passes
    }

    /// The same of an answer to a question of ours that is not believed: what anybody may post must not hide those.
    pub(super) fn of_answer(&self, client: &Client, now: DateTime<Utc>) -> bool {
        let passes = self.answering.take(client.block(), now).passes && self.answers.take((), now).passes;
        if !passes {
            self.leave_out(None, SOMEBODY, None, now);
        }
        passes
    }

    fn leave_out(&self, key: Key, actor: &str, account: Option<&AccountId>, now: DateTime<Utc>) {
        metrics::counter!("t5g_audit_left_out_total").increment(1);
        let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        let crowded = left_out.len() >= MOST_CALLERS && !left_out.contains_key(&key);
        let (key, actor, account) = if crowded { (None, SOMEBODY, None) } else { (key, actor, account) };
        let fresh = || LeftOut { since: now, count: 0, actor: actor.to_owned(), account: account.cloned() };
        left_out.entry(key).or_insert_with(fresh).count += 1;
    }

    /// Tells what was left out, once it has been counted for long enough. What cannot be told is counted on.
    pub(super) async fn tell(&self, ledger: &Ledger, now: DateTime<Utc>) -> Result<(), StoreError> {
        for (key, due) in self.due(now) {
            if let Err(error) = ledger.audit(&entry(&due, now)).await {
                let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
                let more = left_out.remove(&key).map_or(0, |more| more.count);
                left_out.insert(key, LeftOut { count: due.count + more, ..due });
                return Err(error);
            }
        }
        Ok(())
    }

    /// What is to be told now, one at a time: what is not told stays.
    fn due(&self, now: DateTime<Utc>) -> impl Iterator<Item = (Key, LeftOut)> {
        std::iter::from_fn(move || {
            let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
            let key = left_out.iter().find(|(_, one)| now - one.since >= TELL_AFTER)?.0.clone();
            left_out.remove_entry(&key)
        })
    }
}

/// Two people of one name are two, and so are two tokens of one person.
fn key(caller: &Caller) -> String {
    match (&caller.credential, &caller.account) {
        (Credential::Token { handle, .. }, _) => format!("token {handle}"),
        (_, Some(account)) => format!("account {account}"),
        (_, None) => caller.actor.clone(),
    }
}

fn entry(left_out: &LeftOut, now: DateTime<Utc>) -> AuditEntry {
    AuditEntry {
        at: now,
        actor: left_out.actor.clone(),
        account: left_out.account.clone(),
        via: Via::Nobody,
        action: Action::Denied,
        object: "refusals that are not listed one by one".to_owned(),
        outcome: AuditOutcome::Refused,
        detail: json!({ "count": left_out.count, "since": left_out.since }),
        request_id: None,
        address: None,
    }
}
