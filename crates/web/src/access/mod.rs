//! Who asks, and whether they may: found out once for each request, held against the route's rule. Handlers
//! get the [`Caller`] as an argument and decide nothing.

pub(crate) mod audit;
mod client;
mod cookies;
pub(crate) mod csrf;
pub(crate) mod gate;
mod guard;
pub(crate) mod identify;
mod key;
mod limiter;
pub(crate) mod login;
mod provider;
mod refusals;
mod roles;
mod rule;
mod settings;
mod standing;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use t5g_model::names::{Role, Scope, Scopes};
use t5g_store::ledger::{AccountId, Handle, Via};

use crate::error::AppError;

pub use client::Network;
pub(crate) use client::{Client, Peer, is_forwarded};
pub(crate) use guard::{LIMIT_HEADERS, client, layer, still_may};
pub use key::AccessKey;
pub use provider::{NotBelieved, Provider};
pub use roles::RoleGroups;
pub use rule::Access;
pub use settings::{AccessSettings, Login};

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What they are called, for pages and for "started by".
    pub(crate) name: String,
    /// What they are called in the audit log, where no two may be one.
    pub(crate) actor: String,
    /// What they may do; a token may do less.
    pub(crate) role: Role,
    /// Their account, if they have one.
    pub(crate) account: Option<AccountId>,
    /// By what they are known.
    pub(crate) credential: Credential,
    /// From where they ask, and in which request.
    pub(crate) client: Arc<Client>,
}

/// What a person is called in the audit log: many have the same name, and some can choose theirs.
pub(crate) fn called(name: &str, mail: Option<&str>, account: &AccountId) -> String {
    match mail {
        Some(mail) if mail == name => mail.to_owned(),
        Some(mail) => format!("{name} <{mail}>"),
        None => format!("{name} <account {account}>"),
    }
}

/// By what somebody is known.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Login is switched off: they reach the loopback address.
    Local,
    /// A browser's session.
    Session {
        /// Its name.
        handle: Handle,
        /// What its forms carry.
        form_token: String,
    },
    /// An API token.
    Token {
        /// Its name.
        handle: Handle,
        /// What it is good for.
        scopes: Scopes,
    },
}

impl std::fmt::Debug for Credential {
    /// A form's token is not to be seen.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local => f.write_str("Local"),
            Self::Session { handle, .. } => write!(f, "Session({handle})"),
            Self::Token { handle, scopes } => write!(f, "Token({handle}, {scopes})"),
        }
    }
}

impl Caller {
    /// By what means they act, for the audit log.
    pub(crate) fn via(&self) -> Via {
        match self.credential {
            Credential::Local => Via::Nobody,
            Credential::Session { .. } => Via::Session,
            Credential::Token { .. } => Via::Token,
        }
    }

    /// Whether a program asks with a token.
    pub(crate) fn is_token(&self) -> bool {
        matches!(self.credential, Credential::Token { .. })
    }

    /// Whether they may do what takes this scope: by role, and with a token by its scopes too.
    pub(crate) fn may(&self, scope: Scope, viewers_refresh: bool) -> bool {
        let by_role = self.role >= scope.role(viewers_refresh);
        match &self.credential {
            Credential::Token { scopes, .. } => by_role && scopes.has(scope),
            Credential::Local | Credential::Session { .. } => by_role,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            AppError::internal("a handler wants to know who asks, on a route that is open to everybody")
        })
    }
}
