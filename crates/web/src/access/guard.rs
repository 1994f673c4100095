//! The layer around each route: holds whoever asks against the route's rule, and lets nobody change anything on
//! another's behalf.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use t5g_store::ledger::{Action, AuditOutcome};

use super::identify::{Stranger, identify};
use super::limiter::Verdict;
use super::login::{Endpoint, front_address};
use super::{Access, Caller, Client, Credential, audit, csrf};
use crate::api::refresh::prefers_html;
use crate::app::AppState;
use crate::error::AppError;

/// The layer.
pub(crate) async fn layer(
    State((app, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if matches!(access, Access::Public | Access::Monitoring) {
        return Ok(next.run(request).await);
    }
    let client = client(&app, &request);
    let found = identify(&app, request.headers(), &client).await?;
    if access == Access::Login {
        if let Ok(caller) = &found
            && !Endpoint::of(request.uri()).is_for_provider()
        {
            request = csrf::check(caller, request).await?;
        }
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(found);
        return Ok(next.run(request).await);
    }
    let caller = match found {
        Ok(caller) => caller,
        Err(stranger) => return turn_away(&app, stranger, &request, &client),
    };
    let verdict = limit(&app, &caller);
    let mut response = match verdict {
        Some(Verdict { passes: false, retry_after, .. }) => AppError::TooMany { retry_after }.into_response(),
        _ => let_in(&app, access, caller, request, next).await.unwrap_or_else(IntoResponse::into_response),
    };
    if let Some(verdict) = verdict {
        tell_limit(response.headers_mut(), verdict);
    }
    Ok(response)
}

/// The route's answer, if the caller may have it.
async fn let_in(
    app: &AppState,
    access: Access,
    caller: Caller,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if let Some(needed) = lacking(app, access, &caller) {
        return Err(deny(app, &caller, &needed, request.uri().path()).await?);
    }
    let mut request = csrf::check(&caller, request).await?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(access);
    Ok(next.run(request).await)
}

/// Whether who asked with these headers still may; for answers that last. If that cannot be found out, no.
pub(crate) async fn still_may(
    app: &AppState,
    access: Access,
    headers: &HeaderMap,
    client: &Arc<Client>,
) -> bool {
    match identify(app, headers, client).await {
        Ok(Ok(caller)) => lacking(app, access, &caller).is_none(),
        Ok(Err(_)) | Err(_) => false,
    }
}

/// From where a request comes.
pub(super) fn client(app: &AppState, request: &Request) -> Arc<Client> {
    let trusted = &app.gate().settings().trusted_proxies;
    Arc::new(Client::of(request.extensions(), request.headers(), trusted))
}

/// What the caller lacks for that rule, in words; `None`: nothing.
fn lacking(app: &AppState, access: Access, caller: &Caller) -> Option<String> {
    let viewers_refresh = app.gate().settings().groups.viewers_refresh();
    if let Access::Person(role) = access {
        return match caller.credential {
            Credential::Token { .. } => Some("a person who is signed in; no token will do".to_owned()),
            _ => (caller.role < role).then(|| format!("the role {role}; yours is {}", caller.role)),
        };
    }
    let scope = access.scope()?;
    if caller.may(scope, viewers_refresh) {
        return None;
    }
    let role = scope.role(viewers_refresh);
    Some(match &caller.credential {
        Credential::Token { scopes, .. } if !scopes.has(scope) => {
            format!("a token with the scope {scope}; this one has: {scopes}")
        }
        Credential::Token { .. } => {
            format!("the role {role}; the token's owner has only {}", caller.role)
        }
        _ => format!("the role {role}; yours is {}", caller.role),
    })
}

/// Nobody is known to ask: people are led to the login page and back, programs are told what is missing.
fn turn_away(
    app: &AppState,
    stranger: Stranger,
    request: &Request,
    client: &Client,
) -> Result<Response, AppError> {
    if stranger == Stranger::BadToken {
        let verdict = app.gate().logins.take(client.address, app.clock().now());
        if !verdict.passes {
            return Err(AppError::TooMany { retry_after: verdict.retry_after });
        }
        return Err(AppError::Unauthorized(
            "The token is not good: unknown, expired or revoked, or its owner may not come in any more."
                .to_owned(),
        ));
    }
    if is_for_people(request.uri(), request.headers()) {
        let back = if *request.method() == Method::GET { request.uri().path_and_query() } else { None };
        let address = front_address(back.map(axum::http::uri::PathAndQuery::as_str), stranger);
        return Ok(Redirect::to(&address).into_response());
    }
    let words = match stranger {
        Stranger::SessionEnded => "Your session has ended. Please sign in again.",
        _ => "Sign in first, or send an API token: Authorization: Bearer t5g_…",
    };
    Err(AppError::Unauthorized(words.to_owned()))
}

fn is_for_people(uri: &Uri, headers: &HeaderMap) -> bool {
    prefers_html(headers) && uri.path() != "/api" && !uri.path().starts_with("/api/")
}

/// Counts a token's request; `None` for others.
fn limit(app: &AppState, caller: &Caller) -> Option<Verdict> {
    let Credential::Token { handle, .. } = &caller.credential else { return None };
    Some(app.gate().token_requests.take(handle.clone(), app.clock().now()))
}

/// How often a token may ask and still may: in the form of the IETF's draft on rate limits as it is now, and in that
/// of its earlier versions, which more clients know.
pub(crate) const LIMIT_HEADERS: [HeaderName; 5] = [
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
];

fn tell_limit(headers: &mut HeaderMap, verdict: Verdict) {
    let Verdict { limit, remaining, reset, .. } = verdict;
    let values = [
        format!("\"token\";r={remaining};t={reset}"),
        format!("\"token\";q={limit};w=60"),
        limit.to_string(),
        remaining.to_string(),
        reset.to_string(),
    ];
    for (name, value) in LIMIT_HEADERS.into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// The error for who may not; noted, unless the same one was noted often enough just now.
async fn deny(app: &AppState, caller: &Caller, needed: &str, path: &str) -> Result<AppError, AppError> {
    if app.gate().refusals.take(caller.name.clone(), app.clock().now()).passes {
        let detail = json!({ "needed": needed });
        audit::note_outcome(app, caller, Action::Denied, AuditOutcome::Refused, path, detail).await?;
    }
    Ok(AppError::Forbidden(format!("This needs {needed}.")))
}
