//! What access needs to know of the deployment.

use std::sync::Arc;
use std::time::Duration;

use t5g_store::ledger::AccessRetention;

use super::{AccessKey, Network, Provider, RoleGroups};

/// Whether people sign in.
#[derive(Debug, Clone, Default)]
pub enum Login {
    /// They do not: whoever reaches the server may do everything. Only on a loopback address.
    #[default]
    Off,
    /// With single sign-on.
    On {
        /// Speaks with the identity provider.
        provider: Arc<dyn Provider>,
        /// Signs sessions and forms.
        key: AccessKey,
    },
}

/// How this deployment lets people and programs in.
#[derive(Debug, Clone)]
pub struct AccessSettings {
    /// Whether people sign in.
    pub login: Login,
    /// Which groups make somebody what.
    pub groups: RoleGroups,
    /// Who is written to by those who are let in nowhere.
    pub contact: Option<String>,
    /// Whether cookies travel over https only.
    pub secure_cookies: bool,
    /// How long a session lasts without use.
    pub session_idle: Duration,
    /// How long a session lasts in any case.
    pub session_max: Duration,
    /// How long a token can be made for.
    pub token_max: Duration,
    /// How long a person's tokens work while that person does not sign in; `None`: until they expire.
    pub token_owner_idle: Option<Duration>,
    /// How many steps of signing in one address may take a minute, per process.
    pub logins_per_minute: u32,
    /// How many requests one token may make a minute, per process.
    pub token_requests_per_minute: u32,
    /// Proxies whose word on the client's address counts.
    pub trusted_proxies: Vec<Network>,
    /// How long what has ended is kept.
    pub retention: AccessRetention,
}

impl Default for AccessSettings {
    /// No login, and the limits that the settings have too where nobody sets them.
    fn default() -> Self {
        let day = Duration::from_hours(24);
        Self {
            login: Login::Off,
            groups: RoleGroups::default(),
            contact: None,
            secure_cookies: true,
            session_idle: Duration::from_hours(4),
            session_max: day,
            token_max: day * 366,
            token_owner_idle: Some(day * 90),
            logins_per_minute: 60,
            token_requests_per_minute: 600,
            trusted_proxies: Vec::new(),
            retention: AccessRetention { ended: day * 30, audit: day * 400, writes: day * 400 },
        }
    }
}
