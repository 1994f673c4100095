//! Who asks, and whether they may: found out once for each request, held against the route's rule. Handlers
//! get the [`Caller`] as an argument and decide nothing.

pub(crate) mod audit;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;
use t5g_model::names::Role;
use t5g_store::ledger::{AccountId, Action, AuditOutcome, Via};

use crate::app::AppState;
use crate::error::AppError;
use crate::layers::request_id::RequestId;
use crate::routes::Access;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The name for the audit log and for "started by".
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// By what means they are known.
    pub(crate) via: Via,
    /// Their account, if they have one.
    pub(crate) account: Option<AccountId>,
    /// From where they ask, and in which request.
    pub(crate) client: Arc<Client>,
}

/// From where a request comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address; proxies that are trusted are looked through.
    pub(crate) address: Option<IpAddr>,
    /// The request's id, as in the log.
    pub(crate) request_id: String,
}

/// The layer around each route.
pub(crate) async fn layer(
    State((app, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if let Access::Role(needed) = access {
        let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
        let caller = identify(Arc::new(Client { address: None, request_id: id }));
        if caller.role < needed {
            let path = request.uri().path();
            let detail = json!({ "needed": needed.as_str(), "role": caller.role.as_str() });
            audit::note_outcome(&app, &caller, Action::Denied, AuditOutcome::Refused, path, detail).await?;
            return Err(AppError::Forbidden(format!(
                "This needs the role {needed}; yours is {}.",
                caller.role
            )));
        }
        request.extensions_mut().insert(caller);
    }
    Ok(next.run(request).await)
}

/// Without logins, whoever reaches the loopback address may do everything.
fn identify(client: Arc<Client>) -> Caller {
    Caller { name: "local".to_owned(), role: Role::Admin, via: Via::Nobody, account: None, client }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            AppError::internal("a handler wants to know who asks, on a route that is open to everybody")
        })
    }
}
