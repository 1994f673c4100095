//! Finds out who asks: a token if one is presented, else the browser's session. The ledger is asked each time,
//! one indexed read, so that what was ended at one replica is ended at all of them with the next request.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use t5g_model::names::Role;
use t5g_store::StoreError;
use t5g_store::ledger::{SecretDigest, TOKEN_PREFIX};

use super::cookies::Cookie;
use super::gate::Used;
use super::{Caller, Client, Credential, called};
use crate::app::AppState;
use crate::error::AppError;

/// Why nobody is known to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// Nothing was presented.
    Nobody,
    /// A session that has ended, or never was.
    SessionEnded,
    /// A token that is no good, for whatever reason.
    BadToken,
}

/// Who asks.
pub(crate) type Identity = Result<Caller, Stranger>;

/// Finds it out. Fails only if the ledger cannot be asked.
pub(crate) async fn identify(
    app: &AppState,
    headers: &HeaderMap,
    client: &Arc<Client>,
) -> Result<Identity, AppError> {
    let found = match bearer(headers) {
        Some(token) => by_token(app, token, client).await,
        None if app.gate().sign_on().is_none() => Ok(Ok(local(client))),
        None => by_session(app, headers, client).await,
    };
    found.map_err(|error| {
        tracing::error!(%error, "who asks cannot be found out");
        AppError::Unavailable("Who you are cannot be looked up right now. Please try again.".to_owned())
    })
}

/// What stands after `Bearer` in the header that is meant for it. Other schemes are none of ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Without logins, whoever reaches the loopback address may do everything.
fn local(client: &Arc<Client>) -> Caller {
    Caller {
        name: "local".to_owned(),
        actor: "local".to_owned(),
        role: Role::Admin,
        account: None,
        credential: Credential::Local,
        client: Arc::clone(client),
    }
}

async fn by_token(app: &AppState, text: &str, client: &Arc<Client>) -> Result<Identity, StoreError> {
    if !text.starts_with(TOKEN_PREFIX) {
        return Ok(Err(Stranger::BadToken));
    }
    let now = app.clock().now();
    let found = app.ledger().token(&SecretDigest::of(text), now, app.gate().owner_since(now)).await?;
    let Some(token) = found else {
        return Ok(Err(Stranger::BadToken));
    };
    app.gate().note_use(Used::Token, &token.handle, token.used, now, client);
    let name = format!("token {:?} of {}", token.name, token.created_by);
    Ok(Ok(Caller {
        actor: name.clone(),
        name,
        // An operators' own token is bounded by its scopes alone.
        role: token.owner_role.unwrap_or(Role::Admin),
        account: token.account,
        credential: Credential::Token { handle: token.handle, scopes: token.scopes },
        client: Arc::clone(client),
    }))
}

/// Whose token was presented, and why it is no good; `None`: it never was one of ours.
pub(super) async fn ended_token(
    app: &AppState,
    headers: &HeaderMap,
    client: &Arc<Client>,
) -> Result<Option<(Caller, &'static str)>, AppError> {
    let Some(text) = bearer(headers).filter(|text| text.starts_with(TOKEN_PREFIX)) else { return Ok(None) };
    let Some(token) = app.ledger().token_with(&SecretDigest::of(text)).await? else { return Ok(None) };
    let reason = match (&token.revoked, token.expires > app.clock().now()) {
        (Some(_), _) => "the token was revoked",
        (None, false) => "the token has expired",
        (None, true) => "the token's owner may not come in, or has not signed in for long",
    };
    let name = format!("token {:?} of {}", token.name, token.created_by);
    let caller = Caller {
        actor: name.clone(),
        name,
        role: Role::Viewer,
        account: token.account,
        credential: Credential::Token { handle: token.handle, scopes: token.scopes },
        client: Arc::clone(client),
    };
    Ok(Some((caller, reason)))
}

async fn by_session(
    app: &AppState,
    headers: &HeaderMap,
    client: &Arc<Client>,
) -> Result<Identity, StoreError> {
    let gate = app.gate();
    let Some((id, (_, key))) = gate.cookies().find(Cookie::Session, headers).zip(gate.sign_on()) else {
        return Ok(Err(Stranger::Nobody));
    };
    let now = app.clock().now();
    let found = app.ledger().session(&key.session_digest(id), now, gate.idle_since(now)).await?;
    let Some(session) = found else { return Ok(Err(Stranger::SessionEnded)) };
    if is_activity(headers) {
        gate.note_use(Used::Session, &session.handle, Some(session.seen), now, client);
    }
    Ok(Ok(Caller {
        actor: called(&session.name, session.mail.as_deref(), &session.account),
        name: session.name,
        role: session.role,
        account: Some(session.account),
        credential: Credential::Session { handle: session.handle, form_token: key.form_token(id) },
        client: Arc::clone(client),
    }))
}

/// Whether a person did something: a page that asks for news by itself does not keep its session alive.
fn is_activity(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|dest| dest != "empty")
}
