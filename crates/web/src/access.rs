//! Who asks, and whether they may: found out once for each request, held against the route's rule. Handlers
//! get the [`Caller`] as an argument and decide nothing.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use t5g_model::names::Role;

use crate::app::AppState;
use crate::error::AppError;
use crate::routes::Access;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The name for the audit log and for "started by".
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
}

/// The layer around each route.
pub(crate) async fn layer(
    State((app, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if let Access::Role(needed) = access {
        let caller = identify(&app);
        if caller.role < needed {
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
fn identify(_: &AppState) -> Caller {
    Caller { name: "local".to_owned(), role: Role::Admin }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            AppError::internal("a handler wants to know who asks, on a route that is open to everybody")
        })
    }
}
