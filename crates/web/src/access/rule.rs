//! The rules that routes can have, and what each asks of a person and of a token.

use t5g_model::names::{Role, Scope};

/// Who may use a route; enforced by the layer that `router` puts around each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody: nothing private is there.
    Public,
    /// Everybody; the handler is told who asks, if that is known. Only for signing in and out.
    Login,
    /// Whoever has this role or a higher one; a token with the scope that goes with it: read, write, admin.
    Role(Role),
    /// Whoever may refresh: operators, or viewers where no group of operators is set; a token with that scope.
    Refresh,
    /// A person who has this role or a higher one; no token.
    Person(Role),
    /// Monitoring systems on this machine, or whoever may look; nobody where they have a listener of their own.
    Monitoring,
}

impl Access {
    /// The scope that a token needs and that says which role a person needs; `None`: no token will do, or
    /// none is needed.
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::Role(Role::Viewer) | Self::Monitoring => Some(Scope::Read),
            Self::Refresh => Some(Scope::Refresh),
            Self::Role(Role::Operator) => Some(Scope::Write),
            Self::Role(Role::Admin) => Some(Scope::Admin),
            Self::Public | Self::Login | Self::Person(_) => None,
        }
    }
}
