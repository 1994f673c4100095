//! What access keeps in this process between requests: counters of the limits, and uses of sessions and tokens
//! that were not written down yet. Who may come in is never kept here: the ledger is asked each time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_model::chance::Chance;
use t5g_store::StoreError;
use t5g_store::ledger::{Handle, Ledger, NewSecret, Use};

use super::client::Block;
use super::cookies::Cookies;
use super::limiter::Limiter;
use super::refusals::Refusals;
use super::{AccessKey, AccessSettings, Client, Login, Provider, standing};

/// A use is written down if the last one that was is so long ago.
const USE_EVERY: TimeDelta = TimeDelta::seconds(60);
/// The most uses that wait to be written; more are forgotten, which costs a session some of its idle time.
const MOST_USES: usize = 20_000;
/// How many tokens that are no good are looked at from one client a minute.
const BAD_TOKENS_PER_MINUTE: u32 = 60;

/// See the file's head.
#[derive(Debug)]
pub(crate) struct Gate {
    settings: AccessSettings,
    chance: Chance,
    pub(super) logins: Limiter<Block>,
    pub(super) bad_tokens: Limiter<Block>,
    pub(super) token_requests: Limiter<Handle>,
    pub(super) refusals: Refusals,
    uses: Mutex<Uses>,
    /// Whether a proxy that nobody trusts was seen.
    strange_proxy: AtomicBool,
}

#[derive(Debug, Default)]
struct Uses {
    sessions: HashMap<Handle, Use>,
    tokens: HashMap<Handle, Use>,
}

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    Session,
    Token,
}

impl Gate {
    /// A gate of this deployment.
    pub(crate) fn new(settings: AccessSettings, chance: Chance) -> Self {
        Self {
            logins: Limiter::per_minute(settings.logins_per_minute),
            token_requests: Limiter::per_minute(settings.token_requests_per_minute),
            bad_tokens: Limiter::per_minute(BAD_TOKENS_PER_MINUTE),
            refusals: Refusals::new(),
            uses: Mutex::default(),
            strange_proxy: AtomicBool::new(false),
            settings,
            chance,
        }
    }

    /// How this deployment wants it.
    pub(crate) fn settings(&self) -> &AccessSettings {
        &self.settings
    }

    /// Whether people sign in here.
    pub(crate) fn signs_on(&self) -> bool {
        self.sign_on().is_some()
    }

    /// The identity provider and the key; `None` if nobody signs in here.
    pub(super) fn sign_on(&self) -> Option<(&dyn Provider, &AccessKey)> {
        match &self.settings.login {
            Login::Off => None,
            Login::On { provider, key } => Some((provider.as_ref(), key)),
        }
    }

    /// The identity provider, to be asked elsewhere.
    pub(super) fn provider(&self) -> Option<Arc<dyn Provider>> {
        match &self.settings.login {
            Login::Off => None,
            Login::On { provider, .. } => Some(Arc::clone(provider)),
        }
    }

    /// Whether this is the first request through a proxy that nobody trusts: one word of it is enough.
    pub(super) fn first_strange_proxy(&self) -> bool {
        !self.strange_proxy.swap(true, Ordering::Relaxed)
    }

    /// Names and flags of cookies.
    pub(super) fn cookies(&self) -> Cookies {
        Cookies { secure: self.settings.secure_cookies }
    }

    /// A new secret.
    pub(super) fn secret(&self) -> NewSecret {
        NewSecret::new(self.chance.bytes())
    }

    /// A new API token.
    pub(crate) fn token(&self) -> NewSecret {
        NewSecret::token(self.chance.bytes())
    }

    /// A session that was not used since then has ended.
    pub(crate) fn idle_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::from_std(self.settings.session_idle).unwrap_or(TimeDelta::MAX)
    }

    /// Tokens of somebody who did not sign in since then are refused.
    pub(crate) fn owner_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let idle = self.settings.token_owner_idle.and_then(|idle| TimeDelta::from_std(idle).ok());
        idle.and_then(|idle| now.checked_sub_signed(idle)).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Remembers that it was used, to be written down soon.
    pub(super) fn note_use(
        &self,
        what: Used,
        handle: &Handle,
        last: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        client: &Client,
    ) {
        // Where sessions end sooner than that, every use counts.
        let every = USE_EVERY.min(TimeDelta::from_std(self.settings.session_idle / 4).unwrap_or(USE_EVERY));
        if last.is_some_and(|last| now - last < every) {
            return;
        }
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = match what {
            Used::Session => &mut uses.sessions,
            Used::Token => &mut uses.tokens,
        };
        if kind.len() < MOST_USES || kind.contains_key(handle) {
            let address = client.address.map(|address| address.to_string());
            kind.insert(handle.clone(), Use { handle: handle.clone(), at: now, address });
        }
    }

    /// Writes down what was used. What cannot be written is tried again with the next call.
    pub(crate) async fn write_uses(&self, ledger: &Ledger) -> Result<(), StoreError> {
        let (sessions, tokens) = {
            let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            (std::mem::take(&mut uses.sessions), std::mem::take(&mut uses.tokens))
        };
        let list = |uses: &HashMap<Handle, Use>| uses.values().cloned().collect::<Vec<_>>();
        let written = ledger.note_uses(&list(&sessions), &list(&tokens)).await;
        if written.is_err() {
            let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            put_back(&mut uses.sessions, sessions);
            put_back(&mut uses.tokens, tokens);
        }
        written
    }
}

/// Newer uses of the same thing stay.
fn put_back(uses: &mut HashMap<Handle, Use>, earlier: HashMap<Handle, Use>) {
    for (handle, one) in earlier {
        uses.entry(handle).or_insert(one);
    }
}

/// How often rows that nobody needs any more are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// The same of sign-ins that were begun and not ended: strangers make them.
const PRUNE_FLOWS_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Writes down uses and removes old rows until it is told to stop. Before all that, holds people's roles against the
/// settings that this process began with.
#[derive(Debug)]
pub(crate) struct Upkeep {
    reviewed: bool,
    flows_pruned: Option<DateTime<Utc>>,
    pruned: Option<DateTime<Utc>>,
    failing: bool,
}

impl Upkeep {
    /// Nothing was done yet.
    pub(crate) fn new() -> Self {
        Self { reviewed: false, flows_pruned: None, pruned: None, failing: false }
    }

    /// One round, called every second.
    pub(crate) async fn round(&mut self, gate: &Gate, ledger: &Ledger, now: DateTime<Utc>) {
        let done = self.work(gate, ledger, now).await;
        match &done {
            Err(error) if !self.failing => {
                tracing::warn!(%error, "the ledger's part of access cannot be kept tidy; trying again");
            }
            _ => {}
        }
        self.failing = done.is_err();
    }

    async fn work(&mut self, gate: &Gate, ledger: &Ledger, now: DateTime<Utc>) -> Result<(), StoreError> {
        if !self.reviewed {
            standing::review(gate, ledger, now).await?;
            self.reviewed = true;
        }
        gate.write_uses(ledger).await?;
        gate.refusals.tell(ledger, now).await?;
        let every = TimeDelta::from_std(PRUNE_EVERY).unwrap_or(TimeDelta::MAX);
        if self.flows_pruned.is_none_or(|at| now - at >= PRUNE_FLOWS_EVERY) {
            ledger.prune_flows(now).await?;
            self.flows_pruned = Some(now);
        }
        if self.pruned.is_some_and(|at| now - at < every) {
            return Ok(());
        }
        let removed = ledger.prune_access(gate.settings.retention, now).await?;
        self.pruned = Some(now);
        if removed > 0 {
            tracing::info!(
                removed,
                "removed ended sessions and tokens, people who came no more, old entries of the audit log"
            );
        }
        Ok(())
    }
}
