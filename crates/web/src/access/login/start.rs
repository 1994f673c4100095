//! `/?sso`: sends the browser to the identity provider with a question that only this browser can bring the
//! answer to.

use std::time::Duration;

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use t5g_store::ledger::{Flow, FlowKind, Handle, NewSecret, SecretDigest};

use super::{Client, ask, lead_to, limit, parameter, safe_target, with_cookies};
use crate::access::cookies::Cookie;
use crate::app::AppState;
use crate::error::AppError;

/// How long the answer may take.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_mins(10);

/// A question that is remembered.
pub(super) struct Asked {
    /// Travels to the provider and back.
    pub(super) relay: NewSecret,
    /// Stays in the browser, for the cookie.
    pub(super) browser: String,
    /// The question's id.
    pub(super) request_id: String,
}

/// Remembers a question before it is asked. A browser that waits for another answer keeps its secret, so that one tab
/// does not take away what another one needs.
pub(super) async fn remember(
    app: &AppState,
    (client, headers): (&Client, &HeaderMap),
    kind: FlowKind,
    target: &str,
    now: DateTime<Utc>,
) -> Result<Asked, AppError> {
    let gate = app.gate();
    // An XML name does not begin with a digit.
    let request_id = format!("_{}", gate.secret().expose());
    let kept = gate.cookies().find(Cookie::Flow, headers).map(str::to_owned);
    let browser = kept.unwrap_or_else(|| gate.secret().expose().to_owned());
    let asked = Asked { relay: gate.secret(), browser, request_id };
    let flow = Flow {
        kind,
        request_id: asked.request_id.clone(),
        target: target.to_owned(),
        // The answer comes from another site's page, and this cookie does not travel with it.
        session: session_of(app, headers),
    };
    let expires = now + TimeDelta::from_std(ANSWER_WITHIN).unwrap_or(TimeDelta::zero());
    let browser = SecretDigest::of(&asked.browser);
    let from = client.block().text();
    let begun =
        app.ledger().begin_flow(&asked.relay.digest(), &browser, &flow, from.as_deref(), expires).await;
    begun.map_err(|error| {
        tracing::error!(%error, "a sign-in cannot be remembered");
        AppError::Unavailable("Signing in does not work right now. Please try again.".to_owned())
    })?;
    Ok(asked)
}

/// The session whose cookie comes with a request.
pub(super) fn session_of(app: &AppState, headers: &HeaderMap) -> Option<Handle> {
    let gate = app.gate();
    let (id, (_, key)) = gate.cookies().find(Cookie::Session, headers).zip(gate.sign_on())?;
    Some(key.session_digest(id).handle())
}

/// The handler's work.
pub(super) async fn begin(
    app: &AppState,
    client: &Client,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    limit(app, client).await?;
    let target = parameter(uri, "next").and_then(|next| safe_target(&next));
    let now = app.clock().now();
    let asked =
        remember(app, (client, headers), FlowKind::Login, target.as_deref().unwrap_or("/home"), now).await?;
    let (relay, request_id) = (asked.relay.clone(), asked.request_id.clone());
    let address = ask(app, move |provider| provider.start(relay.expose(), &request_id, now)).await;
    let address = address.and_then(|address| address).map_err(|reason| {
        tracing::error!(reason, "the question to the identity provider cannot be made");
        AppError::internal(reason)
    })?;
    let cookie = app.gate().cookies().set(Cookie::Flow, &asked.browser, Some(ANSWER_WITHIN));
    Ok(with_cookies(lead_to(address.as_str()), [cookie]))
}
