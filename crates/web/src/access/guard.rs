//! The layer around each route: holds whoever asks against the route's rule, and lets nobody change anything on
//! another's behalf.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use t5g_model::names::Role;
use t5g_store::ledger::Action;

use super::identify::{Stranger, ended_token, identify};
use super::limiter::Verdict;
use super::login::{Endpoint, front_address};
use super::{Access, Caller, Client, Credential, Peer, audit, csrf, is_forwarded};
use crate::api::refresh::prefers_html;
use crate::app::AppState;
use crate::error::AppError;

/// The layer.
pub(crate) async fn layer(
    State((app, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let access = match access {
        Access::Monitoring if app.settings().metrics_elsewhere => return Err(AppError::NoSuchPage),
        // What the figures tell is for this machine's own monitoring, and for whoever may look anyway.
        Access::Monitoring if !is_of_this_machine(&request) => Access::Role(Role::Viewer),
        access => access,
    };
    if matches!(access, Access::Public | Access::Monitoring) {
        return Ok(next.run(request).await);
    }
    let client = client(&app, &request);
    let found = identify(&app, request.headers(), &client).await?;
    if access == Access::Login {
        if let Ok(caller) = &found
            && !Endpoint::of(request.uri()).is_for_provider()
        {
            request = own_form(&app, caller, request).await?;
        }
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(found);
        return Ok(next.run(request).await);
    }
    let caller = match found {
        Ok(caller) => caller,
        Err(stranger) => {
            let (asked, _) = request.into_parts();
            return turn_away(&app, stranger, &asked, &client).await;
        }
    };
    let verdict = limit(&app, &caller);
    let mut response = match verdict {
        Some(Verdict { passes: false, retry_after, .. }) => {
            let reason = json!({ "reason": "too many requests" });
            audit::note_refused(&app, &caller, request.uri().path(), reason).await?;
            AppError::TooMany { retry_after }.into_response()
        }
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
        audit::note_refused(app, &caller, request.uri().path(), json!({ "needed": needed })).await?;
        return Err(AppError::Forbidden(format!("This needs {needed}.")));
    }
    let mut request = own_form(app, &caller, request).await?;
    let by_session = matches!(caller.credential, Credential::Session { .. });
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(access);
    let mut response = next.run(request).await;
    if by_session {
        // What a browser kept would still be there when its person has left. Programs may keep what they have.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
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

/// Whether a program on this machine asks, and no proxy on it for somebody else.
fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) && !is_forwarded(request.headers())
}

/// From where a request comes.
pub(crate) fn client(app: &AppState, request: &Request) -> Arc<Client> {
    let trusted = &app.gate().settings().trusted_proxies;
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    if let Some(peer) = peer
        && is_forwarded(request.headers())
        && !trusted.iter().any(|network| network.contains(peer))
        && app.gate().first_strange_proxy()
    {
        tracing::warn!(
            %peer,
            "a proxy that trusted_proxies does not name hands requests on: all who come through it count as one client"
        );
    }
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

/// The request, if nobody else's page made the caller's browser send it.
async fn own_form(app: &AppState, caller: &Caller, request: Request) -> Result<Request, AppError> {
    let path = request.uri().path().to_owned();
    match csrf::check(caller, request).await {
        Err(error @ AppError::Forbidden(_)) => {
            audit::note_refused(app, caller, &path, json!({ "needed": "a form of our own page" })).await?;
            Err(error)
        }
        checked => checked,
    }
}

/// Nobody is known to ask: people are led to the login page and back, programs are told what is missing.
async fn turn_away(
    app: &AppState,
    stranger: Stranger,
    asked: &Parts,
    client: &Arc<Client>,
) -> Result<Response, AppError> {
    if stranger == Stranger::BadToken {
        note_bad_token(app, asked, client).await?;
        return Err(AppError::Unauthorized(
            "The token is not good: unknown, expired or revoked, or its owner may not come in any more."
                .to_owned(),
        ));
    }
    if is_for_people(&asked.uri, &asked.headers) {
        let back = if asked.method == Method::GET { asked.uri.path_and_query() } else { None };
        let address = front_address(back.map(axum::http::uri::PathAndQuery::as_str), stranger);
        return Ok(Redirect::to(&address).into_response());
    }
    let words = match stranger {
        Stranger::SessionEnded => "Your session has ended. Please sign in again.",
        _ => "Sign in first, or send an API token: Authorization: Bearer t5g_…",
    };
    Err(AppError::Unauthorized(words.to_owned()))
}

/// Notes whose token it was, if it ever was one of ours. So many are looked at from one client.
async fn note_bad_token(app: &AppState, asked: &Parts, client: &Arc<Client>) -> Result<(), AppError> {
    let path = asked.uri.path();
    let verdict = app.gate().bad_tokens.take(client.block(), app.clock().now());
    if !verdict.passes {
        let reason = json!({ "reason": "too many tokens that are no good" });
        audit::note_stranger(app, client, Action::Denied, path, reason).await?;
        return Err(AppError::TooMany { retry_after: verdict.retry_after });
    }
    if let Some((caller, reason)) = ended_token(app, &asked.headers, client).await? {
        return audit::note_refused(app, &caller, path, json!({ "reason": reason })).await;
    }
    let reason = json!({ "reason": "an unknown token" });
    audit::note_stranger(app, client, Action::Denied, path, reason).await
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
